import { describe, expect, it } from 'vitest'
import { zipOf } from '../../test/operator/seed/archive-files.ts'
import { n1, n3, n3Header } from '../../test/operator/seed/cda-variants.ts'
import { dicomImage, keyObjectSelection } from '../../test/operator/seed/dicom-files.ts'
import { ackMessage, mdmMessage, oruResults } from '../../test/operator/seed/hl7-messages.ts'
import { patientNamed } from '../../test/operator/seed/patients.ts'
import { findDocuments } from './documents.ts'
import { resultsIn, type FoundDocument, type MessageDocuments } from './found.ts'
import { inspectDocuments } from './inspection.ts'
import { sniffMime } from './magic.ts'

const patient = patientNamed('DUPONT')
const open = (fileName: string, bytes: Uint8Array): Promise<MessageDocuments> =>
  findDocuments([{ id: '1', fileName, mimeType: '', bytes, inline: false }], { strict: true })
const codesOf = (found: MessageDocuments): string[] =>
  found.documents.flatMap(({ summary }) => summary.deviations.map(({ code }) => code))

describe('HL7 v2', () => {
  const id = { root: n3Header.id }
  const code = { code: '11502-2', display: "CR d'examens biologiques" }
  const message = (rest: Partial<Parameters<typeof mdmMessage>[0]> = {}): Promise<MessageDocuments> =>
    open('m.hl7', Buffer.from(mdmMessage({ patient, cda: n3, code, id, ...rest })))
  const hl7Of = ({ documents }: MessageDocuments) => {
    const data = documents[0]?.data
    if (data?.kind !== 'hl7') throw new Error('no message')
    return data.message
  }
  it('reads an MDM with its document, mail, people and restrictions', async () => {
    const found = await message()
    expect(found.documents.map(({ summary }) => summary.kind)).toEqual(['hl7', 'cda-n3'])
    expect(codesOf(found)).not.toContain('patient-mismatch')
    expect(found.documents.map(({ summary }) => summary.visibility)).toEqual([
      ['hidden-from-patient'],
      ['hidden-from-patient'],
    ])
    expect(hl7Of(found)).toMatchObject({
      type: 'MDM^T02',
      action: 'new',
      documentId: n3Header.id,
      identityStatus: 'VALI',
      patient: { birthName: 'DUPONT', qualified: true, birthPlaceCode: patient.birthPlace.code },
      senders: [
        {
          name: 'Hélène ROY',
          organisation: 'Laboratoire & associés',
          telecoms: ['mailto:resultats@bioval.mssante.test'],
        },
      ],
      recipients: [{ name: 'Anne MARTIN', telecoms: ['mailto:anne.martin@medecin.mssante.test'] }],
      mails: [{ subject: "XDM/1.0/DDM+CR d'examens biologiques", text: 'Veuillez trouver le document.' }],
    })
  })
  it('tells replacement and deletion', async () => {
    expect(hl7Of(await message({ event: 'T10', parent: '1.2.3' }))).toMatchObject({
      action: 'replace',
      parentId: '1.2.3',
    })
    expect(hl7Of(await message({ event: 'T04' })).action).toBe('delete')
  })
  it('has no patient when its PID names nobody', async () => {
    const unnamed = oruResults(patient).replace(/^PID\|[^\r\n]*/m, 'PID|1')
    const found = await open('r.hl7', Buffer.from(unnamed, 'latin1'))
    expect(found.documents.map(({ summary }) => summary.patient)).toEqual([null])
    expect(inspectDocuments(found, 'hl7v2', new Date('2026-11-22'))).toMatchObject({
      patient: null,
      patients: [],
      documents: [{ patient: null }],
    })
  })
  it('blocks filing when PID and CDA disagree, and flags loose Base64', async () => {
    const other = await message({ patient: patientNamed('LEROY') })
    expect(codesOf(other)).toEqual(expect.arrayContaining(['patient-mismatch', 'traits-mismatch']))
    expect(other.documents[1]?.summary.filingBlocked).toBe(true)
    const cut = await message({ cda: n1.subarray(0, n1.length - (n1.length % 3 === 0 ? 1 : 0)), cut: true })
    expect(codesOf(cut)).toContain('hl7-base64')
  })
  it('reads values sent as segments: escapes, structured numbers, notes', async () => {
    const found = await open('r.hl7', Buffer.from(oruResults(patient), 'latin1'))
    const [document] = found.documents
    const results = document ? resultsIn(document) : []
    expect(results.map(({ label, value, interpretation }) => [label, value, interpretation])).toEqual([
      ['Potassium', '6,4', 'HH'],
      ['Sodium', '138', 'N'],
      ['Protéine C réactive', '< 0,5', null],
      ['Groupe', 'A positif', null],
    ])
    expect(results[0]).toMatchObject({
      loinc: '2823-3',
      comment: 'Contrôlé sur second prélèvement\nappelé à 8h',
      referenceHigh: 5.1,
    })
    expect(hl7Of(found).texts).toEqual(['Conclusion', 'Hyperkaliémie\nà contrôler'])
    expect(found.alert?.level).toBe('critical')
  })
  it('reads an acknowledgement with its ANS code', async () => {
    const ack = hl7Of(await open('a.hl7', Buffer.from(ackMessage('AE'))))
    expect(ack.acknowledgement).toMatchObject({
      code: 'AE',
      messageId: '42',
      errors: [{ code: '207', severity: 'E', applicationCode: '902' }],
    })
  })
  it('takes off the frame of MLLP', async () => {
    const framed = Buffer.concat([
      Buffer.from([0x0b]),
      Buffer.from(ackMessage('AA')),
      Buffer.from([0x1c, 0x0d]),
    ])
    expect(codesOf(await open('a.hl7', framed))).toContain('hl7-mllp-frame')
  })
})

describe('HPRIM', () => {
  const header = (address: string[]): string[] => [
    '42',
    'DUPONT',
    'Marie',
    ...address,
    '26/11/1978',
    '278113512151889',
    'D-1',
    '12/01/2026',
    'LABO  Laboratoire de démonstration',
    'MED  Dr Martin',
    '',
    'Hémoglobine  13,3 g/dL élevée à vérifier',
    '',
  ]
  const lab = [
    '****LAB****',
    'RES|Hémoglobine|HB|N|13.3|g/dl|12.0|16.0|N|F',
    'RES|Plaquettes|PLA|N|2.920|/mm3|4000|10000|L|F',
    'RES|CRP|CRP|A| < 0.12  mg/l |||||F',
    'RES||X|A',
    '****FIN****',
  ]
  const address = ['1 rue de l’Église', '', '35000 RENNES']
  const textOf = (lines: string[]): string => `${lines.join('\r\n')}\r\n`
  const honest = textOf([...header(address), ...lab, '****FINFICHIER****'])
  const dossierOf = (document: FoundDocument | undefined) => {
    if (document?.data?.kind !== 'hprim') throw new Error('no dossier')
    return document.data.dossier
  }
  const macRoman = (text: string): Buffer =>
    Buffer.from(
      Array.from(
        text.replaceAll('’', "'"),
        (one) => ({ é: 0x8e, à: 0x88, É: 0x83, è: 0x8f })[one] ?? one.charCodeAt(0),
      ),
    )
  const encodings: [string, Buffer][] = [
    ['utf-8', Buffer.from(honest)],
    ['utf-8 with a mark', Buffer.from(`\ufeff${honest}`)],
    ['windows-1252', Buffer.from(honest.replaceAll('’', "'"), 'latin1')],
    ['macintosh', macRoman(honest)],
    ['utf-16', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(honest, 'utf16le')])],
    ['utf-16 without a mark', Buffer.from(honest, 'utf16le')],
    ['CR line ends', Buffer.from(honest.replaceAll('\r\n', '\r'))],
  ]
  it.each(encodings)('reads %s', async (_, bytes) => {
    const { documents } = await open('r.hpr', bytes)
    const dossier = dossierOf(documents[0])
    expect(dossier.text).toContain('élevée à vérifier')
    expect(dossier).toMatchObject({
      dossier: 'D-1',
      date: '2026-01-12',
      patientCode: '42',
      patient: { birthName: 'DUPONT', firstName: 'Marie', birthDate: '1978-11-26', ins: null },
    })
    expect(
      dossier.results.map(({ label, value, number, unit, interpretation }) => [
        label,
        value,
        number,
        unit,
        interpretation,
      ]),
    ).toEqual([
      ['Hémoglobine', '13,3', 13.3, 'g/dl', 'N'],
      ['Plaquettes', '2.920', 2920, '/mm3', 'L'],
      ['CRP', '< 0,12', null, 'mg/l', null],
    ])
  })
  it.each([
    ['fewer', ['35000 RENNES']],
    ['more', ['Résidence', ...address, 'FRANCE']],
  ])('anchors the header on its dates with %s address lines', async (_, lines) => {
    const found = await open('r.txt', Buffer.from(textOf([...header(lines), ...lab])))
    expect(codesOf(found)).toContain('hprim-address-lines')
    expect(dossierOf(found.documents[0])).toMatchObject({
      dossier: 'D-1',
      patient: { birthDate: '1978-11-26' },
    })
  })
  it('reads several dossiers, and tells a missing end', async () => {
    const two = textOf([...header(address), '****FIN****', ...header(address), ...lab.slice(0, -1)])
    const found = await open('r.hpr', Buffer.from(two))
    expect(found.documents.map((document) => dossierOf(document).number)).toEqual([1, 2])
    expect(codesOf(found)).toContain('hprim-end-missing')
  })
  it('finds results in the body, and says what Apicrypt hides', async () => {
    const inBody = await findDocuments([], { body: honest })
    expect(codesOf(inBody)).toContain('hprim-in-body')
    const hidden = await findDocuments([
      {
        id: '1',
        fileName: 'r.apz',
        mimeType: 'application/octet-stream',
        bytes: Buffer.from([1, 2, 3]),
        inline: false,
      },
    ])
    expect(hidden.documents[0]?.summary).toMatchObject({ kind: 'refused', refusals: [{ code: 'apicrypt' }] })
  })
  it('reads HPRIM Santé: continuations, comments, references to files', async () => {
    const sante = [
      'H|~^\\&|R.HPR||LAB~Labo démo||ORU|||MED~Martin||P|H2.1~C|20260112',
      'P|1|398|D-2||DUPONT~Marie|LEROY|19781126|F',
      'OBR|1|||NF~Numération~L|S||20260112',
      'OBX|1|NM|HT~Hématocrite~L||38.2|%|35 - 4',
      'A|8|N|||F',
      'C|1|L|contrôlé',
      'OBX|2|FIC|T~~L||GALAXIE~a.txt',
      'L|1',
      '',
    ].join('\r\n')
    const { documents } = await open('r.hpr', Buffer.from(sante))
    expect(dossierOf(documents[0])).toMatchObject({
      format: 'hprim-sante',
      version: 'H2.1',
      patient: { birthName: 'LEROY', usedName: 'DUPONT', sex: 'F' },
      results: [
        {
          label: 'Hématocrite',
          value: '38,2',
          referenceHigh: 48,
          comment: 'contrôlé',
          batteries: ['Numération'],
        },
      ],
      files: ['GALAXIE a.txt'],
    })
  })
})

describe('DICOM', () => {
  const dicomOf = (document: FoundDocument | undefined) => {
    if (document?.data?.kind !== 'dicom') throw new Error('no DICOM')
    return document.data.dicom
  }
  it.each(['implicit', 'explicit'] as const)('lists what a KOS refers to (%s)', async (syntax) => {
    const { documents } = await open('KOS.DCM', keyObjectSelection(patient, syntax))
    expect(documents[0]?.summary).toMatchObject({
      kind: 'kos',
      typeCode: 'IMG-KOS',
      patient: { birthName: 'DUPONT', qualified: true },
    })
    const { title, texts, studies } = dicomOf(documents[0])
    expect([title, texts]).toEqual(['Manifest', ['Examen de démonstration']])
    expect(studies).toMatchObject([
      { accession: 'ACC-DEMO-1', date: '2026-01-12T10:15:00', series: [{ instances: [{}, {}] }] },
    ])
  })
  it('draws a preview of pixels that are not compressed', async () => {
    const { documents } = await open('I.DCM', dicomImage(patient))
    const [picture] = documents[0]?.previews?.() ?? []
    expect(picture).toMatchObject({ mimeType: 'image/png', width: 16, height: 8 })
    expect(sniffMime(picture?.bytes ?? new Uint8Array())).toBe('image/png')
  })
  it('groups the files of a zip by study and series', async () => {
    const zip = await zipOf(
      [2, 1].map((number) => ({ path: `DICOM/IM${number}`, bytes: dicomImage(patient, number) })),
    )
    const found = await open('images.zip', zip)
    expect(found.kinds).toEqual([{ partId: '1', kind: 'dicom-zip' }])
    expect(dicomOf(found.documents[0]).studies).toMatchObject([
      { series: [{ modality: 'DX', instances: [{ number: 1, path: 'DICOM/IM1' }, { number: 2 }] }] },
    ])
  })
  it('says that a file is cut', async () => {
    const whole = dicomImage(patient)
    expect(codesOf(await open('I.DCM', whole.subarray(0, whole.length - 100)))).toContain('dicom-truncated')
  })
})
