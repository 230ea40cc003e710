import { fail, ok, type Deviation, type HprimDossier, type Outcome } from '../../contract/index.ts'
import { isHprimMedecin, readHprimMedecin } from './medecin.ts'
import { isHprimSante, readHprimSante } from './sante.ts'
import { hprimEncoding, hprimText } from './text.ts'

export { hprimText } from './text.ts'

const maximumBytes = 20 * 1024 * 1024

export interface HprimFile {
  format: HprimDossier['format']
  dossiers: HprimDossier[]
  deviations: Deviation[]
}

/** HPRIM Médecin or Santé, by content (clinical-documents.md §11); null for anything else. */
export const hprimFormat = (bytes: Uint8Array): HprimDossier['format'] | null => {
  if (bytes.byteLength < 20 || bytes.byteLength > maximumBytes) return null
  const encoding = hprimEncoding(bytes.subarray(0, 64 * 1024))
  if (!encoding.startsWith('utf-16') && bytes.subarray(0, 4096).includes(0)) return null
  const head = hprimText(bytes.subarray(0, 4096))
  if (isHprimSante(head)) return 'hprim-sante'
  // Most texts have neither a date on a line of its own nor a mark in their first lines: they are not decoded whole.
  if (!/^\s*\d{2}[/.-]\d{2}[/.-](?:\d{4}|\d{2})\s*$|^\s*\*{4}LAB\*{4}/m.test(head)) return null
  return isHprimMedecin(hprimText(bytes)) ? 'hprim-medecin' : null
}

/** A text result of one of the two families. */
export const isHprim = (bytes: Uint8Array): boolean => hprimFormat(bytes) !== null

/** Every dossier of an HPRIM file. Errors: `hprim.malformed`. */
export const readHprim = (bytes: Uint8Array): Outcome<HprimFile> => {
  const format = hprimFormat(bytes)
  if (format === null) return fail('hprim.malformed')
  const encoding = hprimEncoding(bytes)
  const text = hprimText(bytes)
  const read = format === 'hprim-sante' ? readHprimSante(text) : readHprimMedecin(text)
  if (read.dossiers.length === 0) return fail('hprim.malformed')
  const unusual = !['utf-8', 'windows-1252', 'iso-8859-15'].includes(encoding)
  return ok({
    format,
    dossiers: read.dossiers,
    deviations: [
      ...(unusual ? [{ code: 'hprim-encoding' as const, where: encoding }] : []),
      ...read.deviations,
    ],
  })
}

/** Apicrypt: encrypted by another network, not readable here (clinical-documents.md §11.1). */
export const isApicrypt = (bytes: Uint8Array, fileName: string | null): boolean =>
  /\.apz$/i.test(fileName ?? '') ||
  /\$APICRYPT|-----BEGIN APICRYPT/i.test(new TextDecoder('latin1').decode(bytes.subarray(0, 4096)))
