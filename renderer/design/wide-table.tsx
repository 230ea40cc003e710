import { useEffect, useRef, useState, type ReactNode } from 'react'
import { t } from '../i18n/index.ts'
import './wide-table.css'

/** What of its content lies outside the frame, on either side. */
const hiddenSides = ({ scrollLeft, scrollWidth, clientWidth }: HTMLElement) => ({
  // A fraction of a pixel hides nothing.
  start: scrollLeft > 1,
  end: scrollWidth - clientWidth - scrollLeft > 1,
})

/**
 * A table that may be wider than its place: it scrolls inside, also by keyboard, and says so where there is more to see (an
 * edge on that side, a line of words). Named by `label`, or by what has the id `labelledBy`.
 */
export const WideTable = ({
  label,
  labelledBy,
  className,
  role = 'group',
  children,
}: {
  label?: string
  labelledBy?: string
  className?: string
  role?: 'group' | 'region'
  children: ReactNode
}) => {
  const frame = useRef<HTMLDivElement>(null)
  const [hidden, setHidden] = useState({ start: false, end: false })
  useEffect(() => {
    const element = frame.current
    if (!element) return undefined
    const measure = (): void =>
      setHidden((before) => {
        const now = hiddenSides(element)
        return now.start === before.start && now.end === before.end ? before : now
      })
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    // Rows may still come (useGrowing), or a panel open in one of them.
    for (const child of element.children) observer.observe(child)
    element.addEventListener('scroll', measure, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', measure)
    }
  }, [])
  const wide = hidden.start || hidden.end
  return (
    <div className="wide-table" data-hidden-start={hidden.start} data-hidden-end={hidden.end}>
      <div
        ref={frame}
        className={className === undefined ? 'wide-table-frame' : `wide-table-frame ${className}`}
        role={role}
        tabIndex={0}
        {...(labelledBy === undefined ? { 'aria-label': label } : { 'aria-labelledby': labelledBy })}
      >
        {children}
      </div>
      {wide ? (
        <p className="wide-table-hint" aria-hidden="true">
          {t(hidden.end ? 'common.tableGoesOn' : 'common.tableEnds')}
        </p>
      ) : null}
    </div>
  )
}
