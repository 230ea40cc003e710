import {
  ok,
  type Outcome,
  type TraceAction,
  type TraceChain,
  type TraceOutcome,
} from '../../contract/index.ts'
import type { NewTrace, Vault } from '../../vault/index.ts'

export interface TraceRecorderDependencies {
  vault: Pick<Vault, 'run'>
  /** Milliseconds since 1970. */
  now: () => number
  after: (milliseconds: number, run: () => void) => () => void
  /** Who is at the keyboard; null while it is not known yet: traces wait for it. */
  author: () => { id: string; name: string } | null
  /** Months that traces are kept (ECO.4.1.1: six are recommended). */
  months: number
  /** The chain was checked. */
  onChecked: (chain: TraceChain) => void
  onFault: (error: unknown) => void
}

/** What is told of a processing; the rest is the recorder's to know. */
export interface TraceNote {
  action: TraceAction
  automatic?: boolean
  account?: string | null
  target?: string
  /** Messages it was done to. */
  messages?: readonly number[]
  request: string
  answer?: string
  outcome?: TraceOutcome
  code?: string | null
}

/** Milliseconds until traces that wait are written; so many at once at most. */
const writtenAfter = 250
const mostAtOnce = 200
/** Traces kept while the store does not take them (disk full): the oldest stay, what is lost is told in the chain. */
const mostWaiting = 20_000
const slice = 2_000
/** Nobody in particular. */
const program = { id: 'souspli', name: 'SousPli' }

type Unsigned = Omit<NewTrace, 'author' | 'authorName'>

/** Months before a date, in milliseconds; a day that the month lacks becomes its last one. */
const monthsBefore = (now: number, months: number): number => {
  const date = new Date(now)
  const day = date.getUTCDate()
  date.setUTCDate(1)
  date.setUTCMonth(date.getUTCMonth() - months)
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  date.setUTCDate(Math.min(day, last))
  return date.getTime()
}

/** The functional traces of the mailbox that is open (ECO.4.1.1, ECO.4.1.2): written behind, in order, never changed. */
export const createTraceRecorder = (deps: TraceRecorderDependencies) => {
  const { vault, now } = deps
  let waiting: Unsigned[] = []
  let author: { id: string; name: string } | null = null
  let lost = 0
  let open = false
  let chain: TraceChain | null = null
  let cancelTimer: (() => void) | null = null
  let writing: Promise<void> = Promise.resolve()

  const entryOf = (note: TraceNote): Unsigned => ({
    at: now(),
    automatic: note.automatic ?? false,
    account: note.account ?? null,
    action: note.action,
    target: note.target ?? '',
    messages: note.messages ?? [],
    request: note.request,
    answer: note.answer ?? '',
    outcome: note.outcome ?? 'ok',
    code: note.code ?? null,
  })
  const signed = (entry: Unsigned, { id, name }: { id: string; name: string }): NewTrace => ({
    ...entry,
    author: id,
    authorName: name,
  })

  const write = async (): Promise<void> => {
    author = deps.author() ?? author
    if (author === null) {
      if (open && waiting.length > 0) cancelTimer ??= deps.after(writtenAfter, () => void flush())
      return
    }
    const by = author
    while (waiting.length > 0) {
      const entries = waiting.slice(0, mostAtOnce)
      const gap =
        lost === 0 ? [] : [entryOf({ action: 'retention', request: `lost ${lost}`, outcome: 'failed' })]
      const written = await vault.run('traces.append', {
        entries: [...entries, ...gap].map((entry) => signed(entry, by)),
      })
      if (!written.ok) {
        // Kept for the next try; a store that has closed has none.
        if (written.error.code !== 'vault.locked') deps.onFault(new Error(written.error.code))
        return
      }
      waiting = waiting.slice(entries.length)
      if (gap.length > 0) lost = 0
    }
  }

  /** Writes what waits, after what is being written. */
  const flush = (): Promise<void> => {
    cancelTimer?.()
    cancelTimer = null
    writing = writing.then(write).catch(deps.onFault)
    return writing
  }

  const record = (note: TraceNote): void => {
    if (!open) return
    if (waiting.length >= mostWaiting) lost += 1
    else waiting.push(entryOf(note))
    if (waiting.length >= mostAtOnce) void flush()
    else cancelTimer ??= deps.after(writtenAfter, () => void flush())
  }

  const verify = async (): Promise<Outcome<TraceChain>> => {
    await flush()
    const extent = await vault.run('traces.extent', {})
    if (!extent.ok) return extent
    const { count, first, last } = extent.value
    let from: { seq: number; hash: string } | null = null
    for (;;) {
      const checked: Awaited<ReturnType<typeof checkSlice>> = await checkSlice(from)
      if (!checked.ok) return checked
      const { finding, at } = checked.value
      from = checked.value.from
      if (finding === null && from !== null) continue
      chain =
        finding === null
          ? {
              state: 'intact',
              count,
              first: first === null ? null : new Date(first).toISOString(),
              last: last === null ? null : new Date(last).toISOString(),
            }
          : { state: 'broken', count, finding, at }
      deps.onChecked(chain)
      return ok(chain)
    }
  }
  const checkSlice = (from: { seq: number; hash: string } | null) =>
    vault.run('traces.check', { from, limit: slice })

  /** Takes away what is older than it must be kept, from a chain that holds only: a broken one is evidence. */
  const purge = async (): Promise<void> => {
    const before = monthsBefore(now(), deps.months)
    for (;;) {
      const gone = await vault.run('traces.purge', {
        before,
        limit: slice,
        entry: signed(
          entryOf({ action: 'traces-purged', automatic: true, request: '' }),
          deps.author() ?? program,
        ),
      })
      if (!gone.ok || gone.value < slice) return
    }
  }

  return {
    record,
    flush,
    verify,
    /** What the last check said; null while the first one goes on. */
    chain: (): TraceChain | null => chain,
    months: deps.months,
    /** The mailbox is open: traces are taken, the chain is checked, what is too old goes. */
    start: (): void => {
      open = true
      author = null
      chain = null
      lost = 0
      void (async () => {
        const checked = await verify()
        if (checked.ok && checked.value.state === 'intact') await purge()
      })().catch(deps.onFault)
    },
    /** Everything told until now is written; nothing after is. */
    stop: async (): Promise<void> => {
      open = false
      await flush()
      waiting = []
    },
  }
}

export type TraceRecorder = ReturnType<typeof createTraceRecorder>
