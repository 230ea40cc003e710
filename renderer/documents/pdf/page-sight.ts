/** How far outside the visible part pages are drawn already. */
const nearby = '800px 0px'

export interface PageSight {
  /** Follows a page; returns what stops it. */
  observe: (element: HTMLElement, number: number, near: (isNear: boolean) => void) => () => void
  disconnect: () => void
}

/** Which pages are near the eye, and which one is most in sight: two observers for all pages of a PDF. */
export const createPageSight = (root: HTMLElement, onPage: (page: number) => void): PageSight => {
  const nearness = new Map<Element, (isNear: boolean) => void>()
  const numbers = new Map<Element, number>()
  const heights = new Map<number, number>()
  const near = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) nearness.get(entry.target)?.(entry.isIntersecting)
    },
    { root, rootMargin: nearby },
  )
  const shown = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        const number = numbers.get(entry.target)
        if (number === undefined) continue
        if (entry.isIntersecting) heights.set(number, entry.intersectionRect.height)
        else heights.delete(number)
      }
      const [best] = [...heights].sort((left, right) => right[1] - left[1] || left[0] - right[0])
      if (best) onPage(best[0])
    },
    { root, threshold: [0, 0.25, 0.5, 0.75, 1] },
  )
  return {
    observe: (element, number, tell) => {
      nearness.set(element, tell)
      numbers.set(element, number)
      near.observe(element)
      shown.observe(element)
      return () => {
        nearness.delete(element)
        numbers.delete(element)
        near.unobserve(element)
        shown.unobserve(element)
      }
    },
    disconnect: () => {
      near.disconnect()
      shown.disconnect()
    },
  }
}
