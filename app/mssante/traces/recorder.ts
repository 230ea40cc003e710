import type { Outcome, Trace, TraceAction, TraceChain, TraceOutcome } from '../../contract/index.ts'
import type { NewTrace, TraceSubject, Vault } from '../../vault/index.ts'
import { createTraceCheck } from './check.ts'
import type { WitnessFile } from './witness.ts'

/** Who is at the keyboard, and where. */
export interface TraceAuthor {
  /** Whom the card or Pro Santé Connect names; null where neither does. */
  professional: { id: string; name: string } | null
  openedBy: Trace['openedBy']
  /** Account of the operating system and name of the workstation. */
  workstation: string
}

export interface TraceRecorderDependencies {
  vault: Pick<Vault, 'run'>
  /** Milliseconds since 1970. */
  now: () => number
  after: (milliseconds: number, run: () => void) => () => void
  /** Null while it is not known yet: traces wait for it. */
  author: () => TraceAuthor | null
  /** Months that traces are kept (ECO.4.1.1: six are recommended). */
  months: number
  /** Where the end of the chain is taken down outside the store that is open. */
  witness: WitnessFile
  /** The chain was checked. */
  onChecked: (chain: TraceChain) => void
  onFault: (error: unknown) => void
}

/** What is told of a processing; the rest is the recorder's to know. */
export interface TraceNote {
  action: TraceAction
  automatic?: boolean
  account?: string | null
  /** The mailbox by its id, where its address is not at hand. */
  accountId?: number
  target?: string
  /** What it was done to. */
  subject?: TraceSubject
  request: string
  answer?: string
  outcome?: TraceOutcome
  code?: string | null
  /** What goes on for a while (a search typed, a draft saved as it is written) leaves one trace: those of one name, until a pause. */
  folded?: string
}

/** Milliseconds until traces that wait are written; so many at once at most. */
const writtenAfter = 250
const mostAtOnce = 200
/** Traces kept while the store does not take them (disk full): the oldest stay, what is lost is told in the chain. */
const mostWaiting = 20_000
const slice = 2_000
/** Milliseconds without the same thing after which it leaves a trace again. */
const foldedFor = 15 * 60_000
/** Mailboxes named where nobody else is. */
const mostNamed = 5

/** A trace that waits to be written; who and in which mailbox is said then. */
type Waiting = Omit<NewTrace, 'author' | 'authorName' | 'openedBy' | 'workstation'> & {
  accountId: number | null
}

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
  let waiting: Waiting[] = []
  /** What happens to the store while it is closed: the first traces once it is open. */
  const announced = new Set<TraceNote>()
  let author: TraceAuthor | null = null
  /** Mailboxes of the store; one that is removed keeps its name until the mailbox closes. */
  const mailboxes = new Map<number, { address: string; displayName: string }>()
  const lately = new Map<string, number>()
  let lost = 0
  let open = false
  let begun = false
  let cancelTimer: (() => void) | null = null
  let writing: Promise<void> = Promise.resolve()
  const check = createTraceCheck({ ...deps, slice })

  const entryOf = (note: TraceNote): Waiting => ({
    at: now(),
    automatic: note.automatic ?? false,
    account: note.account ?? null,
    accountId: note.accountId ?? null,
    action: note.action,
    target: note.target ?? '',
    subject: note.subject ?? null,
    request: note.request,
    answer: note.answer ?? '',
    outcome: note.outcome ?? 'ok',
    code: note.code ?? null,
  })

  /** Who it was: the professional, else whose mailboxes these are, else the account of the operating system. */
  const signed = ({ accountId, ...entry }: Waiting, by: TraceAuthor): NewTrace => {
    const here = [...mailboxes.values()]
    const addresses = here.slice(0, mostNamed).map(({ address }) => address)
    const named = by.professional ?? {
      id: addresses.length > 0 ? addresses.join(' ') : by.workstation,
      name: here.length === 1 ? (here[0]?.displayName ?? '') : '',
    }
    return {
      ...entry,
      account:
        entry.account ?? (accountId === null ? null : (mailboxes.get(accountId)?.address ?? `#${accountId}`)),
      author: named.id,
      authorName: named.name,
      openedBy: by.openedBy,
      workstation: by.workstation,
    }
  }

  const write = async (): Promise<void> => {
    author = deps.author() ?? author
    if (author === null) {
      if (open) cancelTimer ??= deps.after(writtenAfter, () => void flush())
      return
    }
    const by = author
    if (waiting.length > 0) {
      const known = await vault.run('traces.mailboxes', {})
      for (const { id, ...mailbox } of known.ok ? known.value : []) mailboxes.set(id, mailbox)
    }
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
    if (open && !begun) {
      begun = true
      void begin().catch(deps.onFault)
    } else if (begun) await check.testifyLater()
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
    if (note.folded !== undefined && (note.outcome ?? 'ok') === 'ok') {
      const before = lately.get(note.folded)
      lately.set(note.folded, now())
      if (before !== undefined && Math.abs(now() - before) < foldedFor) return
    }
    if (waiting.length >= mostWaiting) lost += 1
    else waiting.push(entryOf(note))
    // A draft or what waits to leave is soon gone: it is named before anything else is asked of the store.
    const fleeting = note.subject?.kind === 'draft' || note.subject?.kind === 'outbox'
    if (fleeting || waiting.length >= mostAtOnce) void flush()
    else cancelTimer ??= deps.after(writtenAfter, () => void flush())
  }

  const verify = async (): Promise<Outcome<TraceChain>> => {
    await flush()
    return check.verify((note) => {
      record(note)
      return flush()
    })
  }

  /** Takes away what is older than it must be kept, from a chain that holds only: a broken one is evidence. */
  const purge = async (): Promise<void> => {
    const before = monthsBefore(now(), deps.months)
    for (;;) {
      if (author === null) return
      const gone = await vault.run('traces.purge', {
        before,
        limit: slice,
        entry: signed(entryOf({ action: 'traces-purged', automatic: true, request: '' }), author),
      })
      if (!gone.ok || gone.value < slice) return
    }
  }

  /** What is done once for each opening: the chain is checked, what is too old goes, the witness takes the end down. */
  const begin = async (): Promise<void> => {
    const checked = await verify()
    if (!checked.ok || checked.value.state !== 'intact') return
    await purge()
    await check.testify()
  }

  return {
    record,
    flush,
    verify,
    /** What the last check said; null while the first one goes on. */
    chain: check.chain,
    months: deps.months,
    /**
     * Something is about to happen to the store while it is closed: the first trace once it is open. The answer takes it back,
     * when it did not happen.
     */
    announce: (note: TraceNote): (() => void) => {
      announced.add(note)
      return () => void announced.delete(note)
    },
    /** The witness takes the end of the chain down now. */
    testify: check.testify,
    /** The mailbox is open: traces are taken, the chain is checked, what is too old goes. */
    start: (): void => {
      open = true
      begun = false
      author = null
      mailboxes.clear()
      lately.clear()
      lost = 0
      check.forget()
      waiting = [...announced].map(entryOf)
      announced.clear()
      void flush()
    },
    /** Everything told until now is written; nothing after is. */
    stop: async (): Promise<void> => {
      open = false
      await flush()
      waiting = []
      if (begun) await check.testifyLater(0)
      begun = false
    },
  }
}

export type TraceRecorder = ReturnType<typeof createTraceRecorder>
