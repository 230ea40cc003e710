import type { SignatureNotice } from '../contract/verdict.ts'
import { decodedBody, readEntity } from './entity.ts'
import type { SignatureFinding } from './signed-data.ts'

/** Contents looked at: bigger ones would be digested again and again. */
const largest = 1024 * 1024
/** Lines that may begin a footer, from the end. */
const likelyFooters = 3

const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')
const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1')

/** The text without what lists and gateways add at its end: after a line of underscores, of equals signs, or « -- ». */
const withoutFooter = (text: string): string[] => {
  const marks: number[] = []
  for (const { index } of text.matchAll(/\r\n(?:_{5,}|={5,}|-{5,}|-- ?)(?=[^\r\n]{0,200}(?:\r\n|$))/g)) {
    marks.push(index)
    if (marks.length > likelyFooters) marks.shift()
  }
  return marks.flatMap((mark) => {
    const kept = text.slice(0, mark)
    return [kept, `${kept}\r\n`, `${kept}\r\n\r\n`]
  })
}

const withEncoding = (head: string, encoding: string): string =>
  head.replace(/^(content-transfer-encoding:[ \t]*)[^\r\n]*/im, `$1${encoding}`)

/** The content in the transfer encodings it may have had before a gateway chose another one. */
const inFormerEncoding = (content: Uint8Array): string[] => {
  const entity = readEntity(content)
  if (!/^(?:quoted-printable|base64)$/.test(entity.transferEncoding)) return []
  const head = latin(content.subarray(0, content.length - entity.body.length))
  const body = latin(decodedBody(entity)).replace(/\r?\n/g, '\r\n')
  const bare = head.replace(/^content-transfer-encoding:[^\r\n]*\r\n/im, '')
  const heads = [withEncoding(head, '8bit'), withEncoding(head, '7bit'), bare]
  return heads.flatMap((each) => [each + body, each + body.replace(/\r\n$/, '')])
}

/** Blanks at the ends of lines, empty lines at the end, « >From » and doubled dots: what old relays touch. */
const withOtherBlanks = (text: string): string[] => [
  text.replace(/[ \t]+(?=\r\n|$)/g, ''),
  text.replace(/(?:\r\n)+$/, ''),
  `${text.replace(/(?:\r\n)+$/, '')}\r\n`,
  `${text.replace(/(?:\r\n)+$/, '')}\r\n\r\n`,
  text.replace(/^>From /gm, 'From '),
  text.replace(/^From /gm, '>From '),
  text.replace(/^\.\./gm, '.'),
]

/**
 * What most likely happened to a content that no longer matches its signature: its usual accidents are undone one at a
 * time, and the signature asked again. It explains; it never makes the signature good. Empty when nothing fits.
 */
export const likelyAlteration = (
  content: Uint8Array,
  check: (content: Uint8Array) => SignatureFinding,
): SignatureNotice[] => {
  if (content.length > largest) return []
  const text = latin(content).replace(/\r?\n/g, '\r\n')
  const fits = (candidates: readonly string[]): boolean =>
    candidates.some((candidate) => {
      if (candidate === text) return false
      const finding = check(bytesOf(candidate))
      return finding.kind === 'checked' && !finding.reasons.includes('content-altered')
    })
  if (fits(withoutFooter(text))) return ['altered-by-footer']
  if (fits(withOtherBlanks(text))) return ['altered-by-blanks']
  if (fits(inFormerEncoding(content))) return ['altered-by-encoding']
  return []
}
