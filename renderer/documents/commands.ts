import { useEffect, useRef, type RefObject } from 'react'

/** What a key asks of the document being read. */
export type DocumentCommand =
  | 'document-view'
  | 'document-find'
  | 'document-print'
  | 'document-zoom-in'
  | 'document-zoom-out'
  | 'document-rotate'

interface Listener {
  element: HTMLElement
  run: (command: DocumentCommand) => boolean
}

const listeners = new Set<Listener>()

const depth = (element: Element): number => {
  let count = 0
  for (let node: Element | null = element; node; node = node.parentElement) count += 1
  return count
}

/**
 * Gives a command to the document that has the keyboard, else to the first one on the page; the innermost part that knows the
 * command takes it. False when there is none.
 */
export const runDocumentCommand = (command: DocumentCommand): boolean => {
  const focus = document.activeElement
  const all = [...listeners].sort((a, b) => depth(b.element) - depth(a.element))
  const holding = all.filter(({ element }) => focus && element.contains(focus))
  const others = all
    .filter((one) => !holding.includes(one))
    .sort((a, b) =>
      a.element.compareDocumentPosition(b.element) & Node.DOCUMENT_POSITION_CONTAINED_BY
        ? 1
        : a.element.compareDocumentPosition(b.element) & Node.DOCUMENT_POSITION_CONTAINS
          ? -1
          : a.element.compareDocumentPosition(b.element) & Node.DOCUMENT_POSITION_FOLLOWING
            ? -1
            : 1,
    )
  return [...holding, ...others].some(({ run }) => run(command))
}

/** Lets an element of a document answer commands; `run` says whether it did. */
export const useDocumentCommands = (
  element: RefObject<HTMLElement | null>,
  run: (command: DocumentCommand) => boolean,
): void => {
  const latest = useRef(run)
  useEffect(() => {
    latest.current = run
  })
  useEffect(() => {
    const node = element.current
    if (!node) return undefined
    const listener: Listener = { element: node, run: (command) => latest.current(command) }
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }, [element])
}
