/** A code with its name and the OID of its system. */
export interface Coded {
  code: string
  display: string
  system: string
}

const named = (system: string, rows: string): Coded[] =>
  rows
    .trim()
    .split('\n')
    .map((row) => {
      const at = row.indexOf('|')
      return { code: row.slice(0, at), display: row.slice(at + 1), system }
    })

/** JDV_J02, healthcareFacilityTypeCode (rev. 23/02/2026): those one writes documents in (clinical-documents.md §3.7). */
export const facilities: readonly Coded[] = named(
  '1.2.250.1.71.4.2.4',
  `
SA07|Cabinet individuel
SA08|Cabinet de groupe
SA09|Exercice en société
SA52|Maison de santé ou Pôle de santé
SA05|Centre de santé
SA01|Etablissement public de santé
SA02|Hôpital militaire du Service de santé des armées
SA03|Etablissement privé PSPH
SA04|Etablissement privé non PSPH
SA06|Autre structure du Service de santé des armées
SA10|Transporteur sanitaire
SA12|Etablissement de soins et prévention
SA13|Prévention et soins en entreprise
SA15|PMI et Planification familiale
SA16|Etablissement pour personnes handicapées
SA17|Etablissement pour personnes âgées
SA18|Etablissement aide à la famille
SA20|Etablissement pour la protection de l'enfance
SA21|Etablissement d'hébergement et de réadaptation
SA25|Laboratoire de biologie médicale
SA30|Autre établissement sanitaire
SA33|Pharmacie d'officine
SA34|Centre de dialyse
SA36|Centre anti-cancer
SA37|Centre de transfusion sanguine
SA39|Pharmacie mutualiste
SA40|Secteur privé, praticien hospitalier
SA41|Autre établissement du domaine social ou médico-social
SA42|Appareillage médical
SA50|Permanence des soins ambulatoires hors cabinet
SA51|Structure de coopération avec autorisation de soins
SA54|Centre de dépistage et de prévention
SA56|Propharmacie
SA57|Structure de coopération avec mission de coordination de soins
SA60|Centres médicaux SNCF
SA61|Structure Dispensatrice à domicile d'Oxygène à usage médical
SA63|Structures de coordination et d'orientation
SA64|Société de téléconsultation
SA65|Antenne de pharmacie
SA66|Services de Prévention et de Santé au Travail (SPST)
SA67|Maisons médicales de garde (MMG)
SA69|Maisons de naissance
`,
)

/** JDV_J04, practiceSettingCode (scheme of the fields of care). */
export const settings: readonly Coded[] = named(
  '1.2.250.1.213.1.1.4.9',
  `
AMBULATOIRE|Ambulatoire
ETABLISSEMENT|Etablissement de santé
HAD|Hospitalisation à domicile
ESSMS|Etablissement ou service social ou médico-social
SAD|Soins à domicile
MAD|Maintien à domicile
PALLIATIF|Soins palliatifs
SAMU_SMUR|SAMU-SMUR
DEPISTAGE|Dépistage
AMO|Assurance maladie obligatoire
`,
)

/** JDV_J01, authorSpecialty: professions, and the specialties of physicians (savoir-faire, type S). */
export const specialties: readonly Coded[] = named(
  '1.2.250.1.213.1.1.4.5',
  `
G15_10|Médecin
G15_10/SM54|Médecin - Médecine Générale (SM)
G15_10/SM26|Médecin - Qualifié en Médecine Générale (SM)
G15_10/SM53|Médecin - Spécialiste en Médecine Générale (SM)
G15_10/SM01|Médecin - Anatomie et Cytologie pathologiques (SM)
G15_10/SM02|Médecin - Anesthésie-réanimation (SM)
G15_10/SM03|Médecin - Biologie médicale (SM)
G15_10/SM04|Médecin - Cardiologie et maladies vasculaires (SM)
G15_10/SM05|Médecin - Chirurgie générale (SM)
G15_10/SM06|Médecin - Chirurgie maxillo-faciale (SM)
G15_10/SM07|Médecin - Chirurgie maxillo-faciale et Stomatologie (SM)
G15_10/SM08|Médecin - Chirurgie orthopédique et Traumatologie (SM)
G15_10/SM09|Médecin - Chirurgie infantile (SM)
G15_10/SM10|Médecin - Chirurgie plastique reconstruct et esthétique (SM)
G15_10/SM11|Médecin - Chirurgie thoracique et cardio-vasculaire (SM)
G15_10/SM12|Médecin - Chirurgie urologique (SM)
G15_10/SM13|Médecin - Chirurgie vasculaire (SM)
G15_10/SM14|Médecin - Chirurgie viscérale et digestive (SM)
G15_10/SM15|Médecin - Dermatologie et Vénéréologie (SM)
G15_10/SM16|Médecin - Endocrinologie et métabolisme (SM)
G15_10/SM17|Médecin - Génétique médicale (SM)
G15_10/SM18|Médecin - Gériatrie (SM)
G15_10/SM19|Médecin - Gynécologie médicale (SM)
G15_10/SM20|Médecin - Gynécologie-obstétrique (SM)
G15_10/SM21|Médecin - Hématologie (SM)
G15_10/SM22|Médecin - Hématologie, opt Maladie du sang (SM)
G15_10/SM23|Médecin - Hématologie, opt Onco-hématologie (SM)
G15_10/SM24|Médecin - Gastro-entérologie et hépatologie (SM)
G15_10/SM25|Médecin - Médecine du travail (SM)
G15_10/SM27|Médecin - Médecine interne (SM)
G15_10/SM28|Médecin - Médecine nucléaire (SM)
G15_10/SM29|Médecin - Médecine physique et réadaptation (SM)
G15_10/SM30|Médecin - Néphrologie (SM)
G15_10/SM31|Médecin - Neuro-chirurgie (SM)
G15_10/SM32|Médecin - Neurologie (SM)
G15_10/SM33|Médecin - Neuro-psychiatrie (SM)
G15_10/SM34|Médecin - ORL et Chirurgie cervico-faciale (SM)
G15_10/SM35|Médecin - Oncologie, opt Onco-hématologie (SM)
G15_10/SM36|Médecin - Oncologie, opt médicale (SM)
G15_10/SM37|Médecin - Oncologie, opt radiothérapie (SM)
G15_10/SM38|Médecin - Ophtalmologie (SM)
G15_10/SM39|Médecin - Oto-rhino-laryngologie (SM)
G15_10/SM40|Médecin - Pédiatrie (SM)
G15_10/SM41|Médecin - Pneumologie (SM)
G15_10/SM42|Médecin - Psychiatrie (SM)
G15_10/SM43|Médecin - Psychiatrie, opt enfant et adolescent (SM)
G15_10/SM44|Médecin - Radio-diagnostic (SM)
G15_10/SM45|Médecin - Radio-thérapie (SM)
G15_10/SM46|Médecin - Médecine intensive-réanimation (SM)
G15_10/SM47|Médecin - Recherche médicale (SM)
G15_10/SM48|Médecin - Rhumatologie (SM)
G15_10/SM49|Médecin - Santé publique et Médecine sociale (SM)
G15_10/SM50|Médecin - Stomatologie (SM)
G15_10/SM51|Médecin - Gynéco-obstétrique et Gynéco méd, opt gyn-obs (SM)
G15_10/SM52|Médecin - Gynéco-obstétrique et Gynéco méd, opt gyn-méd (SM)
G15_10/SM55|Médecin - Radio-diagnostic et Radio-Thérapie (SM)
G15_10/SM56|Médecin - Chirurgie orale (SM)
G15_10/SM57|Médecin - Allergologie (SM)
G15_10/SM58|Médecin - Maladies infectieuses et tropicales (SM)
G15_10/SM59|Médecin - Médecine d'urgence (SM)
G15_10/SM60|Médecin - Médecine légale et expertises médicales (SM)
G15_10/SM61|Médecin - Médecine vasculaire (SM)
G15_10/SM62|Médecin - Endocrinologie, diabétologie, nutrition (SM)
G15_10/SM72|Médecin - Médecine interne et immunologie clinique (SM)
G15_21|Pharmacien
G15_40|Chirurgien-Dentiste
G15_50|Sage-Femme
G15_60|Infirmier
G15_70|Masseur-Kinésithérapeute
G15_80|Pédicure-Podologue
G15_86|Technicien de laboratoire médical
G15_91|Orthophoniste
G15_92|Orthoptiste
G15_94|Ergothérapeute
G15_95|Diététicien
G15_96|Psychomotricien
G15_98|Manipulateur ERM
`,
)

/** JDV_J08: the level of the header, then who must not see it (`metadata` alone). */
export const confidentialities: Readonly<Record<string, Coded>> = {
  N: { code: 'N', display: 'Normal', system: '2.16.840.1.113883.5.25' },
  R: { code: 'R', display: 'Restreint', system: '2.16.840.1.113883.5.25' },
  V: { code: 'V', display: 'Très restreint', system: '2.16.840.1.113883.5.25' },
  MASQUE_PS: {
    code: 'MASQUE_PS',
    display: 'Masqué aux professionnels de santé',
    system: '1.2.250.1.213.1.1.4.13',
  },
  INVISIBLE_PATIENT: {
    code: 'INVISIBLE_PATIENT',
    display: 'Non visible par le patient',
    system: '1.2.250.1.213.1.1.4.13',
  },
  INVISIBLE_REPRESENTANTS_LEGAUX: {
    code: 'INVISIBLE_REPRESENTANTS_LEGAUX',
    display: 'Non visible par les représentants légaux',
    system: '1.2.250.1.213.1.1.4.13',
  },
}

const byCode = (list: readonly Coded[], code: string): Coded | undefined =>
  list.find((one) => one.code === code)

/** A facility, setting or specialty by its code. */
export const facility = (code: string): Coded | undefined => byCode(facilities, code)
export const setting = (code: string): Coded | undefined => byCode(settings, code)
export const specialty = (code: string): Coded | undefined => byCode(specialties, code)
