import type { Dirent } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { openFile, type ByteSource } from './byte-source.ts'
import { largestImported, noFlags, type FileFlags, type FoundMessage } from './found-message.ts'
import { toCrlf } from './line-breaks.ts'
import { isMaildir, readMaildirName } from './maildir.ts'
import { looksLikeMbox, readMbox } from './mbox.ts'

/** Folders below the one chosen, and files in all of them, at most. */
const deepest = 12
const mostFiles = 200_000

/** A file to import: many messages (mbox), or one. */
export interface ImportFile {
  /** Without its folders. */
  name: string
  size: number
  kind: 'mbox' | 'eml'
  open: () => Promise<ByteSource>
  flags: FileFlags
  receivedAt: number | null
  deleted: boolean
}

/**
 * The messages' files behind what the user chose, in a fixed order: files as they are, folders with everything in them —
 * Maildir (Maildir++ subfolders, folders in folders; `tmp` was never delivered whole), .eml and mbox files. Links are
 * not followed. Throws the file system's errors.
 */
export const listImportFiles = async (paths: readonly string[]): Promise<ImportFile[]> => {
  const found: ImportFile[] = []
  const take = async (path: string, maildir: boolean): Promise<void> => {
    if (found.length >= mostFiles) return
    const name = basename(path)
    const said = maildir ? readMaildirName(name) : { flags: noFlags, receivedAt: null, deleted: false }
    const info = await stat(path)
    found.push({
      name,
      size: info.size,
      kind: !maildir && looksLikeMbox(await firstBytes(path)) ? 'mbox' : 'eml',
      open: () => openFile(path),
      ...said,
    })
  }
  const visit = async (folder: string, depth: number): Promise<void> => {
    const entries = await sorted(folder)
    const maildir = isMaildir(entries)
    for (const entry of entries) {
      const path = join(folder, entry.name)
      if (entry.isFile() && !maildir && (await mayHoldMail(path, entry.name))) await take(path, false)
      if (!entry.isDirectory() || (maildir && entry.name === 'tmp')) continue
      if (maildir && (entry.name === 'cur' || entry.name === 'new')) {
        for (const one of await sorted(path))
          if (one.isFile() && !one.name.startsWith('.')) await take(join(path, one.name), true)
      } else if (depth < deepest) await visit(path, depth + 1)
    }
  }
  for (const path of paths) {
    if ((await stat(path)).isDirectory()) await visit(path, 0)
    else await take(path, false)
  }
  return found
}

const sorted = async (folder: string): Promise<Dirent[]> =>
  (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))

const firstBytes = async (path: string): Promise<Uint8Array> => {
  const handle = await open(path, 'r')
  try {
    const head = Buffer.alloc(4096)
    const { bytesRead } = await handle.read(head, 0, head.length, 0)
    return head.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

/** In a folder: .eml by name, mbox by its first line (Thunderbird's have no extension); indexes and the rest are left. */
const mayHoldMail = async (path: string, name: string): Promise<boolean> =>
  !name.startsWith('.') && (/\.eml$/i.test(name) || looksLikeMbox(await firstBytes(path)))

/** The messages of one file from byte `from` on. */
export async function* readImportFile(
  file: ImportFile,
  source: ByteSource,
  from: number,
): AsyncGenerator<FoundMessage> {
  if (file.kind === 'mbox') {
    yield* readMbox(source, from)
    return
  }
  if (from >= source.size && from > 0) return
  const { flags, receivedAt, deleted } = file
  const fits = source.size <= largestImported
  const raw = fits ? toCrlf(await source.read(0, source.size)) : null
  yield { start: 0, end: source.size, raw, flags, receivedAt, deleted }
}
