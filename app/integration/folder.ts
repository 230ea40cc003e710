import { createHash } from 'node:crypto'
import { link, lstat, mkdtemp, open, readFile, realpath, rename, rm, stat, unlink } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { fail, ok, type FolderPlace, type Outcome } from '../contract/index.ts'
import type { FilableDocument } from './filable.ts'
import type { CarryingMail } from './mdm.ts'

/** Files of one document, the one that announces it last: a watcher that sees it finds the others there. */
export interface FolderFile {
  name: string
  bytes: Uint8Array
}

/** Letters, digits and hyphens alone: nothing of a message can name a path, a device or a hidden file. */
const plain = (text: string, most: number): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, most)

const day = (date: string | null): string => (date ?? '').slice(0, 10).replace(/\D/g, '') || '00000000'
const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** `20260115_11502-2_DUPONT_Marie_<12 digits of the digest>`: the same document has the same name each time. */
const baseName = (document: FilableDocument, bytes: Uint8Array): string => {
  const { summary } = document.found
  const { patient } = document
  return [
    day(summary.date),
    plain(summary.typeCode ?? summary.kind, 20),
    plain(patient?.birthName ?? '', 40),
    plain(patient?.firstName ?? '', 40),
    digest(bytes).slice(0, 12),
  ]
    .filter(Boolean)
    .join('_')
}

/** What the program that watches the folder is told beside a PDF. */
const sidecar = (document: FilableDocument, mail: CarryingMail, pdf: Uint8Array, fileName: string) => ({
  file: fileName,
  sha256: digest(pdf),
  document: {
    id: document.key,
    setId: document.setKey,
    version: document.version,
    replaces: document.found.summary.replaces,
    type: document.found.summary.typeCode,
    label: document.found.summary.label,
    title: document.found.summary.title,
    date: document.found.summary.date,
    author: document.found.summary.author,
    organisation: document.found.summary.organisation,
  },
  patient:
    document.patient === null
      ? null
      : {
          matricule: document.patient.ins?.matricule ?? null,
          oid: document.patient.ins?.oid ?? null,
          qualified: document.patient.qualified,
          birthName: document.patient.birthName,
          usedName: document.patient.usedName,
          firstName: document.patient.firstName,
          birthDate: document.patient.birthDate,
          sex: document.patient.sex,
        },
  mail: { messageId: mail.messageId, from: mail.sender.address, subject: mail.subject },
})

const xmlText = (value: string): string =>
  value
    .replace(/[^\P{Cc}\n\t]/gu, ' ')
    .replace(/[&<>"]/g, (one) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[one] ?? '')

type Told = string | number | boolean | null | { [name: string]: Told }

const asXml = (name: string, value: Told, indent = ''): string =>
  value === null
    ? ''
    : typeof value === 'object'
      ? `${indent}<${name}>\n${Object.entries(value)
          .map(([key, inner]) => asXml(key, inner, `${indent}  `))
          .join('')}${indent}</${name}>\n`
      : `${indent}<${name}>${xmlText(String(value))}</${name}>\n`

/** The files of a document in a folder's format. `integration.document-unsuitable` when it has no such form. */
export const folderFiles = (
  place: FolderPlace,
  document: FilableDocument,
  mail: CarryingMail,
): Outcome<FolderFile[]> => {
  if (place.format === 'xdm') {
    const { archive } = document
    return archive === null
      ? fail('integration.document-unsuitable')
      : ok([{ name: `${baseName(document, archive)}.zip`, bytes: archive }])
  }
  if (place.format === 'hprim') {
    const { bytes } = document.found
    return document.found.summary.kind === 'hprim'
      ? ok([{ name: `${baseName(document, bytes)}.hpr`, bytes }])
      : fail('integration.document-unsuitable')
  }
  const { pdf } = document
  if (pdf === null) return fail('integration.document-unsuitable')
  const base = baseName(document, pdf)
  const told = sidecar(document, mail, pdf, `${base}.pdf`)
  const beside =
    place.format === 'pdf-json'
      ? { name: `${base}.json`, bytes: Buffer.from(`${JSON.stringify(told, null, 2)}\n`) }
      : {
          name: `${base}.xml`,
          bytes: Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${asXml('filing', told)}`),
        }
  return ok([{ name: `${base}.pdf`, bytes: pdf }, beside])
}

/** The folder as it is now: a real folder, written to. `integration.folder-invalid`, `integration.folder-missing`. */
export const checkFolder = async (path: string): Promise<Outcome<string>> => {
  if (!isAbsolute(path)) return fail('integration.folder-invalid')
  try {
    const real = await realpath(path)
    if (!(await stat(real)).isDirectory()) return fail('integration.folder-invalid')
    return ok(real)
  } catch (cause) {
    return fail('integration.folder-missing', { retry: 'later', cause })
  }
}

/** Whether files can be put there; nothing stays. */
export const tryFolder = async (path: string): Promise<Outcome<null>> => {
  const folder = await checkFolder(path)
  if (!folder.ok) return folder
  try {
    const trial = await mkdtemp(join(folder.value, '.souspli-'))
    await rm(trial, { recursive: true })
    return ok(null)
  } catch (cause) {
    return fail('integration.folder-missing', { retry: 'later', cause })
  }
}

const sameBytes = async (path: string, bytes: Uint8Array): Promise<boolean> => {
  const found = await lstat(path)
  return (
    found.isFile() && found.size === bytes.byteLength && Buffer.compare(await readFile(path), bytes) === 0
  )
}

/** Under a hidden name first, durable, then under its own by one step that never overwrites. */
const put = async (folder: string, { name, bytes }: FolderFile, token: string): Promise<boolean> => {
  const temporary = join(folder, `.${name}.${token}.part`)
  try {
    const file = await open(temporary, 'wx', 0o640)
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await appear(temporary, join(folder, name))
    return true
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return await sameBytes(join(folder, name), bytes)
    throw cause
  } finally {
    await unlink(temporary).catch(() => undefined)
  }
}

/** A second name for the file, which fails where there is one; some shares know no links: there, looked at first. */
const appear = async (temporary: string, path: string): Promise<void> => {
  try {
    await link(temporary, path)
  } catch (cause) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(codeOf(cause))) throw cause
    const there = await lstat(path).catch(() => null)
    if (there) throw Object.assign(new Error('the file is there'), { code: 'EEXIST' })
    await rename(temporary, path)
  }
}

const codeOf = (cause: unknown): string =>
  typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : ''

/**
 * Puts files into a watched folder: each appears whole or not at all, nothing is overwritten, a file that is there with the
 * same bytes counts as put. Errors: `integration.folder-*`, `integration.already-filed` for another file of that name.
 */
export const putFiles = async (
  path: string,
  files: readonly FolderFile[],
  token: string,
): Promise<Outcome<null>> => {
  const folder = await checkFolder(path)
  if (!folder.ok) return folder
  try {
    for (const file of files)
      if (!(await put(folder.value, file, token))) return fail('integration.already-filed')
    return ok(null)
  } catch (cause) {
    return fail('integration.folder-missing', { retry: 'later', cause })
  }
}

/** Whether all these files are in a folder, with these bytes. Errors: `integration.folder-*`. */
export const allThere = async (path: string, files: readonly FolderFile[]): Promise<Outcome<boolean>> => {
  const folder = await checkFolder(path)
  if (!folder.ok) return folder
  try {
    for (const { name, bytes } of files)
      if (!(await sameBytes(join(folder.value, name), bytes))) return ok(false)
    return ok(true)
  } catch (cause) {
    return codeOf(cause) === 'ENOENT'
      ? ok(false)
      : fail('integration.folder-missing', { retry: 'later', cause })
  }
}

/** Takes files out again; `integration.cannot-withdraw` once one of them was taken or changed by the program that watches. */
export const takeBack = async (path: string, files: readonly FolderFile[]): Promise<Outcome<null>> => {
  const folder = await checkFolder(path)
  if (!folder.ok) return folder
  try {
    for (const { name, bytes } of files)
      if (!(await sameBytes(join(folder.value, name), bytes))) return fail('integration.cannot-withdraw')
    // The announcing file first: from then on nobody takes the others.
    for (const { name } of [...files].reverse()) await unlink(join(folder.value, name))
    return ok(null)
  } catch (cause) {
    return fail('integration.cannot-withdraw', { cause })
  }
}
