import { ok, type Outcome } from '../contract/index.ts'

/** Walks a store in slices, handing each to `take`, until none is left or `stopped` says so; a failure ends it. */
export const walkSlices = async <T extends { next: number | null }>(
  ask: (after: number) => Promise<Outcome<T>>,
  take: (slice: T) => Promise<Outcome<void>> | undefined | void,
  stopped: () => boolean = () => false,
): Promise<Outcome<void>> => {
  let after: number | null = 0
  while (after !== null && !stopped()) {
    const slice: Outcome<T> = await ask(after)
    if (!slice.ok) return slice
    const taken = await take(slice.value)
    if (taken && !taken.ok) return taken
    after = slice.value.next
  }
  return ok(undefined)
}
