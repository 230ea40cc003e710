import type { InspectedPart, SignatureVerdict } from '../contract/index.ts'
import { parseMessage, type MimePart } from '../mail/index.ts'

/** What was found under a layer: detached content is already a part of its multipart, the rest is a tree of its own. */
export interface PeeledLayer {
  content: Uint8Array
  form: 'detached' | 'nested'
}

/** What holds for a part and all below it. */
export interface Coverage {
  path: string
  decrypted?: boolean
  signature?: SignatureVerdict
}

export const under = (path: string, child: string): string =>
  path === '' ? child : child === '' ? path : `${path}.${child}`

const isWithin = (path: string, cover: string): boolean =>
  cover === '' || path === cover || path.startsWith(`${cover}.`)

/** What protects a part: the innermost signature over it, and whether it came out of an encryption. */
export const protectionOf = (
  path: string,
  coverage: readonly Coverage[],
): { decrypted: boolean; signature: SignatureVerdict } => {
  const over = coverage.filter((cover) => isWithin(path, cover.path))
  return {
    decrypted: over.some(({ decrypted }) => decrypted === true),
    signature: over.findLast(({ signature }) => signature !== undefined)?.signature ?? 'none',
  }
}

const plain = (raw: Uint8Array, part: MimePart, prefix: string): InspectedPart => ({
  path: under(prefix, part.path),
  contentType: part.mimeType,
  charset: part.parameters['charset'] ?? null,
  encoding: part.encoding,
  disposition: part.disposition,
  fileName: part.fileName,
  size: part.end - part.bodyStart,
  protection: { decrypted: false, signature: 'none' },
  parts: part.children.map((child) => plain(raw, child, prefix)),
})

/** The tree of an entity; a leaf of unknown content when it is beyond the limits. */
export const treeOf = (raw: Uint8Array, prefix: string): InspectedPart => {
  const parsed = parseMessage(raw)
  if (parsed.ok) return plain(raw, parsed.value.root, prefix)
  return {
    path: prefix,
    contentType: 'application/octet-stream',
    charset: null,
    encoding: '',
    disposition: null,
    fileName: null,
    size: raw.length,
    protection: { decrypted: false, signature: 'none' },
    parts: [],
  }
}

/** The part of that path; null when the tree has none. */
export const findPart = (tree: InspectedPart, path: string): InspectedPart | null => {
  if (tree.path === path) return tree
  for (const part of tree.parts) {
    const found = isWithin(path, part.path) ? findPart(part, path) : null
    if (found) return found
  }
  return null
}

/** The tree of a message with what each layer held below it; `shown` is the path of what was under the last. */
export const layeredTree = (
  raw: Uint8Array,
  layers: readonly PeeledLayer[],
): { tree: InspectedPart; paths: string[]; shown: string } => {
  const tree = treeOf(raw, '')
  const paths: string[] = []
  let at = tree
  for (const { content, form } of layers) {
    const path = under(at.path, '1')
    const beside = at.parts[0]
    const inside = form === 'detached' && beside?.path === path ? beside : treeOf(content, path)
    if (inside !== beside) at.parts = [inside]
    paths.push(path)
    at = inside
  }
  return { tree, paths, shown: at.path }
}

/** Puts on each part what protects it. */
export const markProtection = (tree: InspectedPart, coverage: readonly Coverage[]): void => {
  tree.protection = protectionOf(tree.path, coverage)
  for (const part of tree.parts) markProtection(part, coverage)
}
