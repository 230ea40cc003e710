import { ok, type CoreMethod, type Input, type Outcome, type Output } from './contract/index.ts'
import { traceCsvHead, traceCsvLines, type TraceRecorder } from './mssante/index.ts'
import type { Resource } from './reading/index.ts'
import type { Vault } from './vault/index.ts'

type Method = Extract<CoreMethod, `traces.${string}`>
type Handlers = { [M in Method]: (input: Input<M>) => Promise<Outcome<Output<M>>> | Outcome<Output<M>> }

const slice = 2_000

/** The calls of contract/traces.ts. */
export const tracesHandlers = (deps: {
  traces: TraceRecorder
  vault: Pick<Vault, 'run'>
  keep: (resource: Resource) => string
  /** Milliseconds since 1970. */
  now: () => number
}): Handlers => {
  const { traces, vault } = deps
  return {
    'traces.state': () => ok({ chain: traces.chain(), months: traces.months }),
    'traces.page': async (wish) => {
      await traces.flush()
      return vault.run('traces.page', wish)
    },
    'traces.verify': () => traces.verify(),
    'traces.export': async ({ filter }) => {
      await traces.flush()
      const chunks: Buffer[] = [Buffer.from(traceCsvHead)]
      let count = 0
      for (let after = 0; ;) {
        const part = await vault.run('traces.slice', { filter, after, limit: slice })
        if (!part.ok) return part
        chunks.push(Buffer.from(traceCsvLines(part.value)))
        count += part.value.length
        const last = part.value.at(-1)
        if (!last || part.value.length < slice) break
        after = last.seq
      }
      const bytes = Buffer.concat(chunks)
      const fileName = `souspli-traces-${new Date(deps.now()).toISOString().slice(0, 10)}.csv`
      const url = deps.keep({
        mimeType: 'text/csv',
        size: bytes.byteLength,
        fileName,
        read: () => Promise.resolve(ok(bytes)),
      })
      return ok({ url, fileName, count })
    },
  }
}
