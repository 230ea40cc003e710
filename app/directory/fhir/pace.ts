/** Lets so many calls through each second, evenly (mssante-client.md §4.3: 17 for each application). */
export interface Pace {
  /** Waits for one's turn; false when the signal ended first. */
  turn(signal: AbortSignal): Promise<boolean>
}

/** Together the 17 calls that an application may make of the API in a second (mssante-client.md §4.3). */
export const apiPace = { perSecond: 12, burst: 5 } as const

export const createPace = (params: {
  perSecond: number
  /** Calls that may follow each other at once after a pause. */
  burst: number
  monotonic: () => number
  wait: (milliseconds: number, signal: AbortSignal) => Promise<void>
}): Pace => {
  const interval = 1000 / params.perSecond
  /** When the next call may go, were there no burst. */
  let next = -Infinity
  return {
    turn: async (signal) => {
      const now = params.monotonic()
      next = Math.max(next, now - (params.burst - 1) * interval)
      const at = next
      next += interval
      if (at > now) await params.wait(at - now, signal)
      return !signal.aborted
    },
  }
}
