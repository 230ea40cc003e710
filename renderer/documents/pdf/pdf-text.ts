import type { PDFDocumentProxy } from 'pdfjs-dist'

/** Where a found stretch begins and ends: item of the page's text (a span of the text layer), character in it. */
export interface Match {
  /** From 1. */
  page: number
  start: { item: number; offset: number }
  end: { item: number; offset: number }
}

/** A page's words as they are compared, and where each character stands. */
interface FoldedPage {
  text: string
  places: { item: number; offset: number }[]
}

/** Matches listed at most; a query of one letter would find a book. */
export const maximumMatches = 2_000

const foldCharacter = (character: string): string =>
  character
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[\u2018\u2019\u02bc]/g, "'")
    .toLowerCase()

const foldText = (text: string): string => [...text].map(foldCharacter).join('').replace(/\s+/g, ' ').trim()

/** Items of a page as one folded text: accents and case are levelled, blanks and line ends are one blank. */
export const foldPage = (items: readonly { str: string; hasEOL: boolean }[]): FoldedPage => {
  let text = ''
  const places: FoldedPage['places'] = []
  const add = (folded: string, item: number, offset: number): void => {
    for (const letter of folded) {
      const blank = /\s/.test(letter)
      if (blank && (text === '' || text.endsWith(' '))) continue
      text += blank ? ' ' : letter
      for (let unit = 0; unit < (blank ? 1 : letter.length); unit += 1) places.push({ item, offset })
    }
  }
  for (const [item, { str, hasEOL }] of items.entries()) {
    let offset = 0
    for (const character of str) {
      add(foldCharacter(character), item, offset)
      offset += character.length
    }
    // A hyphen at the end of a line may cut a word; it is kept, the blank after it is not.
    if (hasEOL) add(' ', item, str.length)
  }
  return { text, places }
}

/** Every place of a query in a page. */
export const matchesIn = (page: number, folded: FoldedPage, query: string): Match[] => {
  const wanted = foldText(query)
  if (wanted === '') return []
  const matches: Match[] = []
  for (
    let at = folded.text.indexOf(wanted);
    at >= 0 && matches.length < maximumMatches;
    at = folded.text.indexOf(wanted, at + wanted.length)
  ) {
    const start = folded.places[at]
    const last = folded.places[at + wanted.length - 1]
    if (start && last) matches.push({ page, start, end: { item: last.item, offset: last.offset + 1 } })
  }
  return matches
}

/** Looks for words in a PDF, page by page; pages are read once. */
export const createPdfFinder = (pdf: PDFDocumentProxy) => {
  const pages = new Map<number, Promise<FoldedPage>>()
  const read = (number: number): Promise<FoldedPage> => {
    const known = pages.get(number)
    if (known) return known
    const reading = pdf
      .getPage(number)
      .then((page) => page.getTextContent())
      .then(({ items }) => foldPage(items.flatMap((item) => ('str' in item ? [item] : []))))
    pages.set(number, reading)
    return reading
  }
  return {
    /** Tells the matches found so far after each page that has some; stops when `signal` is aborted. */
    find: async (query: string, signal: AbortSignal, tell: (matches: Match[]) => void): Promise<void> => {
      const matches: Match[] = []
      for (let page = 1; page <= pdf.numPages && matches.length < maximumMatches; page += 1) {
        const found = matchesIn(page, await read(page), query)
        if (signal.aborted) return
        if (found.length > 0) {
          matches.push(...found)
          tell([...matches])
        }
      }
      tell(matches)
    },
  }
}

/** The stretch of the text layer that a match is; null when the page is not drawn. */
const rangeOf = (match: Match, spans: readonly HTMLElement[] | undefined): Range | null => {
  const first = spans?.[match.start.item]?.firstChild
  const last = spans?.[match.end.item]?.firstChild
  if (!first || !last) return null
  const range = document.createRange()
  const within = (node: Node, offset: number): number => Math.min(offset, node.textContent?.length ?? 0)
  range.setStart(first, within(first, match.start.offset))
  range.setEnd(last, within(last, match.end.offset))
  return range
}

/**
 * Paints matches over the pages that are drawn (CSS custom highlights: the text layer itself stays as pdf.js made it) and returns
 * the stretch of the current one.
 */
export const paintMatches = (
  matches: readonly Match[],
  current: number,
  spans: ReadonlyMap<number, readonly HTMLElement[]>,
): Range | null => {
  if (!('highlights' in CSS)) return null
  const ranges = matches.map((match) => rangeOf(match, spans.get(match.page)))
  const shown = ranges[current] ?? null
  const others = ranges.filter((range, index): range is Range => range !== null && index !== current)
  CSS.highlights.set('pdf-found', new Highlight(...others))
  CSS.highlights.set('pdf-current', new Highlight(...(shown ? [shown] : [])))
  return shown
}

/** Takes the painting away. */
export const clearMatches = (): void => {
  if (!('highlights' in CSS)) return
  CSS.highlights.delete('pdf-found')
  CSS.highlights.delete('pdf-current')
}
