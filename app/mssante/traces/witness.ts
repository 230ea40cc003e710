import type { TraceNotice } from '../../contract/index.ts'

/** A file outside the store, to which lines are only ever added. */
export interface WitnessFile {
  /** What it holds, the newest part of it when that is much; null when there is none. */
  read: () => Promise<string | null>
  append: (line: string) => Promise<void>
}

/** The end of the chain as it was at a time. */
export interface Testimony {
  /** ISO 8601. */
  at: string
  seq: number
  hash: string
}

/** One line of the file: time;number;hash. */
export const testimonyLine = ({ at, seq, hash }: Testimony): string => `${at};${seq};${hash}\n`

/** What the file testifies, oldest first. Lines that are none say nothing: they are as good as taken away. */
export const readTestimonies = (text: string): Testimony[] =>
  text.split('\n').flatMap((line) => {
    const [, at, seq, hash] =
      /^(\d{4}-\d\d-\d\dT[\d:.]{8,12}Z);(\d{1,15});([0-9a-f]{64})\r?$/.exec(line) ?? []
    return at && seq && hash ? [{ at, seq: Number(seq), hash }] : []
  })

interface End {
  seq: number
  hash: string
}

/** What the store says of itself, for the witness to be held against. */
export interface Testified {
  floor: End
  head: End
  /** The end that the store knows the witness took down last; 0 where it never did. */
  witness: End
  /** Hashes of the traces that testimonies name and the store has. */
  hashes: ReadonlyMap<number, string>
  /** When SousPli itself put another store in the place of the one that was here, and the trace that says so. */
  replaced: readonly { at: string; seq: number }[]
}

export type WitnessVerdict =
  { finding: 'rewritten' | 'older'; at: number } | { finding: null; notices: TraceNotice[]; missing: boolean }

/**
 * Holds a chain against what the witness saw. A difference is no finding where SousPli itself has put a backup in the place of the
 * store afterwards: that is told. What was purged since is not looked for.
 */
export const judge = (testimonies: readonly Testimony[], told: Testified): WitnessVerdict => {
  const { floor, head } = told
  let explained: number | null = null
  for (const { at, seq, hash } of testimonies) {
    if (seq < floor.seq) continue
    const here = seq === floor.seq ? floor.hash : told.hashes.get(seq)
    if (here === hash) continue
    const replaced = told.replaced.find((one) => one.at >= at)
    if (!replaced)
      return seq > head.seq ? { finding: 'older', at: head.seq + 1 } : { finding: 'rewritten', at: seq }
    explained = replaced.seq
  }
  const known = testimonies.some(({ seq, hash }) => seq === told.witness.seq && hash === told.witness.hash)
  return {
    finding: null,
    notices: explained === null ? [] : [{ kind: 'replaced', at: explained }],
    missing: told.witness.seq > 0 && !known && !told.replaced.some(({ seq }) => seq > told.witness.seq),
  }
}
