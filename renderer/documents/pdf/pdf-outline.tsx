import type { PDFDocumentProxy } from 'pdfjs-dist'
import { useEffect, useState } from 'react'
import { t } from '../../i18n/index.ts'

type Entry = NonNullable<Awaited<ReturnType<PDFDocumentProxy['getOutline']>>>[number]
/** What PDF.js calls `any` is entries again. */
type Outline = readonly (Omit<Entry, 'items'> & { items: Outline })[]

/** The bookmarks of a PDF; null while they are read and when there are none. */
export const useOutline = (pdf: PDFDocumentProxy): Outline | null => {
  const [outline, setOutline] = useState<Outline | null>(null)
  useEffect(() => {
    let current = true
    pdf.getOutline().then(
      (found: Outline | null) => {
        if (current) setOutline(found && found.length > 0 ? found : null)
      },
      // A broken outline is as good as none: the pages are there.
      () => undefined,
    )
    return () => {
      current = false
    }
  }, [pdf])
  return outline
}

/** Number of the page, from 1, that a destination of the PDF names; null when it names none. */
export const pageOfDestination = async (
  pdf: PDFDocumentProxy,
  destination: unknown,
): Promise<number | null> => {
  try {
    const explicit: unknown =
      typeof destination === 'string' ? await pdf.getDestination(destination) : destination
    const target: unknown = Array.isArray(explicit) ? explicit[0] : null
    if (typeof target === 'number') return target + 1
    if (typeof target !== 'object' || target === null || !('num' in target) || !('gen' in target)) return null
    const { num, gen } = target
    if (typeof num !== 'number' || typeof gen !== 'number') return null
    return (await pdf.getPageIndex({ num, gen })) + 1
  } catch {
    // It names an object that is not there.
    return null
  }
}

const Entries = ({ items, goTo }: { items: Outline; goTo: (destination: unknown) => void }) => (
  <ul>
    {items.map((item, index) => (
      <li key={index}>
        <button type="button" onClick={() => goTo(item.dest)}>
          {item.title}
        </button>
        {item.items.length > 0 && <Entries items={item.items} goTo={goTo} />}
      </li>
    ))}
  </ul>
)

/** Bookmarks of a PDF, each going to its page. */
export const PdfOutline = ({ outline, goTo }: { outline: Outline; goTo: (destination: unknown) => void }) => (
  <nav className="pdf-outline" aria-label={t('documents.outline')}>
    <Entries items={outline} goTo={goTo} />
  </nav>
)
