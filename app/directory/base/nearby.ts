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
  const begun = db.prepare(
    `SELECT v.value AS word FROM json_each(?) v WHERE EXISTS (
       SELECT 1 FROM search_words w WHERE w.word >= v.value AND w.word < v.value || char(1114111)) LIMIT ?`,
  )
  const those = (words: readonly string[], most: number): string[] =>
    begun.all<{ word: string }>([JSON.stringify(words), most]).map((row) => row.word)
  const known = those([word], 1).length > 0
  if (word.length < shortest || word.length > longest || !/^[a-z]+$/.test(word))
    return { known, neighbours: [] }
  const near = oneOff(word).filter((one) => one.length >= shortest)
  return { known, neighbours: those(near, mostNeighbours) }
}
