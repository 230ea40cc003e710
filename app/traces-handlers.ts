import { ok, type CoreMethod, type Input, type Outcome, type Output } from './contract/index.ts'
import {
  compareExport,
  readTraceCsv,
  traceCsvHead,
  traceCsvLines,
  type TraceRecorder,
} from './mssante/index.ts'
import type { Resource, Uploads } from './reading/index.ts'
import { uploadedBytes } from './uploaded-bytes.ts'
import type { Vault } from './vault/index.ts'

type Method = Extract<CoreMethod, `traces.${string}`>
type Handlers = { [M in Method]: (input: Input<M>) => Promise<Outcome<Output<M>>> | Outcome<Output<M>> }
/** What puts another store in the place of the one that is here. */
type Replacing = 'session.restore' | 'session.rebuild'
type ReplacingHandlers = {
  [M in Replacing]: (input: Input<M>) => Promise<Outcome<Output<M>>> | Outcome<Output<M>>
}

const slice = 2_000
/** Bytes of a former export that is compared: some million of traces. */
const largestExport = 512 * 1024 * 1024

/** The calls of contract/traces.ts. */
export const tracesHandlers = (deps: {
  traces: TraceRecorder
  vault: Vault
  uploads: Uploads
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
    'traces.compare': async ({ uploadId }) => {
      const bytes = await uploadedBytes(deps, uploadId, largestExport)
      if (!bytes.ok) return bytes
      const exported = readTraceCsv(Buffer.from(bytes.value).toString('utf8'))
      if (!exported.ok) return exported
      await traces.flush()
      const extent = await vault.run('traces.extent', {})
      if (!extent.ok) return extent
      return compareExport(exported.value, extent.value.floor.seq, (first, last) =>
        vault.run('traces.between', { first, last }),
      )
    },
  }
}

/** Restoring and rebuilding leave a trace in the store that takes the place: its chain ends elsewhere than the former one's. */
export const tracedReplacements = (
  handlers: ReplacingHandlers,
  traces: Pick<TraceRecorder, 'announce'>,
): ReplacingHandlers => {
  const told = async <T>(
    request: Replacing,
    work: () => Promise<Outcome<T>> | Outcome<T>,
  ): Promise<Outcome<T>> => {
    const takeBack = traces.announce({ action: 'store-replaced', request })
    const outcome = await work()
    if (!outcome.ok) takeBack()
    return outcome
  }
  return {
    'session.restore': (input) => told('session.restore', () => handlers['session.restore'](input)),
    'session.rebuild': (input) => told('session.rebuild', () => handlers['session.rebuild'](input)),
  }
}
