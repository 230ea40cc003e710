import { describe, expect, it } from 'vitest'
import { n1 } from '../../../test/operator/seed/cda-variants.ts'
import type { Hl7Content } from '../../contract/index.ts'
import { findDocuments } from '../documents.ts'
import type { MessageDocuments } from '../found.ts'
import { inspectDocuments } from '../inspection.ts'
import { parseHl7, unescapeHl7 } from './parse.ts'

const msh = (charset = 'UNICODE UTF-8'): string =>
  `MSH|^~\\&|SIL|Labo fictif|DPI|Cabinet|20260112||ORU^R01|1|P|2.5|||||FRA|${charset}`
const pid = (name: string, ins = ''): string =>
  `PID|1||${ins}^^^A&1.2.250.1.213.1.4.10&ISO^INS||${name}^Jean^Jean^^^^L||19600203|M`
const open = (bytes: Uint8Array | string): Promise<MessageDocuments> =>
  findDocuments(
    [
      {
        id: '1',
        fileName: 'm.hl7',
        mimeType: '',
        bytes: typeof bytes === 'string' ? Buffer.from(bytes) : bytes,
        inline: false,
      },
    ],
    { strict: true },
  )
const messages = ({ documents }: MessageDocuments): Hl7Content[] =>
  documents.flatMap(({ data }) => (data?.kind === 'hl7' ? [data.message] : []))
const only = async (segments: string[], separator = '\r'): Promise<Hl7Content> => {
  const [message] = messages(await open([msh(), pid('FICTIF'), ...segments].join(separator)))
  if (!message) throw new Error('no message')
  return message
}
const codes = ({ documents }: MessageDocuments): string[] =>
  documents.flatMap(({ summary }) => summary.deviations.map(({ code }) => code))

describe('a message of HL7 v2', () => {
  it('keeps the results of each patient apart', async () => {
    const found = await open(
      [
        msh(),
        pid('UN', '160028045678942'),
        'OBR|1|||NFS^Numération^L',
        'OBX|1|NM|HB^Hémoglobine^L||9|g/dL|13-17|L|||F',
        pid('DEUX', '255088045678901'),
        'OBR|1|||NFS^Numération^L',
        'OBX|1|NM|HB^Hémoglobine^L||14|g/dL|13-17|N|||F',
        pid('DEUX', '255088045678901'),
        'OBX|2|NM|VGM^VGM^L||90|fl|80-100|N|||F',
      ].join('\r'),
    )
    expect(
      messages(found).map(({ patient, results }) => [patient?.birthName, results.map(({ value }) => value)]),
    ).toEqual([
      ['UN', ['9']],
      ['DEUX', ['14', '90']],
    ])
    expect(found.documents.every(({ summary }) => summary.filingBlocked)).toBe(true)
    expect(messages(found)[1]?.type).toBe('ORU^R01')
  })

  it.each([
    ['UTF-8 that calls itself 8859/1', '8859/1', Buffer.from('Créatinine °'), true],
    ['Windows-1252 that calls itself UTF-8', 'UNICODE UTF-8', Buffer.from('Créatinine °', 'latin1'), true],
    ['ISO-8859-1 that says so', '8859/1', Buffer.from('Créatinine °', 'latin1'), false],
    [
      'an old PC that says nothing',
      '',
      Buffer.from([...'Cr\x82atinine \xf8'].map((c) => c.charCodeAt(0))),
      true,
    ],
    ['UTF-8 that says nothing', '', Buffer.from('Créatinine °'), false],
  ])('is read in the encoding of its bytes: %s', async (_, charset, label, flagged) => {
    const bytes = Buffer.concat([
      Buffer.from(`${msh(charset)}\rPID|1||1||X^Y\rOBR|1\rOBX|1|NM|C^`),
      label,
      Buffer.from('^L||1|g/L|||||F\r'),
    ])
    const found = await open(bytes)
    expect(messages(found)[0]?.results[0]?.label).toBe('Créatinine °')
    expect(codes(found).includes('hl7-charset')).toBe(flagged)
  })

  it('keeps the lines of a text that were broken where segments end', async () => {
    const { texts, results } = await only([
      'OBR|1|||X^Examen',
      'OBX|1|FT|CR^Compte rendu^L||Première ligne\nDeuxième ligne : normale\n\nFin||||||F',
      'OBX|2|NM|A^A^L||1|g|||||F',
    ])
    expect(texts).toEqual(['Compte rendu', 'Première ligne\nDeuxième ligne : normale\n\nFin'])
    expect(results).toHaveLength(1)
  })

  it('shows values of every type, and never drops what stands after a separator that was not escaped', async () => {
    const { results, texts } = await only([
      'OBR|1|||X^Examen',
      'OBX|1|ST|A^Aspect^L||clair^limpide||||||F',
      'OBX|2|DT|B^Date des règles^L||20260105||||||F',
      'OBX|3|TS|C^Prélevé le^L||202601051430||||||F',
      'OBX|4|CWE|D^Germe^L||112283007^^SCT^^^^^^Escherichia coli||||A||F',
      'OBX|5|CE|E^Sérologies^L||P^Positif^L~N^Négatif^L||||||F',
      'OBX|6|SN|F^Titre^L||^1^:^80||||||F',
      'OBX|7|SN|G^Charge^L||>^90|copies/mL|||||F',
      'OBX|8|TX|H^Conclusion^L||Ligne 1~Ligne 2||||||F',
      'OBX|9|TX|H^Conclusion^L||Ligne 3||||||F',
      'OBX|10|TX|I^Culture^L||Escherichia coli > 10\\S\\5||négatif|A|||F',
      'OBX|11|RP|J^Images^L||http://pacs.exemple.test/1^PACS^image^jpeg||||||F',
      'OBX|12|CQ|K^Volume^L||5^mL||||||F',
    ])
    expect(results.map(({ label, value, interpretation }) => [label, value, interpretation])).toEqual([
      ['Aspect', 'clair^limpide', null],
      ['Date des règles', '05/01/2026', null],
      ['Prélevé le', '05/01/2026 14:30', null],
      ['Germe', 'Escherichia coli', null],
      ['Sérologies', 'Positif, Négatif', null],
      ['Titre', '1:80', null],
      ['Charge', '> 90', null],
      ['Culture', 'Escherichia coli > 10^5', 'A'],
      ['Volume', '5 mL', null],
    ])
    expect(texts).toEqual([
      'Conclusion',
      'Ligne 1\nLigne 2\nLigne 3',
      'Images',
      'http://pacs.exemple.test/1 PACS image jpeg',
    ])
  })

  it('reads ranges whole, units by their code, and compares in the unit as printed', async () => {
    const [message] = messages(
      await open(
        [
          msh(),
          pid('FICTIF'),
          'OBR|1|||X^Examen',
          'OBX|1|NM|A^Créatinine^L||150|umol/L^micromole par litre^UCUM|50 - 100||||F',
          'OBX|2|NM|B^Plaquettes^L||80|10*9/L|150^400||||F',
          'OBX|3|NM|C^Hémoglobine^L||14|g/dL|H : 13 - 17~F : 12 - 16|N~H|||C',
        ].join('\r'),
      ),
    )
    expect(message?.results).toMatchObject([
      { unit: 'µmol/L', ucum: 'umol/L', referenceHigh: 100 },
      { unit: '10⁹/L', referenceLow: 150, referenceHigh: 400 },
      { referenceRange: 'H : 13 - 17\nF : 12 - 16', interpretation: 'H', status: 'C' },
    ])
  })

  it('raises an alert by the range where the laboratory says nothing', async () => {
    const found = await open(
      [msh(), pid('FICTIF'), 'OBR|1|||X', 'OBX|1|NM|A^Créatinine^L||150|umol/L|50 - 100||||F'].join('\r'),
    )
    const told = inspectDocuments(found, 'hl7v2', new Date(0))
    expect(told.alerts).toMatchObject([{ code: 'H', source: 'range', analyte: 'Créatinine' }])
    expect(told.tables).toMatchObject([{ rows: [['Créatinine', '150', 'µmol/L', '50 – 100', '']] }])
  })

  it('takes documents in any spelling of ED', async () => {
    const pdf = Buffer.from('%PDF-1.4\n%fictif\n')
    const rtf = Buffer.from('{\\rtf1\\ansi Bonjour}')
    const found = await open(
      [
        msh(),
        pid('FICTIF'),
        'OBR|1|||11502-2^CR^LN',
        `OBX|1|ED|PDF^Compte rendu||^application^pdf^Base64^${pdf.toString('base64')}||||||F`,
        `OBX|2|ED|PDF^Compte rendu||${pdf.toString('base64')}||||||F`,
        `OBX|3|ED|PDF^Compte rendu||^AP^PDF^B64^${pdf.toString('base64').replace(/.{8}/g, '$&\\.br\\')}||||||F`,
        `OBX|4|ED|RTF^Lettre||^TEXT^RTF^Base64^${rtf.toString('base64')}||||||F`,
        `OBX|5|ED|TXT^Lettre||^TEXT^^A^Une lettre \\T\\ son texte||||||F`,
        `OBX|6|ED|CDA^Doc||^text^XML^Base64^${n1.toString('base64')}||||||F`,
      ].join('\r'),
    )
    expect(found.documents.map(({ summary, mimeType }) => [summary.kind, mimeType])).toEqual([
      ['hl7', 'text/plain'],
      ['pdf', 'application/pdf'],
      ['pdf', 'application/pdf'],
      ['pdf', 'application/pdf'],
      ['office', 'application/rtf'],
      ['text', 'text/plain'],
      ['cda-n1', 'text/xml'],
    ])
    expect(inspectDocuments(found, 'hl7v2', new Date(0)).texts).toContain('Une lettre & son texte')
  })

  it('names who wrote, who asked and who receives a copy where no PRT does', async () => {
    const message = await only([
      'ORC|NW|||||||||||899700000101^MARTIN^Anne^^^DR',
      'OBR|1|||X^Examen||||||||||||899700000101^MARTIN^Anne^^^DR||||||||||||899700000202^LEROY^Paul||||899700000303&ROY&Hélène',
      'OBX|1|NM|A^A^L||1|g|||||F|||||899700000404^PETIT^Luc',
      'TXA|1|11502-2|TX|20260112|||||899700000505^BLANC^Zoé',
    ])
    expect(message.authors.map(({ name }) => name)).toEqual(['Zoé BLANC', 'Hélène ROY', 'Luc PETIT'])
    expect(message.prescribers.map(({ name }) => name)).toEqual(['Anne MARTIN'])
    expect(message.recipients.map(({ name, id }) => [name, id])).toEqual([['Paul LEROY', '899700000202']])
  })

  it('ties results to their specimen: behind them in an ORU, before them in an OUL', async () => {
    const results = ['OBR|1|||X^Examen', 'OBX|1|NM|A^A^L||1|g|||||F']
    const blood = 'SPM|1|||SG^Sang^L'
    const after = await only([...results, blood, 'OBR|2|||Y^Autre', 'OBX|1|NM|B^B^L||1|g|||||F'])
    expect(after.results.map(({ specimen }) => specimen)).toEqual(['Sang', null])
    const oul = [msh().replace('ORU^R01', 'OUL^R22'), pid('FICTIF'), blood, ...results, ...results].join('\r')
    const [before] = messages(await open(oul))
    expect(before?.results.map(({ specimen }) => specimen)).toEqual(['Sang', 'Sang'])
  })

  it('takes back what was wrong, and keeps corrections', async () => {
    const { results } = await only([
      'OBR|1|||X^Examen',
      'OBX|1|NM|K^Potassium^L||7.4|mmol/L|3.5-5.1|HH|||W',
      'OBX|2|NM|K^Potassium^L||4.4|mmol/L|3.5-5.1|N|||C',
      'OBX|3|NM|NA^Sodium^L|||mmol/L||||N|X',
    ])
    expect(results.map(({ value, absent, status }) => [value, absent, status])).toEqual([
      ['7,4', 'withdrawn', 'W'],
      ['4,4', null, 'C'],
      ['', 'not-done', 'X'],
    ])
  })

  it('reads the numbers of old versions and the maiden name', async () => {
    const [message] = messages(
      await open(`${msh()}\rPID|1|EXT1|||DURAND^Anne^^^^^D~FICTIF^Anne^^^^^M||19600203|F`),
    )
    expect(message?.patient).toMatchObject({
      birthName: 'FICTIF',
      usedName: 'DURAND',
      identifiers: [{ value: 'EXT1' }],
    })
  })

  it('tells frames left anywhere, and reads every message between them', async () => {
    const framed = (id: number): string =>
      `\x0b${msh().replace('|1|P', `|${id}|P`)}\r${pid('FICTIF')}\r\x1c\r`
    const found = await open(framed(1) + framed(2))
    expect(messages(found).map(({ controlId }) => controlId)).toEqual(['1', '2'])
    expect(codes(found)).toContain('hl7-mllp-frame')
    expect(codes(await open(`${msh()}\r${pid('FICTIF')}\r\x1c\r`))).toContain('hl7-mllp-frame')
  })
})

describe('escape sequences', () => {
  const delimiters = { field: '|', component: '^', repetition: '~', escape: '\\', subcomponent: '&' }
  it.each([
    ['a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f', 'a|b^c&d~e\\f'],
    ['\\\\srv\\Fichier\\x', '\\\\srv\\Fichier\\x'],
    ['1\\X0D0A\\2', '1\n2'],
    ['\\XC3A9\\ \\XE9\\', 'é é'],
    ['a\\Z12\\b\\C2842\\c\\M2842\\d', 'abcd'],
    ['a\\.sp2\\b\\.ti4\\c', 'a\n\nb c'],
    ['\\H\\gras\\N\\', 'gras'],
  ])('%s', (written, read) => {
    expect(unescapeHl7(written, delimiters)).toBe(read)
  })
  it('follow the separators of the message', () => {
    const parsed = parseHl7(Buffer.from('MSH#*@!%#A##B#\rPID###1*!S!2\r'))
    expect(parsed.ok && parsed.value[0]?.segments[1]?.delimiters).toMatchObject({
      component: '*',
      escape: '!',
    })
  })
})
