import { insKeyIsValid } from './ins.ts'

const latin1 = (bytes: Uint8Array, from: number, length: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1', from, from + length)

/** Names of files are in clear in a ZIP archive, wherever they stand. */
const xdmNames = [/IHE_XDM/i, /METADATA\.XML/i]

/** Whether a file is a document of health by its bytes: XDM archive, CDA, HL7 v2, HPRIM, DICOM. */
export const isHealthFile = (bytes: Uint8Array): boolean => {
  const head = latin1(bytes, 0, 4096)
  if (head.startsWith('PK\u0003\u0004') || head.startsWith('PK\u0005\u0006')) {
    const all = latin1(bytes, 0, bytes.byteLength)
    return xdmNames.some((name) => name.test(all))
  }
  if (/<(?:[\w-]{1,20}:)?ClinicalDocument[\s>]/.test(head.replaceAll('\u0000', ''))) return true
  if (/^(?:\u000b)?MSH\|/.test(head)) return true
  if (latin1(bytes, 128, 4) === 'DICM') return true
  return /\*{4}FIN\*{4,}/.test(latin1(bytes, Math.max(0, bytes.byteLength - 4096), 4096))
}

const matricules = /(?<![\dA-Z])[1-478]\d{4}(?:\d\d|2[AB])\d{8}(?!\d)/gi

/** Whether a text holds a matricule of the INS: fifteen characters whose key is right. */
export const holdsIns = (text: string): boolean =>
  [...text.replace(/(?<=\d)[ \u00a0\u202f](?=\d)/g, '').matchAll(matricules)].some(([found]) =>
    insKeyIsValid(found.toUpperCase()),
  )
