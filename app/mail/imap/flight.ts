/** Where the bytes of one batch go on their way; `release` gives the room to the next batch. */
export interface Room {
  /** Shared memory: the reading worker and the store's worker see it without a copy. Empty for what passes alone. */
  bytes: Uint8Array
  release: () => void
}

/**
 * Bounds the bytes on their way: at most `count` batches of `size` bytes, or one message too large for that, alone. Room is
 * used again and again, so that a long synchronisation takes no more memory than a short one.
 */
export const createFlight = (size: number, count: number) => {
  let free: Uint8Array[] = []
  let inside = 0
  let aloneInside = false
  let turn: Promise<unknown> = Promise.resolve()
  let left: () => void = () => undefined

  const may = (alone: boolean): boolean => !aloneInside && (alone ? inside === 0 : inside < count)

  const enterNow = async (alone: boolean): Promise<Room> => {
    while (!may(alone)) await new Promise<void>((resolve) => (left = resolve))
    inside += 1
    aloneInside = alone
    // What passes alone takes more than the room that waits.
    if (alone) free = []
    const bytes = alone ? new Uint8Array(0) : (free.pop() ?? new Uint8Array(new SharedArrayBuffer(size)))
    let inUse = true
    return {
      bytes,
      release: () => {
        if (!inUse) return
        inUse = false
        inside -= 1
        if (alone) aloneInside = false
        else free.push(bytes)
        left()
      },
    }
  }

  return {
    /** Room for the next batch, after those asked before. */
    enter: (alone: boolean): Promise<Room> => {
      const room = turn.then(() => enterNow(alone))
      turn = room
      return room
    },
    /** Gives back the memory that nothing uses now. */
    shrink: (): void => {
      free = []
    },
  }
}
