import { buffered, type ByteSource } from './byte-source.ts'
import { largestImported, noFlags, type FileFlags, type FoundMessage } from './found-message.ts'
import { endOfHeader, toCrlf, toLf } from './line-breaks.ts'

/** Bytes read at once while looking for the next message. */
const window = 1024 * 1024
/** Bytes of a header looked at for Content-Length and flags. */
const headerWindow = 256 * 1024
const longestFromLine = 1000

/**
 * A line that begins a message: `From ` then anything with a time of day, or Mozilla's `From - `. The date tells it
 * from a sentence that begins with « From », which careless writers leave unquoted.
 */
const fromLine = /^From (?:- |\S.{0,900}\b\d{1,2}:\d{2}\b)/
const separator = Buffer.from('\nFrom ')

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** True when these bytes are the beginning of an mbox file. */
export const looksLikeMbox = (head: Uint8Array): boolean =>
  fromLine.test(firstLine(asBuffer(head), firstByte(head)))

const firstByte = (head: Uint8Array): number => {
  let at = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0
  while (head[at] === 0x0a || head[at] === 0x0d) at += 1
  return at
}

const firstLine = (bytes: Buffer, start: number): string => {
  const text = bytes.toString('latin1', start, start + longestFromLine)
  const end = text.indexOf('\n')
  return end < 0 ? text : text.slice(0, end)
}

/**
 * The messages of an mbox file from byte `from` on (0, or the `end` of a message given before), in order. Understands
 * mboxo, mboxrd, mboxcl and mboxcl2 (a Content-Length is believed only where the next message really begins there), LF
 * and CRLF. Memory: one window and one message of at most `limit` bytes, whatever the size of the file.
 */
export async function* readMbox(
  file: ByteSource,
  from = 0,
  limit = largestImported,
): AsyncGenerator<FoundMessage> {
  const source = buffered(file)
  let start = from === 0 ? firstByte(await source.read(0, 4096)) : from
  while (start < source.size) {
    const head = asBuffer(await source.read(start, Math.min(start + headerWindow, source.size)))
    const lineEnd = head.indexOf(0x0a)
    if (lineEnd < 0) return
    const headerEnd = lineEnd + 1 + endOfHeader(head.subarray(lineEnd + 1))
    const header = head.toString('latin1', lineEnd + 1, headerEnd)
    const declared = await declaredEnd(source, start + headerEnd, header)
    const end = declared ?? (await nextSeparator(source, start + lineEnd + 1))
    const next = declared === null ? end : await afterBlankLine(source, end)
    const fits = end - start <= limit
    yield {
      start,
      end: next,
      raw: fits ? messageBytes(await source.read(start + lineEnd + 1, end), declared === null) : null,
      ...statusOf(header),
      receivedAt: dateOfFromLine(firstLine(head, 0)),
    }
    start = next
  }
}

/** Where Content-Length says the message ends, if another one (or the end of the file) is really there. */
const declaredEnd = async (source: ByteSource, body: number, header: string): Promise<number | null> => {
  const length = /^content-length:[ \t]*(\d{1,15})[ \t]*\r?$/im.exec(header)?.[1]
  if (length === undefined) return null
  const end = body + Number(length)
  if (end > source.size) return null
  if (end === source.size) return end
  const after = asBuffer(await source.read(end, end + longestFromLine)).toString('latin1')
  const rest = after.replace(/^(?:\r?\n){1,2}/, '')
  const separated = rest !== after || (await source.read(end - 1, end))[0] === 0x0a
  return separated && (fromLine.test(rest) || (rest === '' && end + after.length >= source.size)) ? end : null
}

const afterBlankLine = async (source: ByteSource, end: number): Promise<number> => {
  const after = await source.read(end, end + 4)
  let skipped = 0
  while (after[skipped] === 0x0a || after[skipped] === 0x0d) skipped += 1
  return end + skipped
}

/** First byte of the next `From ` line that follows an empty line, or the size. */
const nextSeparator = async (source: ByteSource, from: number): Promise<number> => {
  // Two bytes before tell whether the line before is empty.
  let base = Math.max(0, from - 2)
  while (base < source.size) {
    const piece = asBuffer(await source.read(base, Math.min(base + window, source.size)))
    if (piece.length === 0) return source.size
    const last = base + piece.length >= source.size
    for (let at = piece.indexOf(separator); at >= 0; at = piece.indexOf(separator, at + 1)) {
      if (base + at + 1 < from) continue
      // A line cut by the window is judged with the next one.
      if (!last && at + longestFromLine > piece.length) break
      const blank = piece[at - 1] === 0x0a || (piece[at - 1] === 0x0d && piece[at - 2] === 0x0a)
      if (blank && fromLine.test(firstLine(piece, at + 1))) return base + at + 1
    }
    if (last) return source.size
    base += piece.length - longestFromLine - 8
  }
  return source.size
}

/** The message as it was before it was put into the file. */
const messageBytes = (stored: Uint8Array, quoted: boolean): Uint8Array => {
  const whole = withoutLastBlankLine(toCrlf(stored))
  const header = endOfHeader(whole)
  const body = quoted ? unquoted(whole.subarray(header)) : whole.subarray(header)
  return Buffer.concat([withoutStatus(whole.subarray(0, header)), body])
}

/** The empty line before the next `From ` belongs to the file. */
const withoutLastBlankLine = (bytes: Uint8Array): Uint8Array => {
  const end = bytes.length
  const blank =
    bytes[end - 1] === 0x0a && bytes[end - 2] === 0x0d && bytes[end - 3] === 0x0a && bytes[end - 4] === 0x0d
  return blank && endOfHeader(bytes) < end ? bytes.subarray(0, end - 2) : bytes
}

/** mboxrd: one `>` less before `From ` at the beginning of a line. */
const unquoted = (body: Uint8Array): Uint8Array => {
  const source = asBuffer(body)
  const pieces: Buffer[] = []
  let kept = 0
  const quote = Buffer.from('>From ')
  for (let at = source.indexOf(quote); at >= 0; at = source.indexOf(quote, at + 1)) {
    let line = at
    while (line > kept && source[line - 1] === 0x3e) line -= 1
    if (line > 0 && source[line - 1] !== 0x0a) continue
    pieces.push(source.subarray(kept, at))
    kept = at + 1
  }
  pieces.push(source.subarray(kept))
  return pieces.length === 1 ? body : Buffer.concat(pieces)
}

/** Fields that mbox clients keep for themselves; the sender never wrote them. */
const ownField =
  /^(?:x-mozilla-status2?|x-mozilla-keys|status|x-status|x-keywords|x-uid|x-imap|x-imapbase|content-length|lines)[ \t]*:/i

const withoutStatus = (header: Uint8Array): Uint8Array => {
  const source = asBuffer(header)
  const kept: Buffer[] = []
  let dropping = false
  for (let line = 0; line < source.length;) {
    const feed = source.indexOf(0x0a, line)
    const end = feed < 0 ? source.length : feed + 1
    const folded = source[line] === 0x20 || source[line] === 0x09
    if (!folded) dropping = ownField.test(source.toString('latin1', line, Math.min(end, line + 40)))
    if (!dropping) kept.push(source.subarray(line, end))
    line = end
  }
  return Buffer.concat(kept)
}

const statusOf = (header: string): { flags: FileFlags; deleted: boolean } => {
  const field = (name: string): string =>
    new RegExp(`^${name}:[ \\t]*([^\\r\\n]{0,100})`, 'im').exec(header)?.[1] ?? ''
  const status = field('status')
  const extra = field('x-status')
  const mozilla = /^[0-9a-f]{4}/i.exec(field('x-mozilla-status'))
  const bits = mozilla ? Number.parseInt(mozilla[0], 16) : 0
  return {
    flags: {
      ...noFlags,
      seen: status.includes('R') || (bits & 0x0001) !== 0,
      answered: extra.includes('A') || (bits & 0x0002) !== 0,
      flagged: extra.includes('F') || (bits & 0x0004) !== 0,
      forwarded: (bits & 0x1000) !== 0,
    },
    deleted: extra.includes('D') || (bits & 0x0008) !== 0,
  }
}

/** The time of arrival: asctime, UTC when no zone is said (RFC 4155). */
const dateOfFromLine = (line: string): number | null => {
  const match = /([A-Z][a-z]{2}) +(\d{1,2}) +(\d{1,2}:\d{2}(?::\d{2})?)(?: +([-+]\d{4}))? +(\d{4})/.exec(line)
  if (!match) return null
  const [, month, day, time, zone, year] = match
  const at = Date.parse(`${day ?? ''} ${month ?? ''} ${year ?? ''} ${time ?? ''} ${zone ?? '+0000'}`)
  return Number.isFinite(at) && at > 0 ? at : null
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `From ` line of RFC 4155, in UTC. */
const fromLineOf = (sender: string, receivedAt: number): string => {
  const date = new Date(receivedAt)
  const two = (value: number): string => String(value).padStart(2, '0')
  const address = /^[^\s<>"]{1,300}$/.test(sender) ? sender : 'MAILER-DAEMON'
  const day = String(date.getUTCDate()).padStart(2, ' ')
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':')
  return `From ${address} ${weekdays[date.getUTCDay()] ?? ''} ${months[date.getUTCMonth()] ?? ''} ${day} ${time} ${String(date.getUTCFullYear())}\n`
}

/**
 * A message as one entry of an mboxrd file: `From ` line, flags as Status and X-Status, body quoted, lines ended by LF.
 * `readMbox` gives the same bytes back when every line break of the message is CRLF.
 */
export const mboxEntry = (message: {
  raw: Uint8Array
  sender: string
  receivedAt: number
  flags: FileFlags
}): Uint8Array => {
  const { flags } = message
  const bytes = asBuffer(toLf(message.raw))
  const header = endOfHeader(bytes)
  const status = `Status: ${flags.seen ? 'R' : ''}O\nX-Status: ${flags.answered ? 'A' : ''}${flags.flagged ? 'F' : ''}\n${flags.forwarded ? 'X-Mozilla-Status: 1000\n' : ''}`
  return Buffer.concat([
    Buffer.from(fromLineOf(message.sender, message.receivedAt)),
    Buffer.from(status),
    bytes.subarray(0, header),
    ...quoted(bytes.subarray(header)),
    // An empty line must come before the next entry.
    Buffer.from(bytes.at(-1) === 0x0a ? '\n' : '\n\n'),
  ])
}

const quoted = (body: Buffer): Buffer[] => {
  const pieces: Buffer[] = []
  const mark = Buffer.from('>')
  const from = Buffer.from('From ')
  let kept = 0
  for (let at = body.indexOf(from); at >= 0; at = body.indexOf(from, at + 1)) {
    let line = at
    while (line > 0 && body[line - 1] === 0x3e) line -= 1
    if (line > 0 && body[line - 1] !== 0x0a) continue
    pieces.push(body.subarray(kept, at), mark)
    kept = at
  }
  pieces.push(body.subarray(kept))
  return pieces
}
