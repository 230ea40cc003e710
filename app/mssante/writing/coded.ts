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

/** JDV_J04, practiceSettingCode (rev. 27/09/2024; scheme of the fields of care). */
export const settings: readonly Coded[] = named(
  '1.2.250.1.213.1.1.4.9',
  `
AMBULATOIRE|Ambulatoire
ETABLISSEMENT|Etablissement de santé
HAD|Hospitalisation à domicile
ESSMS|Etablissement ou Service Social ou Médico-Social
SAD|Soins à domicile
MAD|Maintien à domicile
PALLIATIF|Soins palliatifs
SAMU_SMUR|SAMU/SMUR
DEPISTAGE|Dépistage
AMO|Organisme d'assurance maladie obligatoire
`,
)

/** Professions of health, with the specialties of physicians (savoir-faire, type S). */
const careProfessions = named(
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
G15_10/SM51|Médecin - Gynéco-obstétrique et Gynéco méd, opt Gyn-obs (SM)
G15_10/SM52|Médecin - Gynéco-obstétrique et Gynéco méd, opt Gyn-méd (SM)
G15_10/SM55|Médecin - Radio-diagnostic et Radio-Thérapie (SM)
G15_10/SM56|Médecin - Chirurgie orale (SM)
G15_10/SM57|Médecin - Allergologie (SM)
G15_10/SM58|Médecin - Maladies infectieuses et tropicales (SM)
G15_10/SM59|Médecin - Médecine d'urgence (SM)
G15_10/SM60|Médecin - Médecine légale et expertises médicales (SM)
G15_10/SM61|Médecin - Médecine vasculaire (SM)
G15_10/SM62|Médecin - Endocrinologie, diabétologie, nutrition (SM)
G15_10/SM63|Médecin - Biologie médicale option biologie générale (SM)
G15_10/SM64|Médecin - Biologie médicale option médecine moléculaire, génétique et pharmacologie (SM)
G15_10/SM65|Médecin - Biologie médicale option hématologie et immunologie (SM)
G15_10/SM66|Médecin - Biologie médicale option agents infectieux (SM)
G15_10/SM67|Médecin - Biologie médicale option biologie de la reproduction (SM)
G15_10/SM68|Médecin - Chirurgie maxillo-faciale (réforme 2017) (SM)
G15_10/SM69|Médecin - Chirurgie pédiatrique option chirurgie viscérale pédiatrique (SM)
G15_10/SM70|Médecin - Chirurgie pédiatrique option orthopédie pédiatrique (SM)
G15_10/SM71|Médecin - Hématologie (réforme 2017) (SM)
G15_10/SM72|Médecin - Médecine interne et immunologie clinique (SM)
G15_10/SM73|Médecin - Médecine cardiovasculaire (SM)
G15_10/SM74|Médecin - Radiologie et imagerie médicale (SM)
G15_10/SM75|Médecin - Santé publique (SM)
G15_10/SM76|Médecin - Anesthésie-réanimation option anesthésie-pédiatrique (SM)
G15_10/SM77|Médecin - Chirurgie maxillo-faciale option orthodontie des dysmorphies maxillo-faciales (SM)
G15_10/SM78|Médecin - Chirurgie viscérale et digestive option endoscopie chirurgicale (SM)
G15_10/SM79|Médecin - Médecine cardiovasculaire option cardiologie interventionnelle (SM)
G15_10/SM80|Médecin - Médecine cardiovasculaire option imagerie cardio d'expert (SM)
G15_10/SM81|Médecin - Médecine cardiovasculaire option rythmologie interventionnelle et stimulation cardiaque (SM)
G15_10/SM82|Médecin - Médecine intensive-réanimation option réanimation pédiatrique (SM)
G15_10/SM83|Médecin - Néphrologie option soins intensifs néphrologiques (SM)
G15_10/SM84|Médecin - Neurologie option traitement interventionnel de l'ischémie cérébrale aigüe (SM)
G15_10/SM85|Médecin - Ophtalmo option chirurgie ophtalmopédiatrique et strabologique (SM)
G15_10/SM86|Médecin - ORL et chirurgie cervico-faciale option audiophonologie (SM)
G15_10/SM87|Médecin - Pédiatrie option néonatologie (SM)
G15_10/SM88|Médecin - Pédiatrie option neuropédiatrie (SM)
G15_10/SM89|Médecin - Pédiatrie option pneumopédiatrie (SM)
G15_10/SM90|Médecin - Pédiatrie option réanimation pédiatrique (SM)
G15_10/SM91|Médecin - Pneumologie option soins intensifs respiratoires (SM)
G15_10/SM92|Médecin - Psychiatrie option enfant et adolescent (SM)
G15_10/SM93|Médecin - Psychiatrie option psychiatrie personne âgée (SM)
G15_10/SM94|Médecin - Radiologie imagerie médicale option radiologie interventionnelle avancée (SM)
G15_10/SM95|Médecin - Santé publique option administration de la santé (SM)
G16_10|Médecin en formation
G15_21|Pharmacien
G15_21/A|Pharmacien titulaire d'officine
G15_21/D|Pharmacien adjoint, remplaçant ou gérant
G15_21/G|Pharmacien biologiste
G15_21/H|Pharmacien d'établissement de santé
G16_21|Pharmacien en formation
G15_26|Audioprothésiste
G15_28|Opticien-Lunetier
G15_32|Physicien médical
G15_35|Aide-soignant
G15_37|Auxiliaire de puériculture
G15_40|Chirurgien-Dentiste
G15_40/SCD01|Chirurgien-Dentiste - Orthopédie dento-faciale (SCD)
G15_40/SCD02|Chirurgien-Dentiste - Chirurgie orale (SCD)
G15_40/SCD03|Chirurgien-Dentiste - Médecine bucco-dentaire (SCD)
G16_40|Chirurgien-Dentiste en formation
G15_50|Sage-Femme
G16_50|Sage-Femme en formation
G15_60|Infirmier
G15_60/SI01|Infirmier - Exercice infirmier en pratique avancée pathologies chroniques stabilisées (SI)
G15_60/SI02|Infirmier - Exercice infirmier en pratique avancée oncologie et hémato-oncologie (SI)
G15_60/SI03|Infirmier - Exerc. infirmier pratique avancée maladie rénale chroniq.,dialyse,transp. rénale (SI)
G15_60/SI04|Infirmier - Exercice infirmier en pratique avancée santé mentale (SI)
G15_60/SI05|Infirmier - Exercice infirmier en pratique avancée urgences (SI)
G15_70|Masseur-Kinésithérapeute
G15_80|Pédicure-Podologue
G15_81|Orthoprothésiste
G15_82|Podo-Orthésiste
G15_83|Orthopédiste-Orthésiste
G15_84|Oculariste
G15_85|Epithésiste
G15_86|Technicien de laboratoire médical
G15_91|Orthophoniste
G15_92|Orthoptiste
G15_94|Ergothérapeute
G15_95|Diététicien
G15_96|Psychomotricien
G15_98|Manipulateur ERM
`,
)

/** JDV_J01, authorSpecialty (rev. 13/12/2024): who may write a document that goes by MSSanté. */
export const specialties: readonly Coded[] = [
  ...careProfessions,
  ...named(
    '1.2.250.1.213.1.6.1.109',
    `
93|Psychologue
72|Psychothérapeute
71|Ostéopathe
73|Chiropracteur
`,
  ),
  ...named('1.2.250.1.213.1.6.1.4', '41|Assistant de service social'),
  ...named(
    '1.2.250.1.213.1.6.1.107',
    `
331|Secrétaire assistante médico-administrative
332|Assistant médical
330|Coordonnateur de parcours
312|Autre professionnel
`,
  ),
  ...named('1.2.250.1.213.1.1.4.6', 'SECRETARIAT_MEDICAL|Secrétariat médical'),
]

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
