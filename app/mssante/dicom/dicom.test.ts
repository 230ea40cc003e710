import { describe, expect, it } from 'vitest'
import { zipOf } from '../../../test/operator/seed/archive-files.ts'
import { n1 } from '../../../test/operator/seed/cda-variants.ts'
import {
  dicomFile,
  dicomImage,
  keyObjectSelection,
  type DicomElement,
} from '../../../test/operator/seed/dicom-files.ts'
import { patientNamed } from '../../../test/operator/seed/patients.ts'
import type { DicomContent } from '../../contract/index.ts'
import { findDocuments } from '../documents.ts'
import type { MessageDocuments } from '../found.ts'

const storage = '1.2.840.10008.5.1.4.1.1'
const patient = patientNamed('DUPONT')
const open = (bytes: Uint8Array, fileName = 'I.DCM'): Promise<MessageDocuments> =>
  findDocuments([{ id: '1', fileName, mimeType: '', bytes, inline: false }], { strict: true })
const contentOf = ({ documents }: MessageDocuments): DicomContent => {
  const data = documents[0]?.data
  if (data?.kind !== 'dicom') throw new Error('no DICOM')
  return data.dicom
}
const codes = ({ documents }: MessageDocuments): string[] =>
  documents.flatMap(({ summary }) => summary.deviations.map(({ code }) => code))
const base = (sopClass: string, rest: DicomElement[]): DicomElement[] =>
  [
    ['00080016', 'UI', sopClass],
    ['00080018', 'UI', '1.2.3.4'],
    ['00100010', 'PN', 'FICTIF^Jeanne'],
    ['0020000d', 'UI', '1.2.3'],
    ...rest,
  ].sort(([one], [other]) => (String(one) < String(other) ? -1 : 1)) as DicomElement[]
const code = (meaning: string, value = '1', scheme = '99'): DicomElement[][] => [
  [
    ['00080100', 'SH', value],
    ['00080102', 'SH', scheme],
    ['00080104', 'LO', meaning],
  ],
]

describe('a structured report', () => {
  const report = base(`${storage}.88.33`, [
    ['0040a040', 'CS', 'CONTAINER'],
    ['0040a043', 'SQ', code('Compte rendu')],
    [
      '0040a730',
      'SQ',
      [
        [
          ['0040a040', 'CS', 'CONTAINER'],
          ['0040a043', 'SQ', code('Constatations')],
          [
            '0040a730',
            'SQ',
            [
              [
                ['0040a040', 'CS', 'NUM'],
                ['0040a043', 'SQ', code('Diamètre')],
                [
                  '0040a300',
                  'SQ',
                  [
                    [
                      ['004008ea', 'SQ', code('millimeter', 'mm', 'UCUM')],
                      ['0040a30a', 'DS', '12.5'],
                    ],
                  ],
                ],
              ],
              [
                ['0040a040', 'CS', 'PNAME'],
                ['0040a043', 'SQ', code('Lecteur')],
                ['0040a123', 'PN', 'ROY^Helene'],
              ],
              [
                ['0040a040', 'CS', 'DATE'],
                ['0040a043', 'SQ', code('Lu le')],
                ['0040a121', 'DA', '20260112'],
              ],
              [
                ['0040a040', 'CS', 'CODE'],
                ['0040a043', 'SQ', code('Conclusion')],
                ['0040a168', 'SQ', code('Normal')],
              ],
            ],
          ],
        ],
      ],
    ],
  ])
  it.each(['explicit', 'implicit', 'deflated'] as const)(
    'gives headings, measures, people and dates (%s)',
    async (syntax) => {
      const { texts, title } = contentOf(await open(dicomFile(report, `${storage}.88.33`, '1.2.3.4', syntax)))
      expect(title).toBe('Compte rendu')
      expect(texts).toEqual([
        'Constatations',
        'Diamètre: 12.5 mm',
        'Lecteur: Helene ROY',
        'Lu le: 12/01/2026',
        'Conclusion: Normal',
      ])
    },
  )
})

describe('character sets', () => {
  it.each([
    ['ISO_IR 100', Buffer.from('HÉLÈNE', 'latin1'), 'HÉLÈNE'],
    ['ISO_IR 192', Buffer.from('HÉLÈNE'), 'HÉLÈNE'],
    ['ISO_IR 144', Buffer.from([0xb8, 0xd2, 0xd0, 0xdd]), 'Иван'],
    ['ISO_IR 203', Buffer.from([0x63, 0xbd, 0x75, 0x72]), 'cœur'],
    ['ISO 2022 IR 6\\ISO 2022 IR 100', Buffer.from('HÉLÈNE', 'latin1'), 'HÉLÈNE'],
    ['GB18030', Buffer.from([0xcd, 0xf5]), '王'],
    ['', Buffer.from('HÉLÈNE'), 'HÉLÈNE'],
  ])('%s', async (charset, name, shown) => {
    const elements = base(`${storage}.7`, [['00080005', 'CS', charset]]).filter(([tag]) => tag !== '00100010')
    const at = elements.findIndex(([tag]) => tag > '00100010')
    elements.splice(at, 0, ['00100010', 'PN', Buffer.concat([name, Buffer.from('^A')])])
    const found = await open(dicomFile(elements, `${storage}.7`, '1.2.3.4'))
    expect(contentOf(found).patient.birthName).toBe(shown)
  })
})

describe('key objects', () => {
  it('without evidence keep their study, and the images that their content names', async () => {
    const bare = base(`${storage}.88.59`, [
      ['00080020', 'DA', '20260112'],
      ['00080050', 'SH', 'ACC1'],
      ['0040a043', 'SQ', code('Manifest')],
      [
        '0040a730',
        'SQ',
        [
          [
            [
              '00081199',
              'SQ',
              [
                [
                  ['00081150', 'UI', `${storage}.2`],
                  ['00081155', 'UI', '1.2.3.9'],
                ],
              ],
            ],
            ['0040a040', 'CS', 'IMAGE'],
          ],
        ],
      ],
    ])
    const { studies } = contentOf(await open(dicomFile(bare, `${storage}.88.59`, '1.2.3.4')))
    expect(studies).toMatchObject([
      {
        uid: '1.2.3',
        accession: 'ACC1',
        date: '2026-01-12',
        series: [{ instances: [{ sopInstanceUid: '1.2.3.9', sopClass: 'CT Image Storage' }] }],
      },
    ])
    const empty = bare.filter(([tag]) => tag !== '0040a730')
    const none = contentOf(await open(dicomFile(empty, `${storage}.88.59`, '1.2.3.4')))
    expect(none.studies).toMatchObject([{ uid: '1.2.3', accession: 'ACC1', series: [] }])
  })
})

describe('files', () => {
  it('hold a CDA or a PDF whose padding is taken off', async () => {
    for (const [sopClass, bytes, kind] of [
      [`${storage}.104.2`, n1.length % 2 === 0 ? Buffer.concat([n1, Buffer.from('\n')]) : n1, 'cda-n1'],
      [`${storage}.104.1`, Buffer.from('%PDF-1.4\n%fictif\n%%EOF'), 'pdf'],
    ] as const) {
      const file = dicomFile(base(sopClass, [['00420011', 'OB', bytes]]), sopClass, '1.2.3.4')
      const { documents } = await open(file)
      expect(documents.map(({ summary }) => summary.kind)).toEqual(['dicom', kind])
      expect(documents[1]?.bytes.byteLength).toBe(bytes.length)
    }
  })
  it('are known without preamble and meta group, explicit or implicit', async () => {
    for (const [syntax, start] of [
      ['explicit', 0],
      ['implicit', 0],
    ] as const) {
      const whole = keyObjectSelection(patient, syntax)
      const body = whole.subarray(whole.indexOf(Buffer.from([8, 0, 5, 0])) + start)
      const found = await open(body, 'sans-extension')
      expect(contentOf(found)).toMatchObject({ format: 'kos', patient: { birthName: 'DUPONT' } })
      expect(codes(found)).toEqual(expect.arrayContaining(['dicom-no-preamble', 'dicom-no-file-meta']))
    }
  })
  it('that are deflated and cut give what comes before the cut', async () => {
    const long = base(`${storage}.7`, [
      ['00420011', 'OB', Buffer.from(Array.from({ length: 9000 }, (_, at) => (at * 7919) % 251))],
    ])
    const whole = dicomFile(long, `${storage}.7`, '1.2.3.4', 'deflated')
    const found = await open(whole.subarray(0, whole.length - 20))
    expect(contentOf(found).patient.birthName).toBe('FICTIF')
    expect(codes(found)).toContain('dicom-truncated')
  })
})

const directory = (): Buffer =>
  dicomFile(
    [
      [
        '00041220',
        'SQ',
        [
          [
            ['00041430', 'CS', 'PATIENT'],
            ['00100010', 'PN', 'FICTIF^Jeanne'],
            ['00100020', 'LO', 'IPP1'],
          ],
          [
            ['00041430', 'CS', 'STUDY'],
            ['00080020', 'DA', '20260112'],
            ['00081030', 'LO', 'Scanner fictif'],
            ['0020000d', 'UI', '1.2.3'],
          ],
          [
            ['00041430', 'CS', 'SERIES'],
            ['00080060', 'CS', 'CT'],
            ['0020000e', 'UI', '1.2.3.1'],
            ['00200011', 'IS', '2'],
          ],
          [
            ['00041430', 'CS', 'IMAGE'],
            ['00041500', 'CS', 'DICOM\\IM1'],
            ['00041510', 'UI', `${storage}.2`],
            ['00041511', 'UI', '1.2.3.1.1'],
            ['00200013', 'IS', '1'],
          ],
        ],
      ],
    ],
    '1.2.840.10008.1.3.10',
    '1.2.9',
  )

describe('a DICOMDIR', () => {
  const listed = {
    patient: { birthName: 'FICTIF', firstName: 'Jeanne' },
    studies: [
      {
        uid: '1.2.3',
        date: '2026-01-12',
        description: 'Scanner fictif',
        series: [
          {
            modality: 'CT',
            number: 2,
            instances: [{ path: 'DICOM/IM1', number: 1, sopClass: 'CT Image Storage' }],
          },
        ],
      },
    ],
  }
  it('lists what it names, alone or in a zip whose images are missing', async () => {
    expect(contentOf(await open(directory(), 'DICOMDIR'))).toMatchObject(listed)
    const zip = await zipOf([{ path: 'DICOMDIR', bytes: directory() }])
    const found = await open(zip, 'images.zip')
    expect(found.kinds).toEqual([{ partId: '1', kind: 'dicom-zip' }])
    expect(contentOf(found)).toMatchObject(listed)
    expect(codes(found)).toContain('document-missing')
  })
  it('does not hide the report that stands beside the images', async () => {
    const pdf = dicomFile(
      base(`${storage}.104.1`, [['00420011', 'OB', Buffer.from('%PDF-1.4\n%fictif\n')]]),
      `${storage}.104.1`,
      '1.2.3.5',
    )
    const zip = await zipOf([
      { path: 'IM1', bytes: dicomImage(patient) },
      { path: 'PDF1', bytes: pdf },
    ])
    const found = await open(zip, 'images.zip')
    expect(found.documents.map(({ summary }) => summary.kind)).toEqual(['dicom', 'pdf'])
  })
})
