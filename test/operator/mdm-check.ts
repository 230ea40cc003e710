/** A received HL7 v2 message, split and nothing more: independent of the program under test. */
export interface ReceivedMessage {
  /** Segments with their fields: `fields[n]` is field n, as received. */
  segments: { name: string; fields: string[] }[]
}

const unescape = (text: string): string =>
  text.replace(/\\(F|S|T|R|E|\.br|X[0-9A-F]+)\\/g, (_, code: string) =>
    code.startsWith('X')
      ? Buffer.from(code.slice(1), 'hex').toString('latin1')
      : ({ F: '|', S: '^', T: '&', R: '~', E: '\\', '.br': '\n' }[code] ?? ''),
  )

/** Splits a message; MSH is numbered as the standard does (MSH-1 is the field separator). */
export const splitMessage = (text: string): ReceivedMessage => ({
  segments: text
    .split('\r')
    .filter((line) => line !== '')
    .map((line) => {
      const fields = line.split('|')
      return fields[0] === 'MSH'
        ? { name: 'MSH', fields: ['MSH', '|', ...fields.slice(1)] }
        : { name: fields[0] ?? '', fields }
    }),
})

export const fieldOf = (message: ReceivedMessage, segment: string, at: number, nth = 0): string =>
  message.segments.filter(({ name }) => name === segment)[nth]?.fields[at] ?? ''

export const componentOf = (field: string, at: number): string => unescape(field.split('^')[at - 1] ?? '')

const actions = {
  T02: { order: 'NW', result: 'F' },
  T10: { order: 'RO', result: 'C' },
  T04: { order: 'CA', result: 'D' },
} as const
const restrictions = ['MASQUE_PS', 'INVISIBLE_PATIENT', 'INVISIBLE_REP_LEGAUX', 'MODIF_CONF_CODE']
const insAuthority = /^ASIP-SANTE-INS-(?:NIR|NIA)&1\.2\.250\.1\.213\.1\.4\.(?:8|9|10|11)&ISO$/
const base64 = /^[A-Za-z0-9+/]+={0,2}$/

/**
 * What of a message is not as the ANS guide « Transmission au LPS d’un document provenant d’un courriel MSSanté » has it
 * (v1.1: mssante-client.md §6.2, clinical-documents.md §9.1), field by field; empty when all is.
 */
export const mdmProblems = (message: ReceivedMessage): string[] => {
  const problems: string[] = []
  const want = (what: string, right: boolean): void => {
    if (!right) problems.push(what)
  }
  const field = (segment: string, at: number, nth = 0): string => fieldOf(message, segment, at, nth)
  const names = message.segments.map(({ name }) => name).join(' ')
  want('order of segments', /^MSH EVN PID PV1 ORC OBR TXA OBX(?: PRT){1,} OBX OBX OBX OBX OBX$/.test(names))

  want('MSH-2', field('MSH', 2) === '^~\\&')
  for (const at of [3, 4, 5, 6]) want(`MSH-${at}`, field('MSH', at) !== '')
  want('MSH-7', /^\d{12}(?:\d{2})?(?:[+-]\d{4})?$/.test(field('MSH', 7)))
  const trigger = componentOf(field('MSH', 9), 2) as keyof typeof actions
  const action = actions[trigger]
  want('MSH-9', /^MDM\^T(?:02|04|10)\^MDM_T02$/.test(field('MSH', 9)))
  want('MSH-10', /^[\w.-]{1,20}$/.test(field('MSH', 10)))
  want('MSH-11', /^[PTD]$/.test(field('MSH', 11)))
  want('MSH-12', field('MSH', 12) === '2.6')
  want('MSH-17', field('MSH', 17) === 'FRA')
  want('MSH-18', ['UNICODE UTF-8', '8859/15'].includes(field('MSH', 18)))
  want('MSH-21', field('MSH', 21) === '1.1^CISIS_CDA_HL7_LPS')

  want('EVN-2', /^\d{12}(?:\d{2})?/.test(field('EVN', 2)))
  const ids = field('PID', 3).split('~')
  want('PID-3', ids.length > 0 && ids.every((id) => componentOf(id, 1) !== '' && componentOf(id, 5) !== ''))
  for (const id of ids.filter((one) => componentOf(one, 5) === 'INS')) {
    want('PID-3 authority of the INS', insAuthority.test(componentOf(id, 4)))
    want('PID-3 matricule', /^\d{5}(?:\d\d|2A|2B)\d{8}$/.test(componentOf(id, 1)))
  }
  const [birthName = ''] = field('PID', 5).split('~')
  want('PID-5 birth name', componentOf(birthName, 1) !== '' && componentOf(birthName, 2) !== '')
  want('PID-5.7', componentOf(birthName, 7) === 'L')
  want('PID-7', /^\d{8}/.test(field('PID', 7)))
  want('PID-8', /^[MFU]$/.test(field('PID', 8)))
  for (const address of field('PID', 11).split('~'))
    want('PID-11 birth place', componentOf(address, 7) !== 'BDL' || /^\w{5}$/.test(componentOf(address, 9)))
  want('PID-32', /^(?:VALI)?$/.test(field('PID', 32)))
  want('PV1-2', field('PV1', 2) === 'N')
  want('ORC-1', field('ORC', 1) === action?.order)
  want('OBR-1', field('OBR', 1) === '1')
  want('OBR-4', /^[^^]+\^[^^]+\^(?:LN|TRE_A05)$/.test(field('OBR', 4)))
  want('TXA-1', field('TXA', 1) === '1')
  want('TXA-2', field('TXA', 2) === componentOf(field('OBR', 4), 1))
  want('TXA-3', field('TXA', 3) === 'TEXT')
  const documentId = /^(?:[^^]+\^\^[\d.]+\^ISO|[\w.-]+)$/
  want('TXA-12', documentId.test(field('TXA', 12)))
  want('TXA-13', trigger === 'T10' ? documentId.test(field('TXA', 13)) : field('TXA', 13) === '')
  want('TXA-17', field('TXA', 17) === 'AU')

  want('OBX-1 of the document', field('OBX', 1) === '1' && field('OBX', 2) === 'ED')
  want('OBX-3 of the document', field('OBX', 3) === field('OBR', 4))
  const [empty, kind, format, encoding, data = ''] = field('OBX', 5).split('^')
  want('OBX-5 of the document', empty === '' && kind === 'text' && format === 'XML' && encoding === 'Base64')
  want('OBX-5 data', base64.test(data) && data.length % 4 === 0)
  const cda = Buffer.from(data, 'base64').toString('utf8')
  want('OBX-5 a ClinicalDocument', /<(?:\w+:)?ClinicalDocument[\s>]/.test(cda))
  want('OBX-11 of the document', field('OBX', 11) === action?.result)

  const parts = message.segments.filter(({ name }) => name === 'PRT')
  const kinds = parts.map(({ fields }) => fields[4] ?? '')
  want('PRT SB', kinds[0] === 'SB^Send by^participation')
  want(
    'PRT kinds',
    kinds
      .slice(1)
      .every((one) => ['RCT^Result Copies To^participation', 'REPLY^Reply To^participation'].includes(one)),
  )
  for (const { fields } of parts) {
    want('PRT-2', fields[2] === 'UC')
    want('PRT-15', /^\^\^X\.400\^[^^@\s]+@[^^@\s]+$/.test(fields[15] ?? ''))
    const person = fields[5] ?? ''
    if (componentOf(person, 1) !== '' && componentOf(person, 9).includes('1.2.250.1.71.4.2.1')) {
      want('PRT-5.9', componentOf(person, 9) === 'ASIP-SANTE-PS&1.2.250.1.71.4.2.1&ISO')
      want('PRT-5.10', componentOf(person, 10) === 'D')
      want('PRT-5.13', ['RPPS', 'IDNPS'].includes(componentOf(person, 13)))
    }
    const organisation = fields[8] ?? ''
    if (componentOf(organisation, 10) !== '')
      want('PRT-8.7', ['FINEJ', 'FINEG', 'IDNST', 'UF', 'XX'].includes(componentOf(organisation, 7)))
  }

  want('OBX-2 of the mail', field('OBX', 1, 1) === '2' && field('OBX', 2, 1) === 'ED')
  want(
    'OBX-3 of the mail',
    componentOf(field('OBX', 3, 1), 1) !== '' && componentOf(field('OBX', 3, 1), 2) !== '',
  )
  want('OBX-5 of the mail', /^\^text\^\^Base64\^[A-Za-z0-9+/]*={0,2}$/.test(field('OBX', 5, 1)))
  want('OBX-11 of the mail', field('OBX', 11, 1) === 'F')
  for (const [index, code] of restrictions.entries()) {
    const nth = index + 2
    want(`OBX of ${code}: number`, field('OBX', 1, nth) === String(index + 3))
    want(`OBX of ${code}: type`, field('OBX', 2, nth) === 'CWE')
    want(
      `OBX of ${code}: code`,
      componentOf(field('OBX', 3, nth), 1) === code && componentOf(field('OBX', 3, nth), 3) === 'MetaDMPMSS',
    )
    want(`OBX of ${code}: value`, /^[YN]\^\^expandedYes-NoIndicator$/.test(field('OBX', 5, nth)))
    want(`OBX of ${code}: state`, field('OBX', 11, nth) === 'F')
  }
  return problems
}
