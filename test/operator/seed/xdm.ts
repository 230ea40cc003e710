import yazl from 'yazl'
import { metadata, noFaults, type MetadataFaults, type XdmDocument } from './xdm-metadata.ts'
import { frenchDay } from './paris-time.ts'
import { escapeXml } from './xml.ts'

/** The archive as the référentiel wants it, and the deviations met in the field (clinical-documents.md §2.7). */
export type XdmVariant =
  | 'correct'
  | 'top-folder'
  | 'lower-case'
  | 'soap'
  | 'uri-from-ihe-xdm'
  | 'no-uri-no-size'
  | 'wrong-hash'
  | 'patient-mismatch'
  // The sender wants the documents taken out of records (§2.6).
  | 'removal'
  // The same, the document left out.
  | 'removal-alone'

const faultsOf: Record<XdmVariant, Partial<MetadataFaults>> = {
  correct: {},
  'top-folder': {},
  'lower-case': {},
  soap: { soap: true },
  'uri-from-ihe-xdm': { uri: 'relative-to-ihe-xdm' },
  'no-uri-no-size': { uri: 'missing', size: 'missing' },
  'wrong-hash': { hash: 'wrong' },
  // The other patient is given by the caller.
  'patient-mismatch': {},
  removal: { action: 'D' },
  'removal-alone': { action: 'D' },
}

/** `DOC00001.XML`, `DOC00002.XML`… */
export function xdmFileName(index: number): string {
  return `DOC${String(index + 1).padStart(5, '0')}.XML`
}

function index(documents: readonly XdmDocument[], subset: string): string {
  const items = documents
    .map((d) => `<li><a href="IHE_XDM/${subset}/${d.fileName}">${escapeXml(d.header.title)}</a></li>`)
    .join('')
  const sender = escapeXml(documents[0]?.header.author.organisation.name ?? '')
  return `<?xml version="1.0" encoding="UTF-8"?>
<html xmlns="http://www.w3.org/1999/xhtml"><head><title>IHE XDM</title></head><body>
<p>Émetteur : ${sender} — document de démonstration, patient fictif</p>
<p><a href="README.TXT">README.TXT</a></p><ul>${items}</ul></body></html>
`
}

function readme(documents: readonly XdmDocument[], subset: string): string {
  const sender = documents[0]?.header.author.organisation
  const when = documents[0] === undefined ? '' : frenchDay(documents[0].header.created)
  return [
    'Emetteur :',
    '==========',
    `  . Organisme : ${sender?.name ?? ''}`,
    `  . Telephone : ${sender?.phone ?? ''}`,
    '',
    "Application de l'emetteur :",
    '===========================',
    '  . Nom : SousPli, generateur de demonstration',
    `  . Version : 1.0 (${when})`,
    '',
    'Arborescence :',
    '==============',
    '  README.TXT',
    '  INDEX.HTM',
    '  IHE_XDM',
    `    ${subset}`,
    '      METADATA.XML',
    ...documents.map((d) => `      ${d.fileName}`),
    '',
  ].join('\r\n')
}

/** Writes `IHE_XDM.zip`. Deterministic: every entry carries the first document's date. */
export async function xdmArchive(
  given: readonly XdmDocument[],
  variant: XdmVariant = 'correct',
  otherPatient: MetadataFaults['patient'] = null,
): Promise<Buffer> {
  const lower = variant === 'lower-case'
  const documents = lower ? given.map((d, i) => ({ ...d, fileName: `Document0${i + 1}.xml` })) : given
  const subset = variant === 'soap' ? 'SS000001' : 'SUBSET01'
  const faults: MetadataFaults = { ...noFaults, ...faultsOf[variant], patient: otherPatient }
  const root = variant === 'top-folder' ? 'EXPORT_DEMO/' : ''
  const mtime = documents[0]?.header.created ?? new Date(0)
  const zip = new yazl.ZipFile()
  const add = (path: string, content: string | Buffer): void => {
    zip.addBuffer(Buffer.from(content), root + path, { mtime, compress: true })
  }
  add(lower ? 'index.htm' : 'INDEX.HTM', index(documents, subset))
  add(lower ? 'readme.txt' : 'README.TXT', readme(documents, subset))
  add(`IHE_XDM/${subset}/${lower ? 'Metadata.xml' : 'METADATA.XML'}`, metadata(documents, subset, faults))
  if (variant !== 'removal-alone')
    for (const document of documents) add(`IHE_XDM/${subset}/${document.fileName}`, document.bytes)
  zip.end()
  const chunks: Buffer[] = []
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk as Buffer))
  return Buffer.concat(chunks)
}
