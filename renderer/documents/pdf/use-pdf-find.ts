import type { PDFDocumentProxy } from 'pdfjs-dist'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { clearMatches, createPdfFinder, paintMatches, type Match } from './pdf-text.ts'

/** Milliseconds of quiet typing before pages are read. */
const pause = 150

/** The search inside a PDF: what is asked, what is found, and the painting of it over the pages that are drawn. */
export const usePdfFind = (pdf: PDFDocumentProxy, goToPage: (page: number) => void) => {
  const finder = useMemo(() => createPdfFinder(pdf), [pdf])
  const [open, setOpen] = useState(false)
  const [query, setQuery] = useState('')
  const [found, setFound] = useState<{ query: string; matches: Match[]; done: boolean } | null>(null)
  const [current, setCurrent] = useState(0)
  const [drawn, setDrawn] = useState<ReadonlyMap<number, readonly HTMLElement[]>>(new Map())
  const asked = open ? query.trim() : ''
  const matches = useMemo(
    () => (found !== null && found.query === asked && asked !== '' ? found.matches : []),
    [found, asked],
  )

  useEffect(() => {
    if (asked === '') return undefined
    const controller = new AbortController()
    const timer = setTimeout(() => {
      setCurrent(0)
      void finder
        .find(asked, controller.signal, (matches) => setFound({ query: asked, matches, done: false }))
        .then(() => {
          if (!controller.signal.aborted)
            setFound((known) =>
              known?.query === asked ? { ...known, done: true } : { query: asked, matches: [], done: true },
            )
        })
    }, pause)
    return () => {
      controller.abort()
      clearTimeout(timer)
    }
  }, [asked, finder])

  // A page that is drawn later is painted then; the current match is brought into sight once.
  const followed = useRef<Match | null>(null)
  useEffect(() => {
    if (matches.length === 0) {
      clearMatches()
      followed.current = null
      return
    }
    const match = matches[Math.min(current, matches.length - 1)] ?? null
    const range = paintMatches(matches, current, drawn)
    if (!match || followed.current === match) return
    if (range) {
      followed.current = match
      range.startContainer.parentElement?.scrollIntoView({ block: 'center', inline: 'nearest' })
    } else goToPage(match.page)
  }, [matches, current, drawn, goToPage])
  useEffect(() => clearMatches, [])

  const onDrawn = useCallback((number: number, spans: readonly HTMLElement[]): void => {
    setDrawn((known) => {
      const next = new Map(known)
      if (spans.length > 0) next.set(number, spans)
      else next.delete(number)
      return next
    })
  }, [])
  return {
    open,
    query,
    matches,
    current,
    searching: asked !== '' && !(found?.query === asked && found.done),
    onDrawn,
    setQuery,
    show: () => setOpen(true),
    close: () => setOpen(false),
    step: (direction: 1 | -1): void => {
      if (matches.length > 0) setCurrent((current + direction + matches.length) % matches.length)
    },
  }
}
