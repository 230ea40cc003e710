import { fold } from '../fold.ts'

/** What the subject of a message says of its conversation. */
export interface ThreadSubject {
  /** A number that stands for the subject without its prefixes; null when nothing is left of it. */
  base: number | null
  /** It begins as answers and forwarded messages do. */
  answer: boolean
}

/** « Re: », « RE : », « Re[2]: », « TR: », « Fwd: », « Rép. : », « AW: »… */
const answerPrefix =
  /^(?:re|rep|ref|aw|antw|sv|tr|trf|fw|fwd|wg|transfert|i)\.?\s*(?:\[\d{1,3}\]|\(\d{1,3}\))?\s*:\s*/
/** « [Service] », « [Annule et remplace] », and the technical prefix of documents (clinical-documents.md §2.3). */
const label = /^(?:\[[^\]]{1,60}\]|xdm\/1\.0\/ddm(?:\+dicom-zip)?\s*\+?)\s*/

/** 53 bits of a text (cyrb53): subjects are compared by number, and what is joined is checked by its participants. */
const numberOf = (text: string): number => {
  let [a, b] = [0xdeadbeef, 0x41c6ce57]
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    a = Math.imul(a ^ code, 2_654_435_761)
    b = Math.imul(b ^ code, 1_597_334_677)
  }
  a = Math.imul(a ^ (a >>> 16), 2_246_822_507) ^ Math.imul(b ^ (b >>> 13), 3_266_489_909)
  b = Math.imul(b ^ (b >>> 16), 2_246_822_507) ^ Math.imul(a ^ (a >>> 13), 3_266_489_909)
  return 4_294_967_296 * (2_097_151 & b) + (a >>> 0)
}

/** Reads a subject; prefixes are taken off however often and in whatever order they stand. */
export const threadSubject = (subject: string): ThreadSubject => {
  let rest = fold(subject).replace(/\s+/g, ' ').trim().slice(0, 400)
  let answer = false
  for (;;) {
    const without = rest.replace(label, '')
    const plain = without.replace(answerPrefix, '')
    if (plain !== without) answer = true
    if (plain === rest) break
    rest = plain
  }
  return { base: /[\p{L}\p{N}]/u.test(rest) ? numberOf(rest.trim()) : null, answer }
}
