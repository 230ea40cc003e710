import yazl from 'yazl'
import { documentDate } from './cda-variants.ts'

export interface ArchiveFile {
  path: string
  bytes: Buffer | string
}

/** An archive of files as they are given. */
export async function zipOf(files: readonly ArchiveFile[]): Promise<Buffer> {
  const zip = new yazl.ZipFile()
  for (const { path, bytes } of files) zip.addBuffer(Buffer.from(bytes), path, { mtime: documentDate })
  zip.end()
  const chunks: Buffer[] = []
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk as Buffer))
  return Buffer.concat(chunks)
}
