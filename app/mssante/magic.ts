const starts = (bytes: Uint8Array, signature: number[], offset = 0): boolean =>
  signature.every((byte, index) => bytes[offset + index] === byte)

const pdfMark = [0x25, 0x50, 0x44, 0x46, 0x2d]
const blanks = new Set([0x00, 0x09, 0x0a, 0x0d, 0x20, 0xef, 0xbb, 0xbf])

/** Readers of PDF pass over blanks and a mark before `%PDF-`, in the first kilobyte. */
const pdfStart = (bytes: Uint8Array): number => {
  let at = 0
  while (at < 1024 && blanks.has(bytes[at] ?? -1)) at += 1
  return at
}

/**
 * Media type by magic bytes, for what the window may show in place or must recognise; null when the bytes tell nothing
 * (a declared type is a claim: clinical-documents.md §7.3.5).
 */
export const sniffMime = (bytes: Uint8Array): string | null => {
  if (starts(bytes, pdfMark, pdfStart(bytes))) return 'application/pdf'
  if (starts(bytes, [0xff, 0xd8, 0xff])) return 'image/jpeg'
  if (starts(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return 'image/png'
  if (starts(bytes, [0x47, 0x49, 0x46, 0x38])) return 'image/gif'
  if (starts(bytes, [0x52, 0x49, 0x46, 0x46]) && starts(bytes, [0x57, 0x45, 0x42, 0x50], 8))
    return 'image/webp'
  if (starts(bytes, [0x50, 0x4b, 0x03, 0x04]) || starts(bytes, [0x50, 0x4b, 0x05, 0x06]))
    return 'application/zip'
  if (starts(bytes, [0x44, 0x49, 0x43, 0x4d], 128)) return 'application/dicom'
  if (starts(bytes, [0x49, 0x49, 0x2a, 0x00]) || starts(bytes, [0x4d, 0x4d, 0x00, 0x2a])) return 'image/tiff'
  if (starts(bytes, [0x7b, 0x5c, 0x72, 0x74, 0x66])) return 'application/rtf'
  if (starts(bytes, [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])) return 'application/x-ole'
  if (
    starts(bytes, [0x4d, 0x5a, 0x90, 0x00]) ||
    (starts(bytes, [0x4d, 0x5a]) && bytes.subarray(2, 64).includes(0))
  )
    return 'application/x-msdownload'
  if (starts(bytes, [0x7f, 0x45, 0x4c, 0x46])) return 'application/x-executable'
  return null
}
