import { ok, type Deviation, type DicomContent, type DicomStudy, type Outcome } from '../../contract/index.ts'
import type { ZipEntry } from '../zip.ts'
import { contentOf, mostTexts } from './content.ts'
import { isDicom, readDicomFile, type DicomFile } from './dataset.ts'
import { encapsulatedCda, encapsulatedPdf, mediaDirectory } from './names.ts'
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

/** A document that was put into a DICOM object, without the byte that makes its length even. */
const enclosedIn = ({ data, littleEndian }: DicomFile, sopClassUid: string | null): Uint8Array | null => {
  if (sopClassUid !== encapsulatedPdf && sopClassUid !== encapsulatedCda) return null
  const bytes = data.get('00420011')?.bytes
  if (!bytes) return null
  const told = data.get('00420015')?.bytes
  const length =
    told?.byteLength === 4 ? new DataView(told.buffer, told.byteOffset, 4).getUint32(0, littleEndian) : null
  if (length !== null && length > 0 && length <= bytes.byteLength) return bytes.subarray(0, length)
  return bytes.at(-1) === 0 ? bytes.subarray(0, -1) : bytes
}

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

/** The files that a DICOMDIR lists and that are not there, whatever the case of their names. */
const missingFiles = (directory: DicomContent | undefined, entries: readonly ZipEntry[]): string[] => {
  const present = new Set(entries.map(({ path }) => path.toUpperCase()))
  const listed =
    directory?.studies.flatMap(({ series }) => series.flatMap(({ instances }) => instances)) ?? []
  return listed.flatMap(({ path }) =>
    path && ![...present].some((one) => one === path.toUpperCase() || one.endsWith(`/${path.toUpperCase()}`))
      ? [path]
      : [],
  )
}

/** True for a zip of DICOM files: a DICOMDIR, or files that are DICOM by content. */
export const isDicomZip = (entries: readonly ZipEntry[]): boolean =>
  entries.some(({ path, bytes }) => /(?:^|\/)DICOMDIR$/i.test(path) || isDicom(bytes))

interface ReadDicomZip extends ReadDicom {
  /** Documents that objects of the zip hold, by the path of the object. */
  inside: { path: string; bytes: Uint8Array }[]
}

/** The objects of a DICOM zip by study and series; null when none can be read. */
export const readDicomZip = (entries: readonly ZipEntry[]): ReadDicomZip | null => {
  const read = entries.flatMap(({ path, bytes }) => {
    const file = isDicom(bytes) ? readDicomFile(bytes) : null
    if (!file?.ok) return []
    return [{ path, file: file.value, content: contentOf(file.value, path) }]
  })
  const directory = read.find(({ content }) => content.sopClassUid === mediaDirectory)
  const objects = read.filter(({ content }) => content.sopClassUid !== mediaDirectory)
  // Without any object the directory says what should be there.
  const files = objects.length > 0 ? objects : directory ? [directory] : []
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
      ...missingFiles(directory?.content, entries)
        .slice(0, 20)
        .map((where) => ({ code: 'document-missing' as const, where })),
      ...(patients.size > 1 ? [{ code: 'xdm-several-patients' as const, where: null }] : []),
    ],
    enclosed: null,
    inside: files.flatMap(({ path, file, content }) => {
      const bytes = enclosedIn(file, content.sopClassUid)
      return bytes ? [{ path, bytes }] : []
    }),
    previews: () => files.slice(0, mostPreviews).flatMap(({ file, content }) => previewOf(file, content)),
  }
}
