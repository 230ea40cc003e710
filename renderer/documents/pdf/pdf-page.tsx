import { TextLayer } from 'pdfjs-dist'
import type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist'
import { useEffect, useRef, useState } from 'react'
import { t } from '../../i18n/index.ts'

/** Pixels of one page's canvas at most: 200 % zoom of an A3 on a dense screen stays below. */
const maximumCanvasPixels = 24_000_000

const isCancelled = (cause: unknown): boolean =>
  cause instanceof Error && (cause.name === 'RenderingCancelledException' || cause.name === 'AbortException')

/** What pdf.js tells of a link; everything else of an annotation is left alone. */
interface Link {
  id: string
  /** Left, top, width, height in per cent of the page. */
  place: [number, number, number, number]
  url: string | null
  destination: unknown
}

interface LinkAnnotation {
  subtype?: string
  id?: string
  rect?: number[]
  url?: string
  dest?: unknown
}

const linksOf = async (
  page: PDFPageProxy,
  viewport: ReturnType<PDFPageProxy['getViewport']>,
): Promise<Link[]> => {
  const annotations = (await page.getAnnotations({ intent: 'display' })) as LinkAnnotation[]
  return annotations.flatMap(({ subtype, id, rect, url, dest }) => {
    if (subtype !== 'Link' || !rect || rect.length < 4 || (url === undefined && dest == null)) return []
    const [left = 0, bottom = 0, right = 0, top = 0] = rect
    const [x1 = 0, y1 = 0] = viewport.convertToViewportPoint(left, bottom) as number[]
    const [x2 = 0, y2 = 0] = viewport.convertToViewportPoint(right, top) as number[]
    const percent = (value: number, whole: number): number => (value / whole) * 100
    return [
      {
        id: id ?? String(rect),
        place: [
          percent(Math.min(x1, x2), viewport.width),
          percent(Math.min(y1, y2), viewport.height),
          percent(Math.abs(x2 - x1), viewport.width),
          percent(Math.abs(y2 - y1), viewport.height),
        ],
        url: url ?? null,
        destination: dest ?? null,
      },
    ]
  })
}

/** One page: drawn with its selectable text and links while it is near the eye, an empty sheet of its size otherwise. */
export const PdfPage = ({
  pdf,
  number,
  width,
  rotation,
  guess,
  observe,
  onDrawn,
  openLink,
  goTo,
}: {
  pdf: PDFDocumentProxy
  number: number
  /** Pixels on the page of the window. */
  width: number
  /** Quarter turns, in degrees. */
  rotation: number
  /** Height ÷ width until the page is known. */
  guess: number
  observe: (element: HTMLElement, number: number, near: (isNear: boolean) => void) => () => void
  /** Spans of its text layer; empty when it is taken away. */
  onDrawn: (number: number, spans: readonly HTMLElement[]) => void
  openLink: (href: string, text: string) => void
  goTo: (destination: unknown) => void
}) => {
  const frame = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const layer = useRef<HTMLDivElement>(null)
  const [near, setNear] = useState(false)
  const [known, setKnown] = useState<{ rotation: number; ratio: number } | null>(null)
  const [links, setLinks] = useState<Link[]>([])
  const [failed, setFailed] = useState(false)
  const ratio = known && known.rotation === rotation ? known.ratio : rotation % 180 === 0 ? guess : 1 / guess

  useEffect(() => (frame.current ? observe(frame.current, number, setNear) : undefined), [observe, number])

  useEffect(() => {
    if (!near || width <= 0) return undefined
    let stopped = false
    let stop = (): void => undefined
    const draw = async (): Promise<void> => {
      const page = await pdf.getPage(number)
      const target = canvas.current
      const text = layer.current
      if (stopped || !target || !text) return
      const turned = (page.rotate + rotation) % 360
      const natural = page.getViewport({ scale: 1, rotation: turned })
      const viewport = page.getViewport({ scale: width / natural.width, rotation: turned })
      setKnown({ rotation, ratio: natural.height / natural.width })
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
      const [found] = await Promise.all([linksOf(page, viewport), rendering.promise, textLayer.render()])
      if (stopped) return
      setLinks(found)
      onDrawn(number, textLayer.textDivs)
    }
    draw().catch((cause: unknown) => {
      if (!stopped && !isCancelled(cause)) setFailed(true)
    })
    return () => {
      stopped = true
      stop()
      onDrawn(number, [])
    }
  }, [pdf, number, width, rotation, near, onDrawn])

  return (
    <div
      ref={frame}
      className="pdf-page"
      role="group"
      aria-label={t('documents.pageLabel', { page: number })}
      style={{ width: `${width}px`, height: `${width * ratio}px` }}
    >
      {near && (
        <>
          <canvas ref={canvas} aria-hidden="true" />
          <div ref={layer} className="pdf-text" />
          {links.map(({ id, place: [left, top, wide, high], url, destination }) => (
            <button
              key={id}
              type="button"
              className="pdf-link"
              style={{ left: `${left}%`, top: `${top}%`, width: `${wide}%`, height: `${high}%` }}
              aria-label={url ?? t('documents.linkInside')}
              title={url ?? t('documents.linkInside')}
              onClick={() => (url === null ? goTo(destination) : openLink(url, url))}
            />
          ))}
        </>
      )}
      {failed && <p className="pdf-failed">{t('documents.pageFailed', { page: number })}</p>}
    </div>
  )
}
