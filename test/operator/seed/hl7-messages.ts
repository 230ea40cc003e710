/** HL7 v2 messages as the guides of the ANS have them (clinical-documents.md §9), about fictitious patients. */
import { insTestOid, type Patient } from './patients.ts'

const pid = (patient: Patient): string =>
  `PID|||${patient.ins ?? ''}^^^ASIP-SANTE-INS-NIR&${insTestOid}&ISO^INS^^20260101~${patient.ipp}^^^DEMO&1.2.250.1.999.1.1.4001&ISO^PI||${patient.birthName}^${patient.givenName}^${patient.givenNames}^^^^L~${patient.usedName}^${patient.usedGivenName}^^^^^D||${patient.birthDate}|${patient.sex}|||${patient.address.number} ${patient.address.street}^^${patient.address.city}^^${patient.address.postalCode}^FRA^H~^^^^^^BDL^^${patient.birthPlace.code}|||||||||||||||||||||VALI`

const flag = (set: number, name: string, value: 'Y' | 'N'): string =>
  `OBX|${set}|CWE|${name}^${name}^MetaDMPMSS||${value}^^expandedYes-NoIndicator||||||F`

export interface Hl7Document {
  patient: Patient
  cda: Buffer
  code: { code: string; display: string }
  id: { root: string; extension?: string }
  event?: 'T02' | 'T10' | 'T04'
  parent?: string
  /** Cuts the Base64 in the middle of a group. */
  cut?: boolean
}

/** MDM of the LPS guide: one document, the mail it came in, four restrictions of visibility. */
export function mdmMessage({
  patient,
  cda,
  code,
  id,
  event = 'T02',
  parent = '',
  cut = false,
}: Hl7Document): string {
  const base64 = cda.toString('base64').replace(/=+$/, cut ? '' : '$&')
  const order = { T02: 'NW', T10: 'RO', T04: 'CA' }[event]
  const status = { T02: 'F', T10: 'C', T04: 'D' }[event]
  const own = id.extension === undefined ? id.root : `${id.extension}^^${id.root}^ISO`
  return [
    `MSH|^~\\&|PFI-DEMO|Cabinet de démonstration|DPI-DEMO|Cabinet|20260112101500||MDM^${event}^MDM_T02|42|P|2.6|||||FRA|UNICODE UTF-8|||1.1^CISIS_CDA_HL7_LPS`,
    'EVN||20260112101500',
    pid(patient),
    'PV1|1|N',
    `ORC|${order}`,
    `OBR|1|||${code.code}^${code.display}^LN`,
    `TXA|1|${code.code}|TEXT|20260112||||||||${own}|${parent}||||AU`,
    `OBX|1|ED|${code.code}^${code.display}^LN||^text^XML^Base64^${base64}||||||${status}`,
    'PRT||UC||SB^Send by^participation|899700000303^ROY^Hélène^^^^^^ASIP-SANTE-PS&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS|||Laboratoire \\T\\ associés^^^^^ASIP-SANTE-ST&1.2.250.1.71.4.2.2&ISO^FINEG^^^1997000010|||||||^^X.400^resultats@bioval.mssante.test',
    'PRT||UC||RCT^Result Copies To^participation|899700000101^MARTIN^Anne^^^^^^ASIP-SANTE-PS&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS||||||||||^NET^X.400^anne.martin@medecin.mssante.test',
    `OBX|2|ED|demo@bioval.mssante.test^XDM/1.0/DDM+${code.display}||^text^^Base64^${Buffer.from('Veuillez trouver le document.').toString('base64')}||||||F`,
    flag(3, 'MASQUE_PS', 'N'),
    flag(4, 'INVISIBLE_PATIENT', 'Y'),
    flag(5, 'INVISIBLE_REP_LEGAUX', 'N'),
    flag(6, 'MODIF_CONF_CODE', 'N'),
    '',
  ].join('\r')
}

/** ORU of a laboratory that sends values as segments: numbers, text, codes, notes. */
export function oruResults(patient: Patient): string {
  return [
    'MSH|^~\\&|SIL-DEMO|Labo|DPI|Cabinet|20260112||ORU^R01^ORU_R01|43|P|2.5|||||FRA|8859/15',
    pid(patient),
    'OBR|1|||IONO^Ionogramme^L|||20260112070000',
    'OBX|1|NM|2823-3^Potassium^LN||6.4|mmol/L|3.5-5.1|HH|||F|||20260112073000',
    'NTE|1||Contrôlé sur \\H\\second\\N\\ prélèvement\\.br\\appelé à 8h',
    'OBX|2|NM|2951-2^Sodium^LN||138|mmol/L|136 - 145|N|||F',
    'OBX|3|SN|CRP^Protéine C réactive^L||<^0.5|mg/L|< 5||||F',
    'OBX|4|CWE|ABO^Groupe^L||A^A positif^L||||||F',
    'OBX|5|FT|TXT^Conclusion^L||Hyperkaliémie\\.br\\à contrôler||||||F',
    '',
  ].join('\r')
}

/** ACK with an error of the ANS table. */
export function ackMessage(code: 'AA' | 'AE' | 'AR'): string {
  const head = 'MSH|^~\\&|DPI|Cabinet|PFI|Cabinet|20260112101501||ACK^T02^ACK|44|P|2.6|||||FRA|UNICODE UTF-8'
  const error =
    'ERR|||207^Application internal error^HL70357|E|902^Identifiant de patient inconnu^messageErrorCondition'
  return [head, `MSA|${code}|42`, ...(code === 'AA' ? [] : [error]), ''].join('\r')
}
