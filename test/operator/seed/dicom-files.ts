/** DICOM files written for tests: fictitious patients, pixels drawn here, explicit little endian unless told. */
import { deflateRawSync } from 'node:zlib'
import { insTestOid, type Patient } from './patients.ts'

export type DicomElement = [tag: string, vr: string, value: string | number | Buffer | DicomElement[][]]

const long = new Set(['OB', 'OW', 'SQ', 'UN', 'UT'])

function padded(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1')
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from([0x20])])
}

function valueOf(vr: string, value: DicomElement[2], implicit: boolean): Buffer {
  if (Buffer.isBuffer(value)) return value.length % 2 === 0 ? value : Buffer.concat([value, Buffer.alloc(1)])
  if (typeof value === 'string')
    return vr === 'UI' && value.length % 2 === 1 ? Buffer.from(`${value}\0`, 'latin1') : padded(value)
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(vr === 'UL' ? 4 : 2)
    if (vr === 'UL') bytes.writeUInt32LE(value)
    else bytes.writeUInt16LE(value)
    return bytes
  }
  return Buffer.concat(
    value.map((item) => {
      const content = dataset(item, implicit)
      const head = Buffer.alloc(8)
      head.writeUInt16LE(0xfffe, 0)
      head.writeUInt16LE(0xe000, 2)
      head.writeUInt32LE(content.length, 4)
      return Buffer.concat([head, content])
    }),
  )
}

function dataset(elements: readonly DicomElement[], implicit = false): Buffer {
  return Buffer.concat(
    elements.map(([tag, vr, value]) => {
      const content = valueOf(vr, value, implicit)
      const head = Buffer.alloc(implicit || !long.has(vr) ? 8 : 12)
      head.writeUInt16LE(Number.parseInt(tag.slice(0, 4), 16), 0)
      head.writeUInt16LE(Number.parseInt(tag.slice(4), 16), 2)
      if (implicit) head.writeUInt32LE(content.length, 4)
      else {
        head.write(vr, 4, 'latin1')
        if (long.has(vr)) head.writeUInt32LE(content.length, 8)
        else head.writeUInt16LE(content.length, 6)
      }
      return Buffer.concat([head, content])
    }),
  )
}

const syntaxes = {
  explicit: '1.2.840.10008.1.2.1',
  implicit: '1.2.840.10008.1.2',
  deflated: '1.2.840.10008.1.2.1.99',
} as const

/** A whole file with preamble and meta group. */
export function dicomFile(
  elements: readonly DicomElement[],
  sopClass: string,
  instance: string,
  syntax: keyof typeof syntaxes = 'explicit',
): Buffer {
  const meta = dataset([
    ['00020002', 'UI', sopClass],
    ['00020003', 'UI', instance],
    ['00020010', 'UI', syntaxes[syntax]],
  ])
  const length = dataset([['00020000', 'UL', meta.length]])
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    length,
    meta,
    syntax === 'deflated' ? deflateRawSync(dataset(elements)) : dataset(elements, syntax === 'implicit'),
  ])
}

const root = '1.2.250.1.999.1.1.7'
const study = `${root}.1`
const series = `${root}.1.1`

function identity(patient: Patient): DicomElement[] {
  return [
    ['00080020', 'DA', '20260112'],
    ['00080030', 'TM', '101500'],
    ['00080050', 'SH', 'ACC-DEMO-1'],
    ['00081030', 'LO', 'Radiographie du thorax (démonstration)'],
    ['00100010', 'PN', `${patient.birthName}^${patient.givenName}`],
    ['00100020', 'LO', patient.ins ?? patient.ipp],
    ['00100024', 'SQ', [[['00400032', 'UT', insTestOid]]]],
    ['00100030', 'DA', patient.birthDate],
    ['00100040', 'CS', patient.sex],
    ['0020000d', 'UI', study],
  ]
}

const ascending = (elements: DicomElement[]): DicomElement[] =>
  elements.sort(([one], [other]) => (one < other ? -1 : 1))

/** A grey picture of 16 × 8 pixels in 16 bits, a ramp from black to white. */
export function dicomImage(patient: Patient, number = 1): Buffer {
  const sopClass = '1.2.840.10008.5.1.4.1.1.1.1'
  const instance = `${series}.${number}`
  const pixels = Buffer.alloc(16 * 8 * 2)
  for (let at = 0; at < 128; at += 1) pixels.writeUInt16LE((at % 16) * 256, at * 2)
  const elements: DicomElement[] = [
    ['00080005', 'CS', 'ISO_IR 100'],
    ['00080016', 'UI', sopClass],
    ['00080018', 'UI', instance],
    ['00080060', 'CS', 'DX'],
    ['0008103e', 'LO', 'Face'],
    ['0020000e', 'UI', series],
    ['00200011', 'IS', '1'],
    ['00200013', 'IS', String(number)],
    ['00280002', 'US', 1],
    ['00280004', 'CS', 'MONOCHROME2'],
    ['00280010', 'US', 8],
    ['00280011', 'US', 16],
    ['00280100', 'US', 16],
    ['00280101', 'US', 12],
    ['00280103', 'US', 0],
    ['7fe00010', 'OW', pixels],
    ...identity(patient),
  ]
  return dicomFile(ascending(elements), sopClass, instance, 'explicit')
}

/** A KOS that refers to two images of one series (clinical-documents.md §12). */
export function keyObjectSelection(patient: Patient, syntax: keyof typeof syntaxes = 'implicit'): Buffer {
  const sopClass = '1.2.840.10008.5.1.4.1.1.88.59'
  const instance = `${root}.2.1`
  const reference = (number: number): DicomElement[] => [
    ['00081150', 'UI', '1.2.840.10008.5.1.4.1.1.1.1'],
    ['00081155', 'UI', `${series}.${number}`],
  ]
  const evidence: DicomElement[] = [
    [
      '00081115',
      'SQ',
      [
        [
          ['00081199', 'SQ', [reference(1), reference(2)]],
          ['0020000e', 'UI', series],
        ],
      ],
    ],
    ['0020000d', 'UI', study],
  ]
  const elements: DicomElement[] = [
    ['00080005', 'CS', 'ISO_IR 100'],
    ['00080016', 'UI', sopClass],
    ['00080018', 'UI', instance],
    ['00080060', 'CS', 'KO'],
    ['0020000e', 'UI', `${root}.2`],
    ['0040a043', 'SQ', [[['00080104', 'LO', 'Manifest']]]],
    ['0040a375', 'SQ', [evidence]],
    [
      '0040a730',
      'SQ',
      [
        [
          ['0040a040', 'CS', 'TEXT'],
          ['0040a160', 'UT', 'Examen de démonstration'],
        ],
      ],
    ],
    ...identity(patient),
  ]
  return dicomFile(ascending(elements), sopClass, instance, syntax)
}
