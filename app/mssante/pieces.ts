import type { MessagePart } from './found.ts'

const piece = /^(.*\.zip)\.(\d{3})$/i

/**
 * Parts with the pieces of an archive (`x.zip.001`, `.002`…) put together, in the place of the first one; a piece that lacks the others
 * stays as it is, under the name of its archive.
 */
export const joinedPieces = (parts: MessagePart[]): MessagePart[] => {
  const pieces = new Map<string, { number: number; part: MessagePart }[]>()
  for (const part of parts) {
    const [, name, number] = piece.exec(part.fileName ?? '') ?? []
    if (name) pieces.set(name, [...(pieces.get(name) ?? []), { number: Number(number), part }])
  }
  if (pieces.size === 0) return parts
  const done = new Set<string>()
  return parts.flatMap((part) => {
    const [, name] = piece.exec(part.fileName ?? '') ?? []
    if (!name) return [part]
    if (done.has(name)) return []
    done.add(name)
    const ordered = (pieces.get(name) ?? []).toSorted((one, other) => one.number - other.number)
    const bytes = Buffer.concat(ordered.map((one) => one.part.bytes))
    return [{ ...part, fileName: name, mimeType: 'application/zip', bytes, head: bytes.subarray(0, 4096) }]
  })
}
