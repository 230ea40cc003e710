import type { Coded } from './coded.ts'

const loinc = '2.16.840.1.113883.6.1'
const additional = '1.2.250.1.213.1.1.4.12'

/** Types one may send, of JDV_J07-XdsTypeCode-CISIS (rev. 29/06/2026): code, then its name in the value set. */
const rows = `
11488-4|CR ou fiche de consultation ou de visite
34112-3|CR hospitalier (séjour)
11490-0|Lettre de liaison à la sortie d'un établissement de soins
18761-7|Note de transfert (dont lettre de liaison à l'entrée en établissement de soins)
96349-6|Lettre d'adressage
11502-2|CR d'examens biologiques
18748-4|CR d'imagerie médicale
55115-0|Demande d'actes d'imagerie
34874-8|CR opératoire
34875-5|Évaluation postopératoire et note de suivi
77436-4|CR d'anesthésie
34749-2|CR de consultation pré-anesthésique
60568-3|CR d'anatomie et de cytologie pathologiques
51969-4|CR de génétique moléculaire
15507-7|CR de passage aux urgences
15508-5|CR d'accouchement
11505-5|CR d'acte thérapeutique (autre)
70004-7|CR d'acte diagnostique (autre)
75492-9|CR d'acte diagnostique à visée préventive ou de dépistage
75482-0|CR d'acte thérapeutique à visée préventive
11506-3|CR ou fiche de suivi de soins par auxiliaire médical
34120-6|Bilan par professionnel de santé
47420-5|CR de bilan fonctionnel
60591-5|Synthèse médicale
SYNTH|Synthèse
34133-9|Synthèse d'épisode de soins
68599-0|Synthèse psychiatrique
34794-8|CR de réunion de concertation pluridisciplinaire
18776-5|Plan personnalisé de soins
57833-6|Prescription de produits de santé
57832-8|Prescription de soins
57828-6|Prescription (autre)
PRESC-BIO|Prescription d'actes de biologie médicale
PRESC-KINE|Prescription d'actes de kinésithérapie
PRESC-INF|Prescription d'actes infirmiers
PRESC-PEDI|Prescription d'actes de pédicurie
PRESC-ORTHOPHO|Prescription d'actes d'orthophonie
PRESC-ORTHOPTIE|Prescription d'actes d'orthoptie
PRESC-AAT|Prescription arrêt de travail
60593-1|Dispensation médicamenteuse
DISP_AUT|Dispensation (autre)
75468-9|Renouvellement ordonnance par pharmacien correspondant
56445-0|Bilan médicamenteux (Officine)
61357-0|Intervention pharmaceutique
78601-2|CR d'entretien pharmaceutique
93024-8|CR de consultation pharmaceutique
80820-4|Formulaire de conciliation médicamenteuse (Hôpital)
80565-5|CR d'administration de médicaments
85208-7|CR de télémédecine
75496-0|Demande d'acte de télémédecine
87273-9|Note de vaccination
11369-6|Historique des vaccinations
96173-0|Test rapide d'orientation diagnostique
96874-3|COVID-19 Attestation de vaccination
74207-2|Document de liaison d'urgence
60280-5|Fiche de retour du service des urgences
78341-5|Fiche de transfert vers le service des urgences
89601-9|Certificat médical
CERT_DECL|Certificat, déclaration
55751-2|Déclaration de problème de santé publique
86531-1|Attestation de sortie
59284-0|Attestation de consentement
56446-8|Notification de rendez-vous
52040-3|Document encapsulant une image d'illustration non DICOM
29274-8|Mesures de signes vitaux
51851-4|Document administratif
28617-9|Bilan bucco-dentaire
83836-7|Schéma dentaire
28653-4|Document du secteur social / médico-social
34842-5|Grille d'évaluation médico-social
59283-2|CR d'examen de l'enfant
68817-6|Bilan de santé et de prévention de l'enfant
67851-6|CR d'admission
78513-9|CR de consultation en ophtalmologie
77604-7|Planification thérapeutique
80771-9|Projet d'accueil individualisé
80788-3|Projet personnalisé d'accompagnement
83869-8|Plan personnalisé de prévention
83901-9|Bilan psychologique
74465-6|Questionnaire patient
83981-1|Lettre de liaison à la sortie d'une structure sociale ou médico-sociale
88348-8|Lettre de liaison d'entrée en structure sociale ou médico-sociale
BIL_AUTO|CR de bilan d'évaluation de la perte d'autonomie
PROT_ALD|Protocole de soins ALD
101881-1|Carte d'implant
96163-1|Bilan de soins infirmiers
34876-3|Évaluation préopératoire et note de suivi
34895-3|Fiche d'information au patient
68814-3|Note d'évaluation pédiatrique
97694-4|Note d'évaluation en médecine maternelle et fœtale
100967-9|Rythme cardiaque fœtal
89233-1|CR de grossesse
57055-6|Synthèse antepartum
57057-2|Synthèse Salle de Naissance Mère
57075-4|Synthèse Salle de Naissance Enfant
89235-6|Synthèse Suites de Couches Mère
78489-2|Synthèse Enfant en Maternité
83963-9|Synthèse environnementale
84067-8|Synthèse transfusionnelle
EXPPAT_1|Volontés et droits du patient
EXPPAT_2|Autre document du patient
EXPPAT_3|Directives anticipées
`

const classNames: Record<string, string> = {
  10: 'Compte rendu',
  11: 'Synthèse',
  31: 'Imagerie médicale',
  42: 'Prescription',
  43: 'Dispensation',
  44: 'Plan/protocole de soins',
  45: 'Traitement administré',
  52: 'Certificat, déclaration',
  60: 'Données de remboursement',
  90: 'Autre document du patient',
  95: 'Document de gestion',
  99: 'Document technique',
}

/** ASS_X04-CorrespondanceType-Classe-CISIS (rev. 29/06/2026): the types of each class of TRE_A03. */
const typesByClass: Record<string, string> = {
  10: `10213-7 11488-4 11490-0 11493-4 11502-2 11505-5 11506-3 11526-1 11528-7 15507-7 15508-5 24611-6 27899-4 28617-9 28653-4
    29274-8 29554-3 34112-3 34120-6 34749-2 34794-8 34874-8 34875-5 34876-3 39256-3 46241-6 47420-5 51969-4 59283-2 60568-3
    67851-6 68814-3 70004-7 75482-0 75492-9 75496-0 75497-8 77436-4 78513-9 78601-2 83981-1 85208-7 89233-1 93024-8 96349-6
    97694-4 100967-9 BIL_AUTO DOCPAT03 DOCPAT05 DOCPAT06`,
  11: `18761-7 34133-9 34842-5 56445-0 57055-6 57057-2 57075-4 60280-5 60591-5 68599-0 68817-6 74207-2 78341-5 78489-2 80820-4
    83836-7 83901-9 83963-9 84067-8 88348-8 89235-6 96163-1 DOCPAT01 DOCPAT08 EXPORT_DUI SYNTH`,
  31: '18748-4 52040-3 DOCPAT04 IMG-KOS',
  42: `29551-9 52063-5 52521-2 55115-0 57828-6 57832-8 57833-6 61357-0 75468-9 DOCPAT02 PRESC-AAT PRESC-BIO PRESC-INF PRESC-KINE
    PRESC-ORTHOPHO PRESC-ORTHOPTIE PRESC-PEDI`,
  43: '29550-1 60593-1 DISP_AUT',
  44: '18776-5 34895-3 77604-7 80771-9 80788-3 83869-8 PROT_ALD',
  45: '80565-5',
  52: '11369-6 55751-2 87273-9 89601-9 96173-0 96874-3 101881-1 CERT_DECL DOCPAT07',
  60: 'REMB',
  90: '74465-6 DOCPAT10 EXPPAT_1 EXPPAT_2 EXPPAT_3',
  95: `51851-4 56446-8 59284-0 61358-8 61359-6 86531-1 ATTEST-ASS-COMPL ATTEST-DROITS-AM ATTEST-HEBGT ATTEST-RESID ATTEST-VITALE
    AUTORIS-SOINS CONTACTS-URGENCE DOCPAT09 FICHE-CONTACTS PIECE-IDENTITE`,
  99: 'FEUILLE-DE-STYLE',
}
const classByType = new Map(
  Object.entries(typesByClass).flatMap(([code, types]) =>
    types.split(/\s+/).map((type): [string, string] => [type, code]),
  ),
)

/** Types of documents one may send, the most usual first. */
export const documentTypes: readonly Coded[] = rows
  .trim()
  .split('\n')
  .map((row) => {
    const [code = '', display = ''] = row.split('|')
    return { code, display, system: /^\d+-\d$/.test(code) ? loinc : additional }
  })

/** A type by its code. */
export const documentType = (code: string): Coded | undefined =>
  documentTypes.find((type) => type.code === code)

/**
 * The class of a type (XDS classCode, TRE_A03), by ASS_X04 unless the policy says otherwise (`documentClasses`); 10 « Compte
 * rendu » for a type of neither.
 */
export const classOf = (typeCode: string, known: Readonly<Record<string, string>> = {}): Coded => {
  const wanted = known[typeCode] ?? classByType.get(typeCode) ?? '10'
  const code = wanted in classNames ? wanted : '10'
  return { code, display: classNames[code] ?? '', system: '1.2.250.1.213.1.1.4.1' }
}
