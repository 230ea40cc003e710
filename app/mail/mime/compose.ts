import type { Correspondent } from '../../contract/index.ts'

export interface EntityAttachment {
  fileName: string
  mimeType: string
  bytes: Uint8Array
}

export interface EntityContent {
  text: string
  html: string | null
  attachments: EntityAttachment[]
}

/**
 * The MIME entity of a new message: Content-* headers and body, seven bits only, CRLF, so that it can be signed as it
 * is (RFC 8551 §3.1). `boundary` must return a new unguessable token at each call.
 */
export const composeEntity = (content: EntityContent, boundary: () => string): Uint8Array => {
  const plain = textEntity('plain', content.text)
  const body =
    content.html === null
      ? plain
      : multipart('alternative', [plain, textEntity('html', content.html)], boundary())
  if (content.attachments.length === 0) return body
  return multipart('mixed', [body, ...content.attachments.map(attachmentEntity)], boundary())
}

export interface MessageHeaders {
  from: Correspondent
  to: Correspondent[]
  cc: Correspondent[]
  subject: string
  /** Milliseconds. */
  date: number
  /** With angle brackets. */
  messageId: string
  inReplyTo: string | null
  references: string[]
  /** Message-ID of the message this one replaces, with angle brackets. */
  supersedes: string | null
  readReceiptTo: Correspondent | null
  extra: Record<string, string>
}

/** Header fields of a message, whole lines, folded ones with their CRLF. Bcc is never written. */
export const messageFields = (headers: MessageHeaders): string[] => [
  `Date: ${rfc5322Date(headers.date)}`,
  `From: ${formatMailbox(headers.from)}`,
  ...addressLines('To', headers.to),
  ...addressLines('Cc', headers.cc),
  `Subject: ${encodeText(headers.subject, 'Subject: '.length)}`,
  `Message-ID: ${oneLine(headers.messageId)}`,
  ...(headers.inReplyTo ? [`In-Reply-To: ${oneLine(headers.inReplyTo)}`] : []),
  ...(headers.references.length > 0 ? [`References: ${headers.references.map(oneLine).join('\r\n ')}`] : []),
  ...(headers.supersedes ? [`Supersedes: ${oneLine(headers.supersedes)}`] : []),
  ...(headers.readReceiptTo ? [`Disposition-Notification-To: ${formatMailbox(headers.readReceiptTo)}`] : []),
  ...Object.entries(headers.extra).map(
    ([name, value]) => `${headerName(name)}: ${encodeText(value, name.length + 2)}`,
  ),
]

/** The final message: its own headers in front of an entity (signed, encrypted or plain). */
export const composeMessage = (headers: MessageHeaders, entity: Uint8Array): Uint8Array => {
  const lines = [...messageFields(headers), 'MIME-Version: 1.0']
  return Buffer.concat([Buffer.from(lines.join('\r\n') + '\r\n', 'latin1'), entity])
}

/** `Name <address>` with the name quoted or encoded: no value of a name or address can start another header. */
export const formatMailbox = (mailbox: Correspondent): string => {
  const address = mailbox.address.replace(/[\p{Cc}\s<>]/gu, '')
  const name = mailbox.name.replace(/\p{Cc}/gu, ' ').trim()
  if (name === '') return `<${address}>`
  const phrase =
    isAscii(name) && name.length <= 60 ? `"${name.replace(/["\\]/g, '\\$&')}"` : encodedWords(name)
  return `${phrase} <${address}>`
}

const addressLines = (field: string, list: Correspondent[]): string[] =>
  list.length === 0 ? [] : [`${field}: ${list.map(formatMailbox).join(',\r\n ')}`]

const isAscii = (text: string): boolean => /^[\x20-\x7e]*$/.test(text)
const oneLine = (text: string): string => text.replace(/[^\x21-\x7e]/g, '')
const headerName = (name: string): string => name.replace(/[^A-Za-z0-9-]/g, '')

/** Unstructured text for a header: as it is when short ASCII, else encoded words (RFC 2047). */
const encodeText = (text: string, offset: number): string => {
  const single = text.replace(/\p{Cc}+/gu, ' ')
  if (isAscii(single) && !single.includes('=?') && single.length + offset <= 76) return single
  return encodedWords(single)
}

/** Encoded words of at most 75 characters, never cutting a character, folded one per line. */
const encodedWords = (text: string): string => {
  const words: string[] = []
  let chunk = ''
  for (const char of text) {
    if (Buffer.byteLength(chunk + char, 'utf8') > 42) {
      words.push(chunk)
      chunk = ''
    }
    chunk += char
  }
  words.push(chunk)
  return words.map((word) => `=?UTF-8?B?${Buffer.from(word, 'utf8').toString('base64')}?=`).join('\r\n ')
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** A date in UTC as RFC 5322 §3.3 writes it. */
const rfc5322Date = (milliseconds: number): string => {
  const date = new Date(milliseconds)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${days[date.getUTCDay()]}, ${two(date.getUTCDate())} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()}`
  return `${day} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`
}

/** A text part in UTF-8, seven bits only. */
export const textEntity = (kind: 'plain' | 'html', text: string): Buffer =>
  Buffer.from(
    `Content-Type: text/${kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n` +
      quotedPrintable(text),
    'latin1',
  )

const attachmentEntity = (attachment: EntityAttachment): Buffer => {
  const type = /^[\w.+-]+\/[\w.+-]+$/.test(attachment.mimeType)
    ? attachment.mimeType
    : 'application/octet-stream'
  const head = [
    `Content-Type: ${type};\r\n ${legacyName(attachment.fileName)}`,
    'Content-Transfer-Encoding: base64',
    `Content-Disposition: attachment;\r\n ${extendedFileName(attachment.fileName)}`,
  ]
  const base64 = Buffer.from(attachment.bytes).toString('base64')
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${base64.replace(/.{76}(?=.)/g, '$&\r\n')}\r\n`, 'latin1')
}

/** `name`: what old clients read (an encoded word in quotes when not ASCII). */
const legacyName = (fileName: string): string =>
  isAscii(fileName)
    ? `name="${fileName.replace(/["\\]/g, '_')}"`
    : `name="=?UTF-8?B?${Buffer.from(fileName, 'utf8').toString('base64')}?="`

/** `filename` as RFC 2231 writes it. */
const extendedFileName = (fileName: string): string => {
  const single = fileName.replace(/\p{Cc}/gu, '_')
  if (isAscii(single)) return `filename="${single.replace(/["\\]/g, '_')}"`
  const encoded = encodeURIComponent(single).replace(
    /['()*!]/g,
    (char) => `%${char.charCodeAt(0).toString(16)}`,
  )
  return `filename*=UTF-8''${encoded}`
}

/** A multipart of parts that have their own headers. */
export const multipart = (subtype: string, parts: Buffer[], boundary: string): Buffer =>
  Buffer.concat([
    Buffer.from(`Content-Type: multipart/${subtype}; boundary="${boundary}"\r\n\r\n`, 'latin1'),
    ...parts.flatMap((part) => [
      Buffer.from(`--${boundary}\r\n`, 'latin1'),
      part,
      Buffer.from(part.subarray(-2).toString('latin1') === '\r\n' ? '' : '\r\n', 'latin1'),
    ]),
    Buffer.from(`--${boundary}--\r\n`, 'latin1'),
  ])

/** Quoted-printable (RFC 2045 §6.7) of UTF-8 text, lines of at most 76 characters. */
const quotedPrintable = (text: string): string =>
  text
    .replace(/\r\n|\r/g, '\n')
    .split('\n')
    .map(quotedPrintableLine)
    .join('\r\n')

const quotedPrintableLine = (line: string): string => {
  const bytes = Buffer.from(line, 'utf8')
  let out = ''
  let width = 0
  for (const [index, byte] of bytes.entries()) {
    const last = index === bytes.length - 1
    const plain =
      (byte >= 0x21 && byte <= 0x7e && byte !== 0x3d) || ((byte === 0x20 || byte === 0x09) && !last)
    // « From » and « . » at a line start are changed by some relays: quoting them keeps signatures valid.
    const risky = width === 0 && (byte === 0x2e || byte === 0x46)
    const piece =
      plain && !risky ? String.fromCharCode(byte) : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
    if (width + piece.length > 75) {
      out += '=\r\n'
      width = 0
    }
    out += piece
    width += piece.length
  }
  return out
}
