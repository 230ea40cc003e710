import { Maximize, Minus, Plus, RotateCw, ZoomIn } from 'lucide-react'
import { useRef, useState } from 'react'
import { Banner, Dialog, IconButton } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { useDocumentCommands } from './commands.ts'
import { partAddress } from './part-bytes.ts'
import './image-view.css'

const zooms = [0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6] as const

/**
 * A picture with zoom and rotation; the camera's own orientation (EXIF) is followed by the browser. Fits its frame until one zooms,
 * then scrolls.
 */
export const ImageView = ({ url, title }: { url: string; title: string }) => {
  const [failed, setFailed] = useState(false)
  const [natural, setNatural] = useState<{ width: number; height: number } | null>(null)
  const [zoom, setZoom] = useState<number | null>(null)
  const [turns, setTurns] = useState(0)
  const frame = useRef<HTMLDivElement>(null)
  const box = useRef<HTMLDivElement>(null)
  const fitted = (): number =>
    natural && frame.current ? Math.min(1, frame.current.clientWidth / natural.width) : 1
  const step = (direction: 1 | -1): void => {
    const now = zoom ?? fitted()
    const next =
      direction === 1
        ? zooms.find((value) => value > now + 0.01)
        : zooms.findLast((value) => value < now - 0.01)
    if (next !== undefined) setZoom(next)
  }
  const turn = (): void => setTurns((turns + 1) % 4)
  useDocumentCommands(box, (command) => {
    if (command === 'document-zoom-in') step(1)
    else if (command === 'document-zoom-out') step(-1)
    else if (command === 'document-rotate') turn()
    else return false
    return true
  })
  if (failed)
    return (
      <div className="doc-state">
        <Banner tone="warn" title={t('documents.imageFailed')}>
          <p>{t('documents.pdfBroken')}</p>
        </Banner>
      </div>
    )
  const sideways = turns % 2 === 1
  const size =
    zoom === null || !natural
      ? null
      : { width: Math.round(natural.width * zoom), height: Math.round(natural.height * zoom) }
  return (
    <div className="image-view" ref={box}>
      <div className="pdf-bar" role="toolbar" aria-label={t('documents.imageTools')}>
        <span className="tabular muted">
          {natural && t('documents.pixels', { width: natural.width, height: natural.height })}
        </span>
        <span className="pdf-zoom">
          <IconButton size="small" label={t('documents.zoomOut')} onPress={() => step(-1)}>
            <Minus aria-hidden="true" />
          </IconButton>
          <span className="tabular pdf-percent" aria-live="polite">
            {zoom === null ? t('documents.fit') : `${Math.round(zoom * 100)} %`}
          </span>
          <IconButton size="small" label={t('documents.zoomIn')} onPress={() => step(1)}>
            <Plus aria-hidden="true" />
          </IconButton>
          <IconButton size="small" label={t('documents.fitImage')} onPress={() => setZoom(null)}>
            <Maximize aria-hidden="true" />
          </IconButton>
          <IconButton size="small" label={t('documents.rotate')} onPress={turn}>
            <RotateCw aria-hidden="true" />
          </IconButton>
        </span>
      </div>
      <div
        className="image-frame"
        ref={frame}
        role="region"
        tabIndex={0}
        aria-label={title}
        data-fit={zoom === null}
      >
        <div
          className="image-turn"
          style={
            size
              ? { width: sideways ? size.height : size.width, height: sideways ? size.width : size.height }
              : undefined
          }
        >
          <img
            src={partAddress(url)}
            alt={title}
            style={{
              ...(size ?? {}),
              ...(turns === 0 ? {} : { rotate: `${turns * 90}deg` }),
            }}
            data-sideways={sideways}
            onLoad={({ currentTarget }) =>
              setNatural({ width: currentTarget.naturalWidth, height: currentTarget.naturalHeight })
            }
            onError={() => setFailed(true)}
          />
        </div>
      </div>
    </div>
  )
}

/** A picture inside a text: as wide as the text, larger at a press. */
export const ZoomableImage = ({ url, title }: { url: string; title: string }) => {
  const [open, setOpen] = useState(false)
  const [failed, setFailed] = useState(false)
  if (failed) return <span className="doc-note">{t('documents.imageFailed')}</span>
  return (
    <>
      <button type="button" className="doc-image-button" onClick={() => setOpen(true)}>
        <img className="doc-image" src={partAddress(url)} alt={title} onError={() => setFailed(true)} />
        <span className="doc-image-hint">
          <ZoomIn aria-hidden="true" />
          <span className="visually-hidden">{t('documents.enlarge')}</span>
        </span>
      </button>
      {open && (
        <Dialog title={title} isOpen onClose={() => setOpen(false)} width="page">
          <ImageView url={url} title={title} />
        </Dialog>
      )}
    </>
  )
}
