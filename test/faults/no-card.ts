import type { CardPort } from '../../app/card/index.ts'

/** A workstation without a card reader's module: saves a process per core. */
export const noCard = (): CardPort => {
  let listener: (message: unknown) => void = () => undefined
  return {
    post: (message) => {
      const id = typeof message === 'object' && message !== null && 'id' in message ? message.id : 0
      queueMicrotask(() => {
        listener({ id, outcome: { ok: false, error: { code: 'card.no-module', retry: 'no' } } })
      })
    },
    onMessage: (listen) => (listener = listen),
    onClose: () => undefined,
    close: () => undefined,
  }
}
