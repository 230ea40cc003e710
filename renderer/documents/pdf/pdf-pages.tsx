import type { PDFDocumentProxy } from 'pdfjs-dist'
import {
  ChevronDown,
  ChevronUp,
  Download,
  List,
  Minus,
  MoveHorizontal,
  Plus,
  Printer,
  RotateCw,
  Search,
} from 'lucide-react'
import { useCallback, useEffect, useRef, useState } from 'react'
import { IconButton } from '../../design/index.ts'
import { t } from '../../i18n/index.ts'
import { useDocumentCommands } from '../commands.ts'
import { PdfFind } from './pdf-find.tsx'
import { PdfOutline, pageOfDestination, useOutline } from './pdf-outline.tsx'
import { PdfPage } from './pdf-page.tsx'
import { printPdf } from './pdf-print.ts'
import { createPageSight } from './page-sight.ts'
import { usePdfFind } from './use-pdf-find.ts'

const zooms = [0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3] as const

const PageField = ({ page, total, goTo }: { page: number; total: number; goTo: (page: number) => void }) => {
  const [typed, setTyped] = useState<string | null>(null)
  const leave = (): void => {
    const wanted = Number(typed)
    setTyped(null)
    if (typed !== null && Number.isInteger(wanted) && wanted >= 1 && wanted <= total) goTo(wanted)
  }
  return (
    <span className="pdf-at tabular">
      <input
        inputMode="numeric"
        aria-label={t('documents.pageField', { total })}
        value={typed ?? String(page)}
        size={Math.max(2, String(total).length)}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => setTyped(event.currentTarget.value.replace(/\D/g, '').slice(0, 5))}
        onBlur={leave}
        onKeyDown={(event) => {
          if (event.key === 'Enter') leave()
        }}
      />
      <span aria-hidden="true">/ {total}</span>
      <span className="visually-hidden" aria-live="polite">
        {t('documents.pageOf', { page, total })}
      </span>
    </span>
  )
}

/** Every page, drawn or not. */
const Sheets = ({
  pdf,
  root,
  onPage,
  ...rest
}: {
  pdf: PDFDocumentProxy
  root: HTMLElement
  onPage: (page: number) => void
} & Omit<Parameters<typeof PdfPage>[0], 'number' | 'observe' | 'pdf'>) => {
  const [sight] = useState(() => createPageSight(root, onPage))
  useEffect(() => sight.disconnect, [sight])
  return Array.from({ length: pdf.numPages }, (_, index) => (
    <PdfPage key={index} pdf={pdf} number={index + 1} observe={sight.observe} {...rest} />
  ))
}

/** The pages of a PDF with their tools: page, search, bookmarks, zoom, fit, rotation, print, save. */
export const PdfPages = ({
  pdf,
  title,
  openLink,
  onSave,
}: {
  pdf: PDFDocumentProxy
  title: string
  openLink: (href: string, text: string) => void
  onSave: () => void
}) => {
  const box = useRef<HTMLDivElement>(null)
  const [root, setRoot] = useState<HTMLDivElement | null>(null)
  const [width, setWidth] = useState(0)
  const [zoom, setZoom] = useState<number>(1)
  const [rotation, setRotation] = useState(0)
  const [guess, setGuess] = useState(Math.SQRT2)
  const [showOutline, setShowOutline] = useState(false)
  const [page, setPage] = useState(1)
  const outline = useOutline(pdf)

  const goToPage = useCallback(
    (number: number): void => {
      const target = root?.querySelectorAll<HTMLElement>(':scope > .pdf-page')[number - 1]
      if (root && target) root.scrollTo({ top: target.offsetTop - root.offsetTop - 8 })
    },
    [root],
  )
  const goTo = useCallback(
    (destination: unknown): void => {
      void pageOfDestination(pdf, destination).then((number) => {
        if (number !== null) goToPage(number)
      })
    },
    [pdf, goToPage],
  )
  const find = usePdfFind(pdf, goToPage)

  useEffect(() => {
    if (!root) return undefined
    const measure = (): void => setWidth(Math.min(Math.max(root.clientWidth - 40, 200), 900))
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(root)
    return () => observer.disconnect()
  }, [root])
  // Pages are mostly alike: the first one says how high the empty ones are.
  useEffect(() => {
    let current = true
    void pdf.getPage(1).then((first) => {
      const { width: wide, height: high } = first.getViewport({ scale: 1 })
      if (current && wide > 0) setGuess(high / wide)
    })
    return () => {
      current = false
    }
  }, [pdf])

  const step = (direction: 1 | -1): void => {
    const next =
      direction === 1 ? zooms.find((value) => value > zoom) : zooms.findLast((value) => value < zoom)
    if (next !== undefined) setZoom(next)
  }
  const rotate = (): void => setRotation((rotation + 90) % 360)
  useDocumentCommands(box, (command) => {
    switch (command) {
      case 'document-zoom-in':
        step(1)
        return true
      case 'document-zoom-out':
        step(-1)
        return true
      case 'document-rotate':
        rotate()
        return true
      case 'document-find':
        find.show()
        return true
      case 'document-print':
        void printPdf(pdf)
        return true
      case 'document-view':
        return false
    }
  })
  return (
    <div className="pdf" ref={box}>
      <div className="pdf-bar" role="toolbar" aria-label={t('documents.pdfTools')}>
        <span className="pdf-tools">
          {outline && (
            <IconButton
              size="small"
              label={t('documents.outline')}
              aria-pressed={showOutline}
              onPress={() => setShowOutline(!showOutline)}
            >
              <List aria-hidden="true" />
            </IconButton>
          )}
          <IconButton
            size="small"
            label={t('documents.previousPage')}
            isDisabled={page <= 1}
            onPress={() => goToPage(page - 1)}
          >
            <ChevronUp aria-hidden="true" />
          </IconButton>
          <IconButton
            size="small"
            label={t('documents.nextPage')}
            isDisabled={page >= pdf.numPages}
            onPress={() => goToPage(page + 1)}
          >
            <ChevronDown aria-hidden="true" />
          </IconButton>
          <PageField page={page} total={pdf.numPages} goTo={goToPage} />
        </span>
        <span className="pdf-tools">
          <IconButton
            size="small"
            label={t('documents.zoomOut')}
            isDisabled={zoom <= zooms[0]}
            onPress={() => step(-1)}
          >
            <Minus aria-hidden="true" />
          </IconButton>
          <span className="tabular pdf-percent">{Math.round(zoom * 100)} %</span>
          <IconButton
            size="small"
            label={t('documents.zoomIn')}
            isDisabled={zoom >= 3}
            onPress={() => step(1)}
          >
            <Plus aria-hidden="true" />
          </IconButton>
          <IconButton size="small" label={t('documents.fitWidth')} onPress={() => setZoom(1)}>
            <MoveHorizontal aria-hidden="true" />
          </IconButton>
          <IconButton size="small" label={t('documents.rotate')} onPress={rotate}>
            <RotateCw aria-hidden="true" />
          </IconButton>
        </span>
        <span className="pdf-tools">
          <IconButton size="small" label={t('documents.findInPdf')} onPress={find.show}>
            <Search aria-hidden="true" />
          </IconButton>
          <IconButton size="small" label={t('documents.printPdf')} onPress={() => void printPdf(pdf)}>
            <Printer aria-hidden="true" />
          </IconButton>
          <IconButton size="small" label={t('documents.savePdf')} onPress={onSave}>
            <Download aria-hidden="true" />
          </IconButton>
        </span>
      </div>
      {find.open && (
        <PdfFind
          query={find.query}
          count={find.matches.length}
          current={find.current}
          searching={find.searching}
          onQuery={find.setQuery}
          onStep={find.step}
          onClose={() => {
            find.close()
            root?.focus()
          }}
        />
      )}
      <div className="pdf-body" data-outline={outline !== null && showOutline}>
        {outline && showOutline && <PdfOutline outline={outline} goTo={goTo} />}
        <div
          ref={setRoot}
          className="pdf-pages"
          tabIndex={0}
          role="region"
          aria-label={title}
          onKeyDown={(event) => {
            const to = { ArrowLeft: page - 1, ArrowRight: page + 1, Home: 1, End: pdf.numPages }[event.key]
            if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return
            event.preventDefault()
            goToPage(to)
          }}
        >
          {width > 0 && root && (
            <Sheets
              pdf={pdf}
              root={root}
              width={width * zoom}
              rotation={rotation}
              guess={guess}
              onPage={setPage}
              onDrawn={find.onDrawn}
              openLink={openLink}
              goTo={goTo}
            />
          )}
        </div>
      </div>
    </div>
  )
}
