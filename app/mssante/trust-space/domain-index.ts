import { skeleton } from './confusables.ts'
import { partitioned } from './partitioned.ts'

/** Domains of a list, ready to be asked; 150,000 of them take a second to prepare, hence in slices. */
export interface DomainIndex {
  /** Exact domains, in ASCII. */
  exact: Pick<ReadonlySet<string>, 'has'>
  /** `.x` for every domain below x. */
  suffixes: readonly string[]
  /** The domain that reads like this skeleton. */
  bySkeleton: (form: string) => string | undefined
  /** The domain that reads so with dashes for dots. */
  byDashes: (text: string) => string | undefined
  /** The domain that reads so without its dashes. */
  withoutDashes: (text: string) => string | undefined
}

/** Shorter names stand inside too many others. */
const shortestDashed = 6
/** Domains prepared before others run. */
const slice = 250

function* preparing(domains: Iterable<string>): Generator<undefined, DomainIndex, undefined> {
  const exact = partitioned<true>()
  const suffixes: string[] = []
  const skeletons = partitioned<string>()
  const dashes = partitioned<string>()
  const dashless = partitioned<string>()
  let left = slice
  for (const domain of domains) {
    if (domain.startsWith('.')) suffixes.push(domain)
    else {
      exact.set(domain, true)
      const form = skeleton(domain)
      // What reads like itself is found among the exact ones.
      if (form !== domain) skeletons.set(form, domain)
      if (domain.includes('-')) dashless.set(domain.replaceAll('-', ''), domain)
      if (domain.length >= shortestDashed) dashes.set(domain.replaceAll('.', '-'), domain)
    }
    left -= 1
    if (left > 0) continue
    left = slice
    yield
  }
  return {
    exact,
    suffixes,
    bySkeleton: (form) => skeletons.get(form) ?? (exact.has(form) ? form : undefined),
    byDashes: (text) => dashes.get(text),
    withoutDashes: (text) => dashless.get(text) ?? (exact.has(text) ? text : undefined),
  }
}

/** At once: for a few domains. */
export const indexDomains = (domains: Iterable<string>): DomainIndex => {
  const steps = preparing(domains)
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

/** In slices that let others run; null once the signal is aborted. */
export const indexInSlices = async (
  domains: Iterable<string>,
  breathe: () => Promise<void>,
  signal: AbortSignal,
): Promise<DomainIndex | null> => {
  const steps = preparing(domains)
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
    await breathe()
    if (signal.aborted) return null
  }
}
