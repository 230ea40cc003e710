import { ok, type Outcome, type Trace, type TraceComparison } from '../../contract/index.ts'
import { traceCsvLines, type ExportedTrace } from './csv.ts'

/** Numbers told of each kind of difference. */
const mostTold = 20

/**
 * Compares the lines of a former export with the traces that are here. `floor` is the last trace purged, `tracesOf` answers
 * those of an interval of numbers (both ends included). Errors: those of `tracesOf`.
 */
export const compareExport = async (
  exported: readonly ExportedTrace[],
  floor: number,
  tracesOf: (first: number, last: number) => Promise<Outcome<Trace[]>>,
): Promise<Outcome<TraceComparison>> => {
  const found = { count: exported.length, same: 0, purged: 0 }
  const rewritten: number[] = []
  const edited: number[] = []
  const missing: number[] = []
  const tell = (list: number[], seq: number): void => {
    if (list.length < mostTold) list.push(seq)
  }
  const sorted = exported.toSorted((one, other) => one.seq - other.seq)
  const span = 2_000
  for (let index = 0; index < sorted.length;) {
    const first = sorted[index]?.seq ?? 0
    const block = sorted.slice(index, index + span).filter(({ seq }) => seq < first + span)
    index += block.length
    const here = await tracesOf(first, block.at(-1)?.seq ?? first)
    if (!here.ok) return here
    const bySeq = new Map(here.value.map((trace) => [trace.seq, trace]))
    for (const { seq, hash, line } of block) {
      const trace = bySeq.get(seq)
      if (!trace) {
        if (seq <= floor) found.purged += 1
        else tell(missing, seq)
      } else if (trace.hash !== hash) tell(rewritten, seq)
      else if (`${line}\r\n` !== traceCsvLines([trace])) tell(edited, seq)
      else found.same += 1
    }
  }
  return ok({ ...found, rewritten, edited, missing })
}
