const decoders = ['utf-8', 'windows-1252'] as const

/** Text of an HPRIM file: UTF-8 when it is valid, else Windows-1252 (clinical-documents.md §11.1). */
export const hprimText = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder(decoders[0], { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder(decoders[1]).decode(bytes)
  }
}

const date = /^\s*\d{2}\/\d{2}\/\d{4}\s*$/

/**
 * An HPRIM Médecin text result: birth date on line 7, dossier date on line 10 and an end mark (clinical-documents.md
 * §11.1). Decided on the first 64 kB.
 */
export const isHprim = (bytes: Uint8Array): boolean => {
  if (bytes.byteLength < 40 || bytes.includes(0)) return false
  const lines = hprimText(bytes.subarray(0, 64 * 1024)).split(/\r\n|\r|\n/)
  return (
    date.test(lines[6] ?? '') &&
    date.test(lines[9] ?? '') &&
    lines.some((line) => /^\s*\*{4}(LAB|FIN|FINFICHIER)\*{4}/.test(line))
  )
}
