import { ok, type Outcome, type TraceChain, type TraceNotice } from '../../contract/index.ts'
import type { Vault } from '../../vault/index.ts'
import type { TraceNote } from './recorder.ts'
import { judge, readTestimonies, testimonyLine, type Testimony, type WitnessFile } from './witness.ts'

/** Milliseconds after which the witness takes the end of a chain down that has grown since. */
const testifiesAfter = 60 * 60_000
/** Milliseconds that a clock may be set back by without being told. */
const clockTolerance = 5 * 60_000
/** Testimonies that are held against the chain: the newest. */
const mostTestimonies = 20_000

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())

/** Checks the chain of traces in itself and against its witness outside the store. */
export const createTraceCheck = (deps: {
  vault: Pick<Vault, 'run'>
  now: () => number
  witness: WitnessFile
  /** Traces checked at once. */
  slice: number
  onChecked: (chain: TraceChain) => void
  onFault: (error: unknown) => void
}) => {
  const { vault, now, witness } = deps
  let chain: TraceChain | null = null
  let testified: Testimony | null = null
  let turn: Promise<unknown> = Promise.resolve()

  const testimonies = async (): Promise<Testimony[] | null> => {
    try {
      return readTestimonies((await witness.read()) ?? '').slice(-mostTestimonies)
    } catch (error) {
      deps.onFault(error)
      return null
    }
  }

  /** The witness takes the end of the chain down, unless it has it already. */
  const testify = async (): Promise<void> => {
    const extent = await vault.run('traces.extent', {})
    if (!extent.ok) return
    const { head } = extent.value
    if (head.seq === 0 || (testified?.seq === head.seq && testified.hash === head.hash)) return
    const testimony = { ...head, at: new Date(now()).toISOString() }
    try {
      await witness.append(testimonyLine(testimony))
    } catch (error) {
      deps.onFault(error)
      return
    }
    testified = testimony
    await vault.run('traces.witnessed', head)
  }

  /** The chain in itself: what does not hold, and where the clock went back. */
  const walk = async (): Promise<
    Outcome<{ finding: 'changed' | 'missing' | null; at: number; back: number | null }>
  > => {
    let from: { seq: number; hash: string; at: number } | null = null
    let back: number | null = null
    for (;;) {
      const checked: Awaited<ReturnType<typeof checkSlice>> = await checkSlice(from)
      if (!checked.ok) return checked
      from = checked.value.from
      back ??= checked.value.back
      const { finding, at } = checked.value
      if (finding !== null || from === null) return ok({ finding, at, back })
    }
  }
  const checkSlice = (from: { seq: number; hash: string; at: number } | null) =>
    vault.run('traces.check', { from, limit: deps.slice, tolerance: clockTolerance })

  /** Traces that the chain has of stores replaced, or of what was found of the witness; the newest. */
  const tracesOf = (action: 'store-replaced' | 'traces-checked') =>
    vault.run('traces.page', {
      filter: {
        ...{ from: null, to: null, actions: [action], account: null },
        // Comparisons with exports are of the same action.
        ...(action === 'traces-checked'
          ? { outcomes: ['failed' as const], text: 'traces.verify witness' }
          : { outcomes: ['ok' as const], text: '' }),
      },
      before: null,
      limit: 500,
    })

  /** What is found of the witness for the first time leaves a trace by `note`, so that it stays known. */
  const verifyNow = async (note: (found: TraceNote) => Promise<void>): Promise<Outcome<TraceChain>> => {
    const walked = await walk()
    if (!walked.ok) return walked
    const extent = await vault.run('traces.extent', {})
    if (!extent.ok) return extent
    const { count, floor, head, witness: known, first, last } = extent.value
    const told = (state: TraceChain): Outcome<TraceChain> => {
      chain = state
      deps.onChecked(state)
      return ok(state)
    }
    const { finding, at, back } = walked.value
    if (finding !== null) return told({ state: 'broken', count, finding, at })
    const seen = await testimonies()
    const [replaced, checked, hashes] = await Promise.all([
      tracesOf('store-replaced'),
      tracesOf('traces-checked'),
      vault.run('traces.hashes', { seqs: [...new Set((seen ?? []).map(({ seq }) => seq))] }),
    ])
    if (!replaced.ok) return replaced
    if (!checked.ok) return checked
    if (!hashes.ok) return hashes
    const verdict = judge(seen ?? [], {
      floor,
      head,
      witness: known,
      hashes: new Map(hashes.value.map(({ seq, hash }) => [seq, hash])),
      replaced: replaced.value.traces,
    })
    if (verdict.finding !== null)
      return told({ state: 'broken', count, finding: verdict.finding, at: verdict.at })
    const notices: TraceNotice[] = [...verdict.notices]
    if (back !== null) notices.push({ kind: 'clock-back', at: back })
    if (seen === null) notices.push({ kind: 'witness-unavailable' })
    const noticed = checked.value.traces[0]?.seq ?? null
    if (verdict.missing && seen !== null) {
      await note({
        action: 'traces-checked',
        automatic: true,
        request: 'traces.verify',
        answer: `witness #${known.seq} missing`,
        outcome: 'failed',
      })
      await testify()
      const noted = await tracesOf('traces-checked')
      if (!noted.ok) return noted
      notices.push({ kind: 'witness-missing', at: noted.value.traces[0]?.seq ?? head.seq + 1 })
    } else if (noticed !== null) notices.push({ kind: 'witness-missing', at: noticed })
    return told({
      state: 'intact',
      count,
      first: iso(first),
      last: iso(last),
      witnessed: testified?.at ?? seen?.at(-1)?.at ?? null,
      notices,
    })
  }

  return {
    /** Checks everything, one check after the other. `note` leaves a trace. */
    verify: (note: (found: TraceNote) => Promise<void>): Promise<Outcome<TraceChain>> => {
      const checked = turn.then(() => verifyNow(note))
      turn = checked.catch(() => undefined)
      return checked
    },
    testify,
    /** Takes the end down when that was not done for a while; never before the witness was listened to. */
    testifyLater: async (milliseconds = testifiesAfter): Promise<void> => {
      if (testified && Math.abs(now() - Date.parse(testified.at)) >= milliseconds) await testify()
    },
    chain: (): TraceChain | null => chain,
    /** Another store. */
    forget: (): void => {
      chain = null
      testified = null
    },
  }
}
