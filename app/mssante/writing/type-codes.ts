import type { Coded } from './coded.ts'

const loinc = '2.16.840.1.113883.6.1'
const additional = '1.2.250.1.213.1.1.4.12'

/**
 * Types one may send, of JDV_J07-XdsTypeCode-CISIS (rev. 27/09/2024, clinical-documents.md §6): code, its name in the value
 * set, then its class (TRE_A03). The set of classes is known; which type has which class (ASS_X04) is known for two types
 * only, and otherwise deduced from their names: the policy can say better (`documentClasses`).
 */
const rows = `
11488-4|CR ou fiche de consultation ou de visite|10
34112-3|CR hospitalier (séjour)|10
11490-0|Lettre de liaison à la sortie d'un établissement de soins|11
18761-7|Note de transfert (dont lettre de liaison à l'entrée en établissement de soins)|11
96349-6|Lettre d'adressage|11
11502-2|CR d'examens biologiques|10
18748-4|CR d'imagerie médicale|31
55115-0|Demande d'actes d'imagerie|42
34874-8|CR opératoire|10
34875-5|Évaluation postopératoire et note de suivi|10
77436-4|CR d'anesthésie|10
34749-2|CR de consultation pré-anesthésique|10
60568-3|CR d'anatomie et de cytologie pathologiques|10
51969-4|CR de génétique moléculaire|10
15507-7|CR de passage aux urgences|10
15508-5|CR d'accouchement|10
11505-5|CR d'acte thérapeutique (autre)|10
70004-7|CR d'acte diagnostique (autre)|10
75492-9|CR d'acte diagnostique à visée préventive ou de dépistage|10
75482-0|CR d'acte thérapeutique à visée préventive|10
11506-3|CR ou fiche de suivi de soins par auxiliaire médical|10
34120-6|Bilan par professionnel de santé|10
47420-5|CR de bilan fonctionnel (par auxiliaire médical)|10
60591-5|Synthèse médicale|11
SYNTH|Synthèse|11
34133-9|Synthèse d'épisode de soins|11
68599-0|Synthèse psychiatrique|11
34794-8|CR de réunion de concertation pluridisciplinaire|10
18776-5|Plan personnalisé de soins|44
57833-6|Prescription de produits de santé|42
57832-8|Prescription de soins|42
57828-6|Prescription (autre)|42
PRESC-BIO|Prescription d'actes de biologie médicale|42
PRESC-KINE|Prescription d'actes de kinésithérapie|42
PRESC-INF|Prescription d'actes infirmiers|42
PRESC-PEDI|Prescription d'actes de pédicurie|42
PRESC-ORTHOPHO|Prescription d'actes d'orthophonie|42
PRESC-ORTHOPTIE|Prescription d'actes d'orthoptie|42
PRESC-AAT|Prescription d'arrêt de travail|42
60593-1|Dispensation médicamenteuse|43
DISP_AUT|Dispensation (autre)|43
75468-9|Renouvellement ordonnance par pharmacien correspondant|42
56445-0|Bilan médicamenteux (Officine)|10
61357-0|Intervention pharmaceutique|10
78601-2|CR d'entretien pharmaceutique|10
93024-8|CR de consultation pharmaceutique|10
80820-4|Formulaire de conciliation médicamenteuse (Hôpital)|45
80565-5|CR d'administration de médicaments|45
85208-7|CR de télémédecine|10
75496-0|Demande d'acte de télémédecine|42
87273-9|Note de vaccination|10
11369-6|Historique des vaccinations|11
96173-0|Test rapide d'orientation diagnostique|10
96874-3|COVID-19 Attestation de vaccination|52
74207-2|Document de liaison d'urgence|11
60280-5|Fiche de retour du service des urgences|11
78341-5|Fiche de transfert vers le service des urgences|11
89601-9|Certificat médical|52
CERT_DECL|Certificat, déclaration|52
55751-2|Déclaration de problème de santé publique|52
86531-1|Attestation de sortie|52
59284-0|Attestation de consentement|52
56446-8|Notification de rendez-vous|95
52040-3|Document encapsulant une image d'illustration non DICOM|31
29274-8|Mesures de signes vitaux|10
51851-4|Document administratif|95
28617-9|Bilan bucco-dentaire|10
83836-7|Schéma dentaire|10
28653-4|Document social ou médico-social|90
34842-5|Grille d'évaluation médico-social|10
59283-2|CR d'examen de l'enfant|10
68817-6|Bilan de santé et de prévention de l'enfant|10
67851-6|CR d'admission|10
78513-9|CR de consultation en ophtalmologie|10
77604-7|Planification thérapeutique|44
80771-9|Projet d'accueil individualisé|44
80788-3|Projet personnalisé d'accompagnement|44
83869-8|Plan personnalisé de prévention|44
83901-9|Bilan psychologique|10
74465-6|Questionnaire patient|90
83981-1|Lettre de liaison à la sortie d'une structure sociale ou médico-sociale|11
88348-8|Lettre de liaison d'entrée en structure sociale ou médico-sociale|11
BIL_AUTO|CR de bilan d'évaluation de la perte d'autonomie|10
PROT_ALD|Protocole de soins ALD|44
101881-1|Carte d'implant|10
EXPPAT_1|Volontés et droits du patient|90
EXPPAT_2|Autre document du patient|90
EXPPAT_3|Directives anticipées|90
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

export interface DocumentType extends Coded {
  classCode: string
}

/** Types of documents one may send, the most usual first. */
export const documentTypes: readonly DocumentType[] = rows
  .trim()
  .split('\n')
  .map((row) => {
    const [code = '', display = '', classCode = '10'] = row.split('|')
    return { code, display, classCode, system: /^\d+-\d$/.test(code) ? loinc : additional }
  })

/** A type by its code. */
export const documentType = (code: string): DocumentType | undefined =>
  documentTypes.find((type) => type.code === code)

/** The class of a type (XDS classCode, TRE_A03); 10 « Compte rendu » for a type SousPli does not know. */
export const classOf = (typeCode: string, known: Readonly<Record<string, string>> = {}): Coded => {
  const wanted = known[typeCode] ?? documentType(typeCode)?.classCode ?? '10'
  const code = wanted in classNames ? wanted : '10'
  return { code, display: classNames[code] ?? '', system: '1.2.250.1.213.1.1.4.1' }
}
