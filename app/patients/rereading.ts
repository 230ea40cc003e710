import type { Outcome } from '../contract/index.ts'

export interface RereadingDependencies {
  /** Reads the documents of some messages again; how many are left. */
  step: (limit: number) => Promise<Outcome<{ left: number }>>
  /** Synchronisation or the user is at work. */
  busy: () => boolean
  /** Runs something later; what comes back calls it off. */
  after: (milliseconds: number, run: () => void) => () => void
  /** Messages left, when that changes. */
  tell: (left: number) => void
  onFault: (error: unknown) => void
}

/** Messages between two rests, the rests, and the wait while somebody is at work; milliseconds. */
const batch = 10
const rest = 50
const busyWait = 500
const startWait = 2_000

/**
 * The documents of messages stored by an earlier program into the index of patients: behind everything else, newest first,
 * resumed after each start.
 */
export const createRereading = (deps: RereadingDependencies) => {
  let running = false
  let left = 0
  let callOff = (): void => undefined

  const tell = (next: number): void => {
    if (next === left) return
    left = next
    deps.tell(left)
  }
  const next = async (): Promise<void> => {
    if (!running) return
    if (deps.busy()) return wait(busyWait)
    const done = await deps.step(batch)
    if (!done.ok || !running) return
    tell(done.value.left)
    if (done.value.left > 0) wait(rest)
  }
  const wait = (milliseconds: number): void => {
    callOff = deps.after(milliseconds, () => {
      next().catch(deps.onFault)
    })
  }

  return {
    start: (): void => {
      running = true
      wait(startWait)
    },
    left: (): number => left,
    stop: (): void => {
      running = false
      callOff()
    },
  }
}
