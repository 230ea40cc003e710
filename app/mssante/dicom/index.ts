import {
  ok,
  type Deviation,
  type DicomContent,
  type DicomSeries,
  type DicomStudy,
  type Outcome,
} from '../../contract/index.ts'
import { readTime } from '../cda/index.ts'
import { identityOf, noTraits } from '../identity.ts'
import type { ZipEntry } from '../zip.ts'
import { asciiOf, isDicom, readDicomFile, type Dataset, type DicomFile } from './dataset.ts'
import {
  encapsulatedCda,
  encapsulatedPdf,
  keyObjectSelection,
  mediaDirectory,
  sopClassName,
} from './names.ts'
import { dicomPreview, type DicomPreview } from './preview.ts'

export interface ReadDicom {
  content: DicomContent
  deviations: Deviation[]
  /** Document inside: an encapsulated PDF or CDA. */
  enclosed: Uint8Array | null
  /** Drawn when asked for: it takes time that a list row does not have. */
  previews: () => (DicomPreview & { sopInstanceUid: string })[]
}

const mostPreviews = 24
const mostTexts = 2000

const decoders: Record<string, string> = {
  ISO_IR_100: 'latin1',
  ISO_IR_101: 'iso-8859-2',
  ISO_IR_192: 'utf-8',
}

/** Reader of the text elements of one dataset, in the character set it names (0008,0005). */
const textReader = (root: Dataset): ((data: Dataset, tag: string) => string) => {
  const named =
    asciiOf(root, '00080005')
      .split('\\')
      .at(-1)
      ?.trim()
      .replaceAll(' ', '_')
      .replace('ISO_2022_IR', 'ISO_IR') ?? ''
  const known = decoders[named]
  return (data, tag) => {
    const bytes = data.get(tag)?.bytes ?? new Uint8Array()
    const trimmed = (text: string): string => text.replace(/[\0\s]+$/g, '').trim()
    if (known) return trimmed(new TextDecoder(known).decode(bytes))
    try {
      return trimmed(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    } catch {
      return trimmed(new TextDecoder('latin1').decode(bytes))
    }
  }
}

type Read = ReturnType<typeof textReader>

const orNull = (text: string): string | null => text || null
const integer = (text: string): number | null => (/^[+-]?\d{1,9}$/.test(text) ? Number(text) : null)

/** `AAAAMMJJ` and `hhmmss.ffffff` put together. */
const moment = (date: string, time: string): string | null =>
  readTime(date.replaceAll('.', '') + (/^\d{4,6}/.exec(time)?.[0] ?? '')) ??
  readTime(date.replaceAll('.', ''))

/** `NOM^Prénom^…` of the first group of a person name. */
const nameParts = (value: string): { family: string; given: string } => {
  const [family = '', given = ''] = (value.split('=')[0] ?? '').split('^')
  return { family: family.trim(), given: given.trim() }
}

const personOf = (value: string): string | null => {
  const { family, given } = nameParts(value)
  return orNull([given, family].filter(Boolean).join(' '))
}

const readPatient = (data: Dataset, read: Read) => {
  const { family, given } = nameParts(read(data, '00100010'))
  const birthName = nameParts(read(data, '00101005')).family || read(data, '00101005') || family
  const sex = read(data, '00100040')
  const identifier = (holder: Dataset): { root: string; value: string }[] => {
    const value = read(holder, '00100020')
    const [qualifier] = holder.get('00100024')?.items ?? []
    const root = (qualifier ? read(qualifier, '00400032') : '') || read(holder, '00100021')
    return value ? [{ root, value }] : []
  }
  return identityOf({
    ...noTraits,
    birthName,
    usedName: family && family !== birthName ? family : null,
    firstName: given.split(' ')[0] ?? '',
    birthFirstNames: orNull(given),
    sex: sex === 'M' || sex === 'F' ? sex : 'U',
    birthTime: readTime(read(data, '00100030').replaceAll('.', '')),
    identifiers: [...identifier(data), ...(data.get('00101002')?.items ?? []).flatMap(identifier)],
    addresses: [read(data, '00101040')].filter(Boolean),
  })
}

const meaningOf = (data: Dataset, tag: string, read: Read): string => {
  const [code] = data.get(tag)?.items ?? []
  return code ? read(code, '00080104') : ''
}

/** Text items of a structured report or a KOS, in order, each with what it is about. */
const textsOf = (data: Dataset, read: Read, found: string[] = []): string[] => {
  for (const one of data.get('0040a730')?.items ?? []) {
    const name = meaningOf(one, '0040a043', read)
    const [measure] = one.get('0040a300')?.items ?? []
    const value =
      read(one, '0040a160') ||
      meaningOf(one, '0040a168', read) ||
      (measure ? `${read(measure, '0040a30a')} ${meaningOf(measure, '004008ea', read)}`.trim() : '') ||
      read(one, '0040a123')
    if (value && found.length < mostTexts) found.push(name ? `${name}: ${value}` : value)
    textsOf(one, read, found)
  }
  return found
}

const baseStudy = (data: Dataset, read: Read): DicomStudy => ({
  uid: read(data, '0020000d'),
  accession: orNull(read(data, '00080050')),
  id: orNull(read(data, '00200010')),
  date: moment(read(data, '00080020'), read(data, '00080030')),
  description: orNull(read(data, '00081030')),
  referrer: personOf(read(data, '00080090')),
  series: [],
})

/** Studies and series that a KOS refers to (Current Requested Procedure Evidence Sequence). */
const referredStudies = (data: Dataset, read: Read): DicomStudy[] => {
  const [request] = data.get('0040a370')?.items ?? []
  const base = baseStudy(data, read)
  const own = { ...base, accession: base.accession ?? (request ? orNull(read(request, '00080050')) : null) }
  return (data.get('0040a375')?.items ?? []).map((evidence) => {
    const uid = read(evidence, '0020000d')
    const series = (evidence.get('00081115')?.items ?? []).map((one): DicomSeries => ({
      uid: read(one, '0020000e'),
      number: null,
      modality: orNull(read(one, '00080060')),
      description: orNull(read(one, '0008103e')),
      bodyPart: null,
      location: orNull(read(one, '00081190') || read(one, '0040e011') || read(one, '00080054')),
      instances: (one.get('00081199')?.items ?? []).map((reference) => {
        const sopClassUid = orNull(read(reference, '00081150'))
        return {
          sopInstanceUid: read(reference, '00081155'),
          sopClassUid,
          sopClass: sopClassName(sopClassUid),
          number: null,
          frames: null,
          path: null,
        }
      }),
    }))
    return {
      ...(uid === own.uid
        ? own
        : { ...own, accession: null, id: null, date: null, description: null, referrer: null }),
      uid,
      series,
    }
  })
}

/** The file itself as one instance of its series. */
const ownStudy = (data: Dataset, read: Read, path: string | null): DicomStudy => {
  const sopClassUid = orNull(read(data, '00080016'))
  return {
    ...baseStudy(data, read),
    series: [
      {
        uid: read(data, '0020000e'),
        number: integer(read(data, '00200011')),
        modality: orNull(read(data, '00080060')),
        description: orNull(read(data, '0008103e')),
        bodyPart: orNull(read(data, '00180015')),
        location: null,
        instances: [
          {
            sopInstanceUid: read(data, '00080018'),
            sopClassUid,
            sopClass: sopClassName(sopClassUid),
            number: integer(read(data, '00200013')),
            frames: integer(read(data, '00280008')),
            path,
          },
        ],
      },
    ],
  }
}

const contentOf = ({ data, meta, transferSyntax }: DicomFile, path: string | null): DicomContent => {
  const read = textReader(data)
  const sopClassUid = orNull(read(data, '00080016')) ?? orNull(asciiOf(meta, '00020002'))
  const isKos = sopClassUid === keyObjectSelection
  return {
    format: isKos ? 'kos' : 'dicom',
    sopClassUid,
    sopClass: sopClassName(sopClassUid),
    sopInstanceUid: orNull(read(data, '00080018')) ?? orNull(asciiOf(meta, '00020003')),
    transferSyntax,
    patient: readPatient(data, read),
    institution: orNull(read(data, '00080080')),
    manufacturer: orNull(read(data, '00080070')),
    title: orNull(meaningOf(data, '0040a043', read) || read(data, '00420010')),
    texts: textsOf(data, read),
    studies: isKos ? referredStudies(data, read) : [ownStudy(data, read, path)],
    previews: [],
  }
}

const enclosedIn = (file: DicomFile, sopClassUid: string | null): Uint8Array | null =>
  sopClassUid === encapsulatedPdf || sopClassUid === encapsulatedCda
    ? (file.data.get('00420011')?.bytes ?? null)
    : null

const previewOf = (file: DicomFile, content: DicomContent) => {
  const preview = dicomPreview(file)
  return preview ? [{ ...preview, sopInstanceUid: content.sopInstanceUid ?? '' }] : []
}

/** A DICOM object or a KOS (clinical-documents.md §12). Errors: `dicom.malformed`, `dicom.limit`. */
export const readDicom = (bytes: Uint8Array): Outcome<ReadDicom> => {
  const file = readDicomFile(bytes)
  if (!file.ok) return file
  const content = contentOf(file.value, null)
  return ok({
    content,
    deviations: [
      ...file.value.deviations,
      ...content.patient.checks.map((code) => ({ code, where: 'PatientID' })),
    ],
    enclosed: enclosedIn(file.value, content.sopClassUid),
    previews: () => previewOf(file.value, content),
  })
}

const mergeInto = (studies: DicomStudy[], added: DicomStudy): void => {
  const study = studies.find(({ uid }) => uid === added.uid)
  if (!study) {
    studies.push(added)
    return
  }
  for (const series of added.series) {
    const known = study.series.find(({ uid }) => uid === series.uid)
    if (known) known.instances.push(...series.instances)
    else study.series.push(series)
  }
}

const byNumber = (one: { number: number | null }, other: { number: number | null }): number =>
  (one.number ?? Infinity) - (other.number ?? Infinity) || 0

/** True for a zip of DICOM files: a DICOMDIR, or files that are DICOM by content. */
export const isDicomZip = (entries: readonly ZipEntry[]): boolean =>
  entries.some(({ path, bytes }) => /(?:^|\/)DICOMDIR$/i.test(path) || isDicom(bytes))

/** The objects of a DICOM zip by study and series; null when none can be read. */
export const readDicomZip = (entries: readonly ZipEntry[]): ReadDicom | null => {
  const files = entries.flatMap(({ path, bytes }) => {
    const file = isDicom(bytes) ? readDicomFile(bytes) : null
    if (!file?.ok) return []
    const content = contentOf(file.value, path)
    return content.sopClassUid === mediaDirectory ? [] : [{ path, file: file.value, content }]
  })
  const [first] = files
  if (!first) return null
  const studies: DicomStudy[] = []
  for (const { content } of files) for (const study of content.studies) mergeInto(studies, study)
  for (const study of studies) {
    study.series.sort(byNumber)
    for (const series of study.series) series.instances.sort(byNumber)
  }
  const patients = new Set(
    files.map(({ content }) => `${content.patient.birthName}|${content.patient.birthDate ?? ''}`),
  )
  return {
    content: {
      ...first.content,
      format: 'dicom-zip',
      studies,
      texts: files.flatMap(({ content }) => content.texts).slice(0, mostTexts),
    },
    deviations: [
      ...files.flatMap(({ path, file }) => file.deviations.map(({ code }) => ({ code, where: path }))),
      ...(patients.size > 1 ? [{ code: 'xdm-several-patients' as const, where: null }] : []),
    ],
    enclosed: null,
    previews: () => files.slice(0, mostPreviews).flatMap(({ file, content }) => previewOf(file, content)),
  }
}
