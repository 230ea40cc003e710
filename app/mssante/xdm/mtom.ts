import { decodeBase64 } from '../base64.ts'
import type { ZipEntry } from '../zip.ts'

const largest = 50 * 1024 * 1024
const mostParts = 200

/** A publication (ITI-41) kept as the MIME text it travelled in: boundary line, then a SOAP envelope with its documents beside it. */
export const isPublication = (bytes: Uint8Array): boolean =>
  /^\s*--[^\r\n]+\r?\n(?:[^\r\n]+\r?\n)*?Content-Type:\s*application\/xop\+xml/i.test(
    Buffer.from(bytes.subarray(0, 2048)).toString('latin1'),
  )

/**
 * The parts of a publication as the files of an archive: METADATA.XML is its envelope, the others are named by their Content-ID. Boundaries and
 * headers may be indented, as a pretty-printer leaves them.
 */
export const publicationFiles = (bytes: Uint8Array): ZipEntry[] => {
  if (bytes.byteLength > largest) return []
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const boundary = /--[^\r\n]+/.exec(text)?.[0].trim() ?? ''
  return text
    .split(boundary)
    .slice(1, mostParts)
    .flatMap((part) => {
      const found = /^[^\n]*\n((?:[^\S\n]*[\w-]+:[^\n]*\n)*)\s*\n([\s\S]*)$/.exec(part)
      const [, headers = '', body = ''] = found ?? []
      if (!/content-id/i.test(headers)) return []
      const name = /content-id:\s*<?([^>\s]+)/i.exec(headers)?.[1] ?? ''
      const isBase64 = /content-transfer-encoding:\s*base64/i.test(headers)
      const content = isBase64
        ? (decodeBase64(body, largest)?.bytes ?? new Uint8Array())
        : Buffer.from(body.trim(), 'latin1')
      return [{ path: /xop\+xml/i.test(headers) ? 'METADATA.XML' : name, bytes: content }]
    })
}
