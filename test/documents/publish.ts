/**
 * What a window would be given of files sent as attachments: `node test/documents/publish.ts FILE…` prints one JSON line per file,
 * `{ name, documents, parts, narrative }`; `--samples` instead of a file is our own documents. For tests and measures of the window, which may not import the core.
 */
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { DocumentSummary, MessageRow } from '../../app/contract/index.ts'
import { buildMessageView } from '../../app/reading/index.ts'
import { narrativeOf } from './narrative-text.ts'
import { sampleFiles } from './samples.ts'

export interface SentFile {
  name: string
  mimeType: string
  bytes: Uint8Array
}

export interface Published {
  documents: DocumentSummary[]
  /** By `souspli-part://` address. */
  parts: Map<string, { mimeType: string; bytes: Uint8Array }>
}

const mimeTypes: readonly [RegExp, string][] = [
  [/\.xml$/i, 'text/xml'],
  [/\.zip$/i, 'application/zip'],
  [/\.pdf$/i, 'application/pdf'],
  [/\.(hpr|txt|hl7|er7)$/i, 'text/plain'],
  [/\.dcm$/i, 'application/dicom'],
]
const mimeTypeOf = (name: string): string =>
  mimeTypes.find(([form]) => form.test(name))?.[1] ?? 'application/octet-stream'

const wrapped = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString('base64')
    .replace(/.{1,76}/g, '$&\r\n')

const messageOf = (files: readonly SentFile[]): Uint8Array =>
  Buffer.from(
    [
      'From: laboratoire@demo.mssante.test',
      'To: anne.martin@medecin.mssante.test',
      'Subject: documents fictifs',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary="documents"',
      '',
      '--documents',
      'Content-Type: text/plain; charset=utf-8',
      '',
      'Documents joints.',
      ...files.flatMap(({ name, mimeType, bytes }) => [
        '--documents',
        `Content-Type: ${mimeType}`,
        `Content-Disposition: attachment; filename="${name}"`,
        'Content-Transfer-Encoding: base64',
        '',
        wrapped(bytes),
      ]),
      '--documents--',
      '',
    ].join('\r\n'),
  )

const row = {
  id: 1,
  accountId: 1,
  folderId: 1,
  threadId: 1,
  threadCount: 1,
  date: '2026-11-22T08:00:00Z',
  from: { name: '', address: 'laboratoire@demo.mssante.test' },
  to: [],
  subject: '',
  preview: '',
} as unknown as MessageRow

/** Publishes files as the core does for the reading pane, into memory. */
export const publishFiles = async (files: readonly SentFile[]): Promise<Published> => {
  const raw = messageOf(files)
  const parts: Published['parts'] = new Map()
  const waiting: Promise<void>[] = []
  let published = 0
  const view = await buildMessageView(
    row,
    raw,
    {
      content: raw,
      signature: { status: 'none' },
      encryption: { status: 'none' },
      headerProtection: { kind: 'none', subject: null, differences: [], hidden: [] },
      parts: [],
      stretches: [],
      layers: [],
      certificates: [],
      capabilities: null,
    },
    (resource) => {
      published += 1
      const url = `souspli-part://test/${published}`
      waiting.push(
        Promise.resolve(resource.read()).then((read) => {
          if (!read.ok) throw new Error(`a part cannot be read: ${read.error.code}`)
          parts.set(url, { mimeType: resource.mimeType, bytes: read.value })
        }),
      )
      return url
    },
    () => Promise.resolve({ status: 'none' }),
  )
  if (!view.ok) throw new Error(`the message cannot be shown: ${view.error.code}`)
  await Promise.all(waiting)
  return { documents: view.value.documents, parts }
}

const print = async (file: SentFile): Promise<void> => {
  const { documents, parts } = await publishFiles([file])
  console.log(
    JSON.stringify({
      name: file.name,
      documents,
      parts: Object.fromEntries(
        [...parts].map(([url, part]) => [
          url,
          { mimeType: part.mimeType, base64: Buffer.from(part.bytes).toString('base64') },
        ]),
      ),
      narrative: narrativeOf(file.bytes),
    }),
  )
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const path of process.argv.slice(2))
    if (path === '--samples') for (const file of await sampleFiles()) await print(file)
    else await print({ name: basename(path), mimeType: mimeTypeOf(path), bytes: await readFile(path) })
}
