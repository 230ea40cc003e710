import { Minus, Plus } from 'lucide-react'
import { TextLayer } from 'pdfjs-dist'
import type { PDFDocumentProxy } from 'pdfjs-dist'
import { useEffect, useRef, useState } from 'react'
import { ok } from '../../app/contract/index.ts'
import type { AppError, Outcome } from '../../app/contract/index.ts'
import { Banner, IconButton, Spinner } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { usePart } from './part-bytes.ts'
import { maximumPdfSize, openPdf } from './pdf-engine.ts'
import './pdf.css'

const zooms = [0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3] as const
/** Pixels of one page's canvas at most: 200 % zoom of an A3 on a dense screen stays below. */
const maximumCanvasPixels = 24_000_000

const readBytes = (bytes: Uint8Array<ArrayBuffer>): Outcome<Uint8Array<ArrayBuffer>> => ok(bytes)

type Loaded = { bytes: Uint8Array; pdf: PDFDocumentProxy | null; error: AppError | null }

const usePdf = (bytes: Uint8Array<ArrayBuffer> | null): Loaded | null => {
  const [loaded, setLoaded] = useState<Loaded | null>(null)
  useEffect(() => {
    if (!bytes) return undefined
    let current = true
    // pdf.js takes the buffer away to its worker: it gets a copy.
    const opening = openPdf(bytes.slice())
    void opening.then((outcome) => {
      if (current)
        setLoaded(
          outcome.ok
            ? { bytes, pdf: outcome.value.pdf, error: null }
            : { bytes, pdf: null, error: outcome.error },
        )
    })
    return () => {
      current = false
      void opening.then((outcome) => (outcome.ok ? outcome.value.task.destroy() : undefined))
    }
  }, [bytes])
  return loaded && loaded.bytes === bytes ? loaded : null
}

const isCancelled = (cause: unknown): boolean =>
  cause instanceof Error && (cause.name === 'RenderingCancelledException' || cause.name === 'AbortException')

const PageView = ({
  pdf,
  number,
  zoom,
  width,
  root,
  onShown,
}: {
  pdf: PDFDocumentProxy
  number: number
  zoom: number
  width: number
  root: HTMLElement | null
  onShown: (number: number, ratio: number) => void
}) => {
  const frame = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const layer = useRef<HTMLDivElement>(null)
  const [near, setNear] = useState(false)
  const [ratio, setRatio] = useState(Math.SQRT2)
  const [failed, setFailed] = useState(false)

  useEffect(() => {
    if (!frame.current || !root) return undefined
    const nearness = new IntersectionObserver(([entry]) => setNear(entry?.isIntersecting ?? false), {
      root,
      rootMargin: '800px 0px',
    })
    const shown = new IntersectionObserver(([entry]) => onShown(number, entry?.intersectionRatio ?? 0), {
      root,
      threshold: [0, 0.25, 0.5, 0.75, 1],
    })
    nearness.observe(frame.current)
    shown.observe(frame.current)
    return () => {
      nearness.disconnect()
      shown.disconnect()
    }
  }, [root, number, onShown])

  useEffect(() => {
    if (!near || width <= 0) return undefined
    let stopped = false
    let stop = (): void => undefined
    const draw = async (): Promise<void> => {
      const page = await pdf.getPage(number)
      const target = canvas.current
      const text = layer.current
      if (stopped || !target || !text) return
      const natural = page.getViewport({ scale: 1 })
      const viewport = page.getViewport({ scale: (width * zoom) / natural.width })
      setRatio(natural.height / natural.width)
      const density = Math.min(
        window.devicePixelRatio || 1,
        Math.sqrt(maximumCanvasPixels / (viewport.width * viewport.height)),
      )
      target.width = Math.floor(viewport.width * density)
      target.height = Math.floor(viewport.height * density)
      const rendering = page.render({ canvas: target, viewport, transform: [density, 0, 0, density, 0, 0] })
      text.replaceChildren()
      text.style.setProperty('--total-scale-factor', String(viewport.scale))
      const textLayer = new TextLayer({
        textContentSource: page.streamTextContent(),
        container: text,
        viewport,
      })
      stop = () => {
        rendering.cancel()
        textLayer.cancel()
      }
      await Promise.all([rendering.promise, textLayer.render()])
    }
    draw().catch((cause: unknown) => {
      if (!stopped && !isCancelled(cause)) setFailed(true)
    })
    return () => {
      stopped = true
      stop()
    }
  }, [pdf, number, zoom, width, near])

  return (
    <div
      ref={frame}
      className="pdf-page"
      role="group"
      aria-label={t('documents.pageLabel', { page: number })}
      style={{ width: `${width * zoom}px`, height: `${width * zoom * ratio}px` }}
    >
      {near && (
        <>
          <canvas ref={canvas} aria-hidden="true" />
          <div ref={layer} className="pdf-text" />
        </>
      )}
      {failed && <p className="pdf-failed">{t('documents.pageFailed', { page: number })}</p>}
    </div>
  )
}

const Pages = ({ pdf, title }: { pdf: PDFDocumentProxy; title: string }) => {
  const [root, setRoot] = useState<HTMLDivElement | null>(null)
  const [width, setWidth] = useState(0)
  const [zoom, setZoom] = useState<number>(1)
  const [page, setPage] = useState(1)
  const ratios = useRef(new Map<number, number>())
  const [onShown] = useState(() => (number: number, ratio: number) => {
    ratios.current.set(number, ratio)
    const [best] = [...ratios.current].sort((left, right) => right[1] - left[1])
    if (best && best[1] > 0) setPage(best[0])
  })

  useEffect(() => {
    if (!root) return undefined
    const measure = (): void => setWidth(Math.min(Math.max(root.clientWidth - 40, 200), 900))
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(root)
    return () => observer.disconnect()
  }, [root])

  const step = (direction: 1 | -1): void => {
    const next = zooms[zooms.findIndex((value) => value >= zoom) + direction]
    if (next !== undefined) setZoom(next)
  }
  return (
    <div className="pdf">
      <div className="pdf-bar" role="toolbar" aria-label={t('documents.pdfTools')}>
        <span className="tabular" aria-live="polite">
          {t('documents.pageOf', { page, total: pdf.numPages })}
        </span>
        <span className="pdf-zoom">
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
        </span>
      </div>
      <div ref={setRoot} className="pdf-pages" tabIndex={0} role="region" aria-label={title}>
        {width > 0 &&
          Array.from({ length: pdf.numPages }, (_, index) => (
            <PageView
              key={index}
              pdf={pdf}
              number={index + 1}
              zoom={zoom}
              width={width}
              root={root}
              onShown={onShown}
            />
          ))}
      </div>
    </div>
  )
}

/** A PDF read in place by pdf.js: selectable text, zoom, only the pages near the eye are drawn. */
export const PdfView = ({ url, title }: { url: string; title: string }) => {
  const part = usePart(url, maximumPdfSize, readBytes)
  const loaded = usePdf(part.state === 'ready' ? part.value : null)
  const error = part.state === 'failed' ? part.error : (loaded?.error ?? null)
  if (error)
    return (
      <div className="doc-state">
        <Banner tone="warn" title={t('documents.pdfFailed')}>
          <p>{error.code === 'mime.limit' ? t('documents.pdfTooLarge') : t('documents.pdfBroken')}</p>
        </Banner>
      </div>
    )
  if (!loaded?.pdf)
    return (
      <div className="doc-state doc-loading">
        <Spinner label={t('documents.loadingPdf')} />
        <span>{t('documents.loadingPdf')}</span>
      </div>
    )
  return <Pages pdf={loaded.pdf} title={title} />
}
