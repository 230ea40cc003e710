import { inflateSync } from 'node:zlib'

/** A PDF object as far as the checks of PDF/A need it. */
export type PdfValue =
  | { kind: 'name'; name: string }
  | { kind: 'string'; bytes: string }
  | { kind: 'number'; value: number }
  | { kind: 'ref'; id: number }
  | { kind: 'array'; items: PdfValue[] }
  | { kind: 'dict'; entries: Map<string, PdfValue> }
  | { kind: 'word'; word: string }

export interface PdfObject {
  id: number
  value: PdfValue
  /** Where its stream begins and ends; null without one. */
  stream: { start: number; end: number } | null
  /** Came in an object stream. */
  packed: boolean
}

export interface PdfFile {
  version: string
  objects: Map<number, PdfObject>
  trailers: Map<string, PdfValue>[]
  /** A cross-reference stream or an object stream is there. */
  compressed: boolean
  /** A limit was met: what was not looked at is not known. */
  cut: boolean
  text: string
  bytes: Buffer
}

const mostObjects = 200_000
const mostDepth = 60
const mostPacked = 64 * 1024 * 1024
const space = /[\s\0]/

interface Cursor {
  text: string
  at: number
}

const skip = (cursor: Cursor): void => {
  const { text } = cursor
  for (;;) {
    const one = text[cursor.at]
    if (one === undefined) return
    if (space.test(one)) cursor.at += 1
    else if (one === '%') {
      while (cursor.at < text.length && text[cursor.at] !== '\n' && text[cursor.at] !== '\r') cursor.at += 1
    } else return
  }
}

const nameText = (raw: string): string =>
  raw.replace(/#([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }

/** The bytes of a literal string, its escapes undone (ISO 32000-1 §7.3.4.2). */
const unescaped = (text: string): string =>
  text.replace(
    /\\(?:([0-7]{1,3})|(\r\n|[\s\S])?)|\r\n?/g,
    (all, octal: string | undefined, one: string | undefined) => {
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 255)
      if (!all.startsWith('\\')) return '\n'
      return /^[\r\n]/.test(one ?? '') ? '' : (escapes[one ?? ''] ?? one ?? '')
    },
  )

const literal = (cursor: Cursor): PdfValue => {
  const start = ++cursor.at
  for (let depth = 1; cursor.at < cursor.text.length; cursor.at += 1) {
    const one = cursor.text[cursor.at]
    if (one === '\\') cursor.at += 1
    else if (one === '(') depth += 1
    else if (one === ')' && --depth === 0) break
  }
  const bytes = unescaped(cursor.text.slice(start, cursor.at))
  cursor.at += 1
  return { kind: 'string', bytes }
}

/** The value that begins here; null at the end or where nothing can be read. */
const read = (cursor: Cursor, depth = 0): PdfValue | null => {
  if (depth > mostDepth) return null
  skip(cursor)
  const { text } = cursor
  const one = text[cursor.at]
  if (one === undefined) return null
  if (one === '(') return literal(cursor)
  if (one === '/') {
    const match = /\/[^\s\0()<>[\]{}/%]*/y
    match.lastIndex = cursor.at
    const found = match.exec(text)?.[0] ?? '/'
    cursor.at += found.length
    return { kind: 'name', name: nameText(found.slice(1)) }
  }
  if (text.startsWith('<<', cursor.at)) {
    cursor.at += 2
    const entries = new Map<string, PdfValue>()
    for (;;) {
      skip(cursor)
      if (text.startsWith('>>', cursor.at)) {
        cursor.at += 2
        return { kind: 'dict', entries }
      }
      const key = read(cursor, depth + 1)
      if (key?.kind !== 'name') return null
      const value = read(cursor, depth + 1)
      if (!value) return null
      entries.set(key.name, value)
    }
  }
  if (one === '<') {
    const end = text.indexOf('>', cursor.at)
    if (end < 0) return null
    const hex = text.slice(cursor.at + 1, end)
    cursor.at = end + 1
    return { kind: 'string', bytes: Buffer.from(hex.replace(/\s+/g, ''), 'hex').toString('latin1') }
  }
  if (one === '[') {
    cursor.at += 1
    const items: PdfValue[] = []
    for (;;) {
      skip(cursor)
      if (text[cursor.at] === ']') {
        cursor.at += 1
        return { kind: 'array', items }
      }
      const item = read(cursor, depth + 1)
      if (!item) return null
      items.push(item)
    }
  }
  const reference = /(\d{1,10})[\s\0]+\d{1,5}[\s\0]+R(?![A-Za-z])/y
  reference.lastIndex = cursor.at
  const ref = reference.exec(text)
  if (ref) {
    cursor.at += ref[0].length
    return { kind: 'ref', id: Number(ref[1]) }
  }
  const word = /[^\s\0()<>[\]{}/%]+/y
  word.lastIndex = cursor.at
  const found = word.exec(text)?.[0]
  if (!found) return null
  cursor.at += found.length
  return /^[+-]?(?:\d+\.?\d*|\.\d+)$/.test(found)
    ? { kind: 'number', value: Number(found) }
    : { kind: 'word', word: found }
}

export const entryOf = (value: PdfValue | undefined, key: string): PdfValue | undefined =>
  value?.kind === 'dict' ? value.entries.get(key) : undefined

export const nameOf = (value: PdfValue | undefined): string | null =>
  value?.kind === 'name' ? value.name : null

/** What a reference points to, or the value itself. */
export const resolve = (file: PdfFile, value: PdfValue | undefined): PdfValue | undefined => {
  let found = value
  for (let hops = 0; found?.kind === 'ref' && hops < 8; hops += 1) found = file.objects.get(found.id)?.value
  return found
}

/** Filters of a stream, by name. */
export const filtersOf = (file: PdfFile, value: PdfValue): string[] => {
  const filter = resolve(file, entryOf(value, 'Filter') ?? entryOf(value, 'F'))
  if (filter?.kind === 'name') return [filter.name]
  return filter?.kind === 'array' ? filter.items.flatMap((one) => nameOf(resolve(file, one)) ?? []) : []
}

/** The bytes of a stream that has no filter, or deflate alone; null for others. */
export const streamBytes = (file: PdfFile, object: PdfObject, most = mostPacked): Buffer | null => {
  if (!object.stream) return null
  const raw = file.bytes.subarray(object.stream.start, object.stream.end)
  const filters = filtersOf(file, object.value)
  if (filters.length === 0) return raw
  if (filters.length !== 1 || (filters[0] !== 'FlateDecode' && filters[0] !== 'Fl')) return null
  try {
    return inflateSync(raw, { maxOutputLength: most, finishFlush: 2 })
  } catch {
    return null
  }
}

const unpack = (file: PdfFile, holder: PdfObject): void => {
  const bytes = streamBytes(file, holder)
  const count = entryOf(holder.value, 'N')
  const first = entryOf(holder.value, 'First')
  if (!bytes || count?.kind !== 'number' || first?.kind !== 'number') return
  const text = bytes.toString('latin1')
  const numbers = text
    .slice(0, first.value)
    .trim()
    .split(/[\s\0]+/)
    .map(Number)
  for (let index = 0; index < count.value && file.objects.size < mostObjects; index += 1) {
    const [id, offset] = [numbers[index * 2], numbers[index * 2 + 1]]
    if (id === undefined || offset === undefined || !Number.isSafeInteger(id)) return
    const value = read({ text, at: first.value + offset })
    if (value && !file.objects.has(id)) file.objects.set(id, { id, value, stream: null, packed: true })
  }
}

/**
 * Reads every object of a PDF by looking for them in the file, as the checks need them: not by its cross-reference table, so
 * that nothing a reader could reach is missed. Of an object written several times the last counts. Null when it is no PDF.
 */
export const readPdf = (pdf: Uint8Array): PdfFile | null => {
  const bytes = Buffer.from(pdf.buffer, pdf.byteOffset, pdf.byteLength)
  const text = bytes.toString('latin1')
  const head = /%PDF-(\d\.\d)/.exec(text.slice(0, 1024))
  if (!head?.[1]) return null
  const file: PdfFile = {
    version: head[1],
    objects: new Map(),
    trailers: [],
    compressed: false,
    cut: false,
    text,
    bytes,
  }
  const finder = /(?:^|[\s\0>])(\d{1,10})[\s\0]+\d{1,5}[\s\0]+obj\b|\btrailer\b/g
  const holders: PdfObject[] = []
  for (let found = finder.exec(text); found; found = finder.exec(text)) {
    if (file.objects.size >= mostObjects) {
      file.cut = true
      break
    }
    const cursor = { text, at: finder.lastIndex }
    const value = read(cursor)
    if (!value) continue
    if (found[1] === undefined) {
      if (value.kind === 'dict') file.trailers.push(value.entries)
      finder.lastIndex = cursor.at
      continue
    }
    const id = Number(found[1])
    skip(cursor)
    let stream: PdfObject['stream'] = null
    if (value.kind === 'dict' && text.startsWith('stream', cursor.at)) {
      let start = cursor.at + 6
      if (text[start] === '\r') start += 1
      if (text[start] === '\n') start += 1
      const length = entryOf(value, 'Length')
      const direct = length?.kind === 'number' ? start + length.value : -1
      const said = direct >= start && /^\s*endstream/.test(text.slice(direct, direct + 20))
      const end = said ? direct : text.indexOf('endstream', start)
      stream = { start, end: end < 0 ? text.length : end }
      cursor.at = stream.end
      const type = nameOf(entryOf(value, 'Type'))
      if (type === 'XRef') {
        file.compressed = true
        file.trailers.push(value.entries)
      }
      if (type === 'ObjStm') file.compressed = true
    }
    const object = { id, value, stream, packed: false }
    file.objects.set(id, object)
    if (nameOf(entryOf(value, 'Type')) === 'ObjStm') holders.push(object)
    finder.lastIndex = Math.max(cursor.at, finder.lastIndex)
  }
  for (const holder of holders) unpack(file, holder)
  return file
}
