/** Texts and what is held under each, as a `Map` holds them. */
export interface Texts<V> {
  get: (text: string) => V | undefined
  has: (text: string) => boolean
  set: (text: string, value: V) => void
}

/** Parts: 300,000 domains, the most a list has, leave some 1,200 in each. */
const parts = 256

/** Which part a text is in: FNV-1a, so that names that differ by a figure alone do not meet in one. */
export const partOf = (text: string): number => {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return (hash ^ (hash >>> 16)) & (parts - 1)
}

/**
 * A map in many parts. One `Map` of 150,000 texts moves all of them at once each time it has doubled, and holds up everybody
 * for as long: a part moves its own alone, and the parts do not double together.
 */
export const partitioned = <V>(): Texts<V> => {
  const held = Array.from({ length: parts }, () => new Map<string, V>())
  const of = (text: string): Map<string, V> | undefined => held[partOf(text)]
  return {
    get: (text) => of(text)?.get(text),
    has: (text) => of(text)?.has(text) === true,
    set: (text, value) => {
      of(text)?.set(text, value)
    },
  }
}
