import type { DocumentAuthor } from '../../contract/index.ts'
import type { Coded } from './coded.ts'
import type { CdaFacts } from './facts.ts'

const actCodes = '2.16.840.1.113883.5.4'

/** JDV_J142, those a setting and a type can tell. */
const inpatient: Coded = {
  code: 'IMP',
  display: 'Hospitalisation (établissement, y compris HAD)',
  system: actCodes,
}
const emergency: Coded = { code: 'EMER', display: 'Passage aux urgences (établissement)', system: actCodes }
const ambulatory: Coded = { code: 'AMB', display: 'Ambulatoire (hors établissement)', system: actCodes }
const home: Coded = { code: 'HH', display: 'Soins à domicile (hors établissement)', system: actCodes }
const outpatient: Coded = {
  code: 'EXTERNE',
  display: 'Acte et consultation externe (établissement)',
  system: '1.2.250.1.213.1.1.4.2.291',
}

/** In a hospital, what the type of a document says of the encounter. */
const inHospital: Readonly<Record<string, Coded>> = {
  '34112-3': inpatient,
  '11490-0': inpatient,
  '34874-8': inpatient,
  '34875-5': inpatient,
  '80565-5': inpatient,
  '15507-7': emergency,
  '11488-4': outpatient,
  '34749-2': outpatient,
  '78513-9': outpatient,
}

/** The kind of encounter (JDV_J142) that the setting of the author and the type of the document tell; null where they do not. */
export const encounterOf = (setting: DocumentAuthor['setting'], typeCode: string): Coded | null => {
  switch (setting) {
    case 'AMBULATOIRE':
      return ambulatory
    case 'HAD':
      return inpatient
    case 'SAD':
      return home
    case 'ETABLISSEMENT':
      return inHospital[typeCode] ?? null
    default:
      return null
  }
}

const activities = '1.2.250.1.213.2.2'
const activity = (code: string, display: string): Coded => ({ code, display, system: activities })

/** JDV_J03 and JDV_J59 (TRE_R209), by the kind of encounter; the ANS proposes I → 03, O and E → 07, R → 19, N → 97 (CDA-IG, mapping). */
const byEncounter: Readonly<Record<string, Coded>> = {
  IMP: activity('03', 'Hospitalisation complète (non compris hospitalisation de semaine)'),
  EMER: activity('07', 'Consultations soins externes'),
  AMB: activity('07', 'Consultations soins externes'),
  EXTERNE: activity('07', 'Consultations soins externes'),
  SEANCE: activity('19', 'Traitement et cure ambulatoire'),
  HH: activity('16', 'Prestations sur le lieu de vie (non compris placement familial)'),
}
const atHome: Coded = {
  code: '05',
  display: 'Hospitalisation à domicile (au domicile du patient)',
  system: '1.2.250.1.213.1.6.1.128',
}

/** The activity a submission comes from (XDS contentTypeCode), by the header of its first document. */
export const contentTypeOf = (
  facts: Pick<CdaFacts, 'code' | 'encounter' | 'setting' | 'facility'>,
): Coded => {
  const { code, encounter, setting, facility } = facts
  if (code.code === '11502-2' && facility?.code === 'SA25')
    return activity('26', 'Analyses médicales biologiques')
  if (code.code === '34874-8')
    return activity('08', 'Bloc opératoire (y compris obstétrical et gynécologique)')
  if (setting?.code === 'HAD') return atHome
  return (
    byEncounter[encounter?.code ?? ''] ??
    (setting?.code === 'AMBULATOIRE'
      ? activity('07', 'Consultations soins externes')
      : activity('97', "Type d'activité indifférencié"))
  )
}
