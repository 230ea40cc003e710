import { X } from 'lucide-react'
import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import type { ErrorData } from '../../app/contract/index.ts'
import { errorSentence, t } from '../i18n/index.ts'
import { Button, IconButton } from './button.tsx'

export interface ToastMessage {
  text: string
  tone?: 'info' | 'error'
  /** Offered as « Annuler » while the toast shows. */
  onUndo?: () => void
  /** When it goes (ms since 1970), also while it is pointed at: what it says is over then. */
  endsAt?: number
}

type Shown = ToastMessage & { id: number }

let toasts: readonly Shown[] = []
let lastId = 0
const listeners = new Set<() => void>()
const publish = (next: readonly Shown[]): void => {
  toasts = next
  for (const listener of listeners) listener()
}
const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/**
 * Tells the user what was just done. A newer toast replaces the older ones beyond three, and the one that said the same:
 * repeated, they would pile up over what is being written. One that can be undone stays: it undoes its own action.
 */
export const showToast = (message: ToastMessage): void => {
  lastId += 1
  const others = toasts.filter((toast) => toast.text !== message.text || toast.onUndo)
  publish([...others, { ...message, id: lastId }].slice(-3))
}

/** Tells the user that something failed, in the catalogue's words. */
export const showError = (error: Pick<ErrorData, 'code' | 'details'>): void => {
  const sentence = errorSentence(error)
  showToast({ text: `${sentence.what} ${sentence.safe} ${sentence.todo}`, tone: 'error' })
}

/** Empties the region: nothing of a session stays on the lock screen. */
export const clearToasts = (): void => publish([])

/** Undoes what the newest toast offers to undo; false when there is nothing to undo. */
export const undoLast = (): boolean => {
  const undoable = toasts.findLast((toast) => toast.onUndo)
  if (!undoable) return false
  publish(toasts.filter((toast) => toast !== undoable))
  undoable.onUndo?.()
  return true
}

/** How long a toast stays, in milliseconds; errors wait for the user. */
const shownFor = 8_000

const Toast = ({ toast }: { toast: Shown }) => {
  const close = (): void => publish(toasts.filter((other) => other.id !== toast.id))
  // Who is reading it, or on its way to « Annuler », is given time (WCAG 2.2.1).
  const [held, setHeld] = useState(false)
  useEffect(() => {
    if (toast.tone === 'error' || (held && toast.endsAt === undefined)) return undefined
    const timer = setTimeout(
      () => publish(toasts.filter((other) => other.id !== toast.id)),
      toast.endsAt === undefined ? shownFor : Math.max(0, toast.endsAt - Date.now()),
    )
    return () => clearTimeout(timer)
  }, [toast, held])
  return (
    <div
      className="toast"
      data-tone={toast.tone ?? 'info'}
      role={toast.tone === 'error' ? 'alert' : 'status'}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <span className="toast-text">{toast.text}</span>
      {toast.onUndo ? (
        <Button
          variant="quiet"
          size="small"
          onPress={() => {
            close()
            toast.onUndo?.()
          }}
        >
          {t('common.undo')}
        </Button>
      ) : null}
      <IconButton label={t('common.close')} size="small" onPress={close}>
        <X aria-hidden="true" />
      </IconButton>
    </div>
  )
}

/** Pixels around the region: to the window's edge, and to what ends above it. */
const regionMargin = 18

/** Where toasts appear; once per window. Tells the page how high they are (`--toasts`), so that they cover the end of nothing. */
export const ToastRegion = () => {
  const shown = useSyncExternalStore(subscribe, () => toasts)
  const region = useRef<HTMLElement>(null)
  useEffect(() => {
    const { style } = document.documentElement
    const height = shown.length === 0 ? 0 : (region.current?.offsetHeight ?? 0)
    if (height === 0) style.removeProperty('--toasts')
    else style.setProperty('--toasts', `${height + 2 * regionMargin}px`)
  }, [shown])
  return (
    <section ref={region} className="toasts" aria-label={t('common.notifications')}>
      {shown.map((toast) => (
        <Toast key={toast.id} toast={toast} />
      ))}
    </section>
  )
}
