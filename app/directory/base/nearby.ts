import type { SqlDatabase } from '../../vault/index.ts'

/** Shorter words have too many neighbours; longer ones are seldom typed to their end. */
const shortest = 4
const longest = 20
/** Words of the base offered for one that was typed. */
const mostNeighbours = 8

const letters = 'abcdefghijklmnopqrstuvwxyz'

/** Every word one typing error away, the commonest errors first: two letters swapped, one too many, one lacking, one other. */
const oneOff = (word: string): string[] => {
  const found = new Set<string>()
  for (let at = 0; at < word.length - 1; at += 1)
    found.add(word.slice(0, at) + word.charAt(at + 1) + word.charAt(at) + word.slice(at + 2))
  for (let at = 0; at < word.length; at += 1) found.add(word.slice(0, at) + word.slice(at + 1))
  for (let at = 0; at < word.length; at += 1)
    for (const letter of letters) found.add(word.slice(0, at) + letter + word.slice(at))
  for (let at = 0; at < word.length; at += 1)
    for (const letter of letters) found.add(word.slice(0, at) + letter + word.slice(at + 1))
  found.delete(word)
  return [...found]
}

/**
 * Words of the base that begin with what is one typing error away from a word, at most a few; itself first where it begins one. Some
 * five hundred looks into one index, so only for what found nobody.
 */
export const neighboursOf = (db: SqlDatabase, word: string): { known: boolean; neighbours: string[] } => {
  const begins = db.prepare('SELECT 1 FROM search_words WHERE word >= ? AND word < ? LIMIT 1')
  const isThere = (start: string): boolean => begins.get([start, `${start}\u{10ffff}`]) !== undefined
  const known = isThere(word)
  if (word.length < shortest || word.length > longest || !/^[a-z]+$/.test(word))
    return { known, neighbours: [] }
  const neighbours: string[] = []
  for (const one of oneOff(word)) {
    if (neighbours.length >= mostNeighbours) break
    if (one.length >= shortest && isThere(one)) neighbours.push(one)
  }
  return { known, neighbours }
}
