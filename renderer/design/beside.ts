import { useCallback, useEffect, useRef } from 'react'

/**
 * Whether a click beside a window closes it: not the second of a double click, whose first opened the window under the pointer.
 * For `shouldCloseOnInteractOutside`.
 */
export const useClosesBeside = (): (() => boolean) => {
  const clicks = useRef(0)
  useEffect(() => {
    const count = (event: MouseEvent): void => {
      clicks.current = event.detail
    }
    // On the window: before the listeners of the document, which ask.
    window.addEventListener('click', count, { capture: true })
    return () => window.removeEventListener('click', count, { capture: true })
  }, [])
  return useCallback(() => clicks.current < 2, [])
}
