import { fail, ok, type Outcome } from '../../contract/index.ts'
import { sniffMime } from '../magic.ts'
import type { DocumentRecord } from './stored.ts'

/** What the user gives: bytes of a file, or text. */
export type GivenContent =
  { kind: 'file'; fileName: string; bytes: Uint8Array } | { kind: 'text'; text: string }

/** Content that can become a document. */
export interface Read {
  source: DocumentRecord['source']
  fileName: string
  mimeType: string
  bytes: Uint8Array
}

const asText = (bytes: Uint8Array): string | null => {
  if (bytes.includes(0)) return null
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

/** What content is, by its bytes. Errors: `document.unsupported`, `document.unreadable`. */
export const readContent = (given: GivenContent): Outcome<Read> => {
  if (given.kind === 'text')
    return ok({
      source: 'text',
      fileName: 'lettre.txt',
      mimeType: 'text/plain',
      bytes: Buffer.from(given.text, 'utf8'),
    })
  const { fileName, bytes } = given
  const mimeType = sniffMime(bytes)
  if (mimeType === 'application/pdf') return ok({ source: 'pdf', fileName, mimeType, bytes })
  if (mimeType === 'image/png' || mimeType === 'image/jpeg')
    return ok({ source: 'image', fileName, mimeType, bytes })
  if (mimeType !== null) return fail('document.unsupported', { retry: 'after-change' })
  const head = Buffer.from(bytes.subarray(0, 4096)).toString('latin1')
  if (/<(?:\w+:)?ClinicalDocument[\s>]/.test(head) || /^\s*(?:\u00ef\u00bb\u00bf)?\s*<\?xml/.test(head))
    return ok({ source: 'cda', fileName, mimeType: 'text/xml', bytes })
  const text = asText(bytes)
  if (text === null || text.trim() === '') return fail('document.unsupported', { retry: 'after-change' })
  return ok({ source: 'text', fileName, mimeType: 'text/plain', bytes: Buffer.from(text, 'utf8') })
}
