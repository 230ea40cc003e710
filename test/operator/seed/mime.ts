import type { Random } from './random.ts'

/** A MIME entity: header lines without the final CRLF, and the body as it stands on the wire. */
export interface Entity {
  headers: readonly string[]
  body: Buffer
}

const crlf = Buffer.from('\r\n')

/** The bytes of an entity, CRLF throughout. */
export function entityBytes(entity: Entity): Buffer {
  return Buffer.concat([Buffer.from(entity.headers.join('\r\n'), 'utf8'), crlf, crlf, entity.body])
}

/** Base64 in lines of 76 characters. */
export function base64Lines(bytes: Buffer): Buffer {
  const encoded = Buffer.from(bytes.toString('base64'), 'latin1')
  const lines = Math.ceil(encoded.length / 76)
  const out = Buffer.alloc(encoded.length + 2 * lines)
  for (let line = 0; line < lines; line++) {
    const end = line * 78 + encoded.copy(out, line * 78, line * 76, (line + 1) * 76)
    out[end] = 13
    out[end + 1] = 10
  }
  return out
}

/** RFC 2045 quoted-printable of encoded bytes. */
export function quotedPrintable(bytes: Buffer): string {
  const lines: string[] = []
  for (const line of bytes.toString('latin1').split(/\r?\n/)) {
    let current = ''
    for (let i = 0; i < line.length; i++) {
      const code = line.charCodeAt(i)
      const last = i === line.length - 1
      const plain = (code >= 33 && code <= 126 && code !== 61) || ((code === 32 || code === 9) && !last)
      const token = plain ? line.charAt(i) : `=${code.toString(16).toUpperCase().padStart(2, '0')}`
      if (current.length + token.length > 75) {
        lines.push(`${current}=`)
        current = ''
      }
      current += token
    }
    lines.push(current)
  }
  return lines.join('\r\n')
}

/** An unstructured header text: as it is when ASCII, else RFC 2047 words that never split a character. */
export function encodedText(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text
  const words: string[] = []
  let current = ''
  for (const character of text) {
    if (Buffer.byteLength(current + character) > 42) {
      words.push(current)
      current = ''
    }
    current += character
  }
  words.push(current)
  return words.map((word) => `=?UTF-8?B?${Buffer.from(word).toString('base64')}?=`).join('\r\n ')
}

/** `Name <address>`, the name quoted or encoded as needed. */
export function mailbox(name: string, address: string): string {
  if (name === '') return address
  if (!/^[\x20-\x7e]*$/.test(name)) return `${encodedText(name)} <${address}>`
  return /^[\w .'-]*$/.test(name)
    ? `${name} <${address}>`
    : `"${name.replace(/["\\]/g, '\\$&')}" <${address}>`
}

export type TextEncoding = 'utf8-qp' | 'utf8-base64' | 'utf8-8bit' | 'latin1-qp' | 'latin1-8bit' | 'ascii'

/** A text part; `latin1` forms stand for the older software that still writes ISO-8859-1. */
export function textPart(text: string, encoding: TextEncoding = 'utf8-qp', subtype = 'plain'): Entity {
  const lines = text.replace(/\r?\n/g, '\r\n')
  const latin = encoding.startsWith('latin1')
  const bytes = Buffer.from(lines, latin ? 'latin1' : 'utf8')
  const charset = encoding === 'ascii' ? 'us-ascii' : latin ? 'iso-8859-1' : 'utf-8'
  const transfer = encoding === 'ascii' ? '7bit' : (encoding.split('-')[1] ?? '7bit')
  const name = transfer === 'qp' ? 'quoted-printable' : transfer
  const body =
    transfer === 'qp'
      ? Buffer.from(quotedPrintable(bytes), 'latin1')
      : transfer === 'base64'
        ? base64Lines(bytes)
        : bytes
  return {
    headers: [`Content-Type: text/${subtype}; charset=${charset}`, `Content-Transfer-Encoding: ${name}`],
    body,
  }
}

function percentEncoded(text: string): string {
  return encodeURIComponent(text).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** How a sender writes a file name that is not ASCII: RFC 2231, RFC 2047 inside quotes (wrong, but common), or both. */
export type NameStyle = 'rfc2231' | 'rfc2047' | 'both'

function nameParameters(fileName: string, style: NameStyle): { type: string; disposition: string } {
  if (/^[\x20-\x7e]*$/.test(fileName) && !fileName.includes('"')) {
    return { type: `;\r\n name="${fileName}"`, disposition: `;\r\n filename="${fileName}"` }
  }
  const extended = `*=utf-8''${percentEncoded(fileName)}`
  const word = encodedText(fileName).replaceAll('\r\n ', ' ')
  const old = `="${word}"`
  return {
    type: style === 'rfc2231' ? `;\r\n name${extended}` : `;\r\n name${old}`,
    disposition: style === 'rfc2047' ? `;\r\n filename${old}` : `;\r\n filename${extended}`,
  }
}

export interface Attachment {
  fileName: string
  type: string
  bytes: Buffer
  nameStyle?: NameStyle
  /** With a Content-ID the part is inline. */
  contentId?: string
}

export function attachmentPart(attachment: Attachment): Entity {
  const names = nameParameters(attachment.fileName, attachment.nameStyle ?? 'rfc2231')
  const id = attachment.contentId
  return {
    headers: [
      `Content-Type: ${attachment.type}${names.type}`,
      'Content-Transfer-Encoding: base64',
      `Content-Disposition: ${id === undefined ? 'attachment' : 'inline'}${names.disposition}`,
      ...(id === undefined ? [] : [`Content-ID: <${id}>`]),
    ],
    body: base64Lines(attachment.bytes),
  }
}

/** An embedded message, as it was sent. */
export function messagePart(raw: Buffer): Entity {
  return { headers: ['Content-Type: message/rfc822', 'Content-Disposition: attachment'], body: raw }
}

/** `multipart/<subtype>`; `parameters` come before the boundary (`report-type=…`). */
export function multipart(
  subtype: string,
  parts: readonly Entity[],
  random: Random,
  parameters = '',
): Entity {
  const boundary = `=_demo_${random.uuid().replaceAll('-', '').slice(0, 20)}`
  const pieces: Buffer[] = []
  for (const part of parts) pieces.push(Buffer.from(`--${boundary}\r\n`), entityBytes(part), crlf)
  pieces.push(Buffer.from(`--${boundary}--\r\n`))
  return {
    headers: [`Content-Type: multipart/${subtype};${parameters}\r\n boundary="${boundary}"`],
    body: Buffer.concat(pieces),
  }
}

/** A whole message: its header lines, then the entity. */
export function message(headers: readonly string[], entity: Entity | Buffer): Buffer {
  const content = Buffer.isBuffer(entity) ? entity : entityBytes(entity)
  return Buffer.concat([Buffer.from([...headers, 'MIME-Version: 1.0', ''].join('\r\n'), 'utf8'), content])
}
