import { createContext, useContext, useMemo, type ReactNode } from 'react'
import type { SearchExcerpt, TextRange } from '../../app/contract/index.ts'

interface Marks {
  excerpts: ReadonlyMap<number, SearchExcerpt>
  pattern: RegExp | null
}

const noMarks: Marks = { excerpts: new Map(), pattern: null }
const MarksContext = createContext<Marks>(noMarks)

/** What a search found, for the rows and the message below it; null outside a search. */
export const SearchMarks = ({ marks, children }: { marks: Marks | null; children: ReactNode }) => (
  <MarksContext value={marks ?? noMarks}>{children}</MarksContext>
)

export const useSearchMarks = (): Marks => useContext(MarksContext)

/** Marks beyond this many in one text tell nothing more. */
const mostMarks = 200

/** Where a pattern is in a text, in order and apart. */
export const rangesOf = (text: string, pattern: RegExp): TextRange[] => {
  const ranges: TextRange[] = []
  for (const match of text.matchAll(pattern)) {
    if (match[0] === '' || ranges.length >= mostMarks) break
    ranges.push([match.index, match.index + match[0].length])
  }
  return ranges
}

/** A plain text with stretches marked; without ranges, where the search's words are. */
export const Marked = ({ text, ranges }: { text: string; ranges?: readonly TextRange[] }) => {
  const { pattern } = useSearchMarks()
  const places = useMemo(() => ranges ?? (pattern ? rangesOf(text, pattern) : []), [ranges, pattern, text])
  if (places.length === 0) return text
  const pieces: ReactNode[] = []
  let end = 0
  for (const [from, until] of places) {
    pieces.push(text.slice(end, from), <mark key={from}>{text.slice(from, until)}</mark>)
    end = until
  }
  pieces.push(text.slice(end))
  return pieces
}
