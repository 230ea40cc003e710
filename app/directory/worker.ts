import { parentPort, workerData } from 'node:worker_threads'
import type { ErrorCode } from '../contract/index.ts'
import type { SqlDatabase } from '../vault/index.ts'
import { applyFindings, personFacts } from './base/apply.ts'
import { factsOf } from './base/facts.ts'
import { importExtraction } from './base/import.ts'
import { mailboxAt, mailboxesOfPerson, mailboxesOfStructure } from './base/read.ts'
import { Refusal } from './base/refusal.ts'
import { openBase } from './base/schema.ts'
import { searchBase } from './base/search.ts'
import type { BaseThreadData, BaseWork, FromBase, ToBase, WorkName } from './protocol.ts'

/** What each thread keeps of the file in memory. */
const cacheKibibytes = { read: 12 * 1024, write: 24 * 1024 } as const

if (!parentPort) throw new Error('the directory worker must be started as a worker thread')
const port = parentPort
const data = workerData as BaseThreadData
const stop = new Int32Array(data.stopping)
const stopping = (): boolean => Atomics.load(stop, 0) === 1
const tell = (message: FromBase): void => {
  port.postMessage(message)
}
const db: SqlDatabase = openBase({
  path: data.path,
  key: data.key,
  create: data.role === 'write',
  cacheKibibytes: cacheKibibytes[data.role],
  stopping,
})
data.key.fill(0)
// What an import that was cut left in the log.
if (data.role === 'write') db.exec('PRAGMA wal_checkpoint(TRUNCATE)')

const count = (column: 'national_id' | 'structure_id', value: string): number =>
  db
    .prepare(
      `SELECT count(DISTINCT address) AS n FROM mailboxes WHERE ${column} = ? AND gone_since IS NULL AND unlisted = 0`,
    )
    .get<{ n: number }>([value])?.n ?? 0

type Works = {
  [N in WorkName]: (params: BaseWork[N]['params']) => BaseWork[N]['answer'] | Promise<BaseWork[N]['answer']>
}

const tellEvery = 200
const works: Works = {
  search: (wish) => searchBase(db, wish),
  person: ({ nationalId }) => {
    const known = personFacts(db, nationalId)
    return {
      mailboxes: mailboxesOfPerson(db, nationalId),
      facts: known?.facts ?? null,
      verifiedAt: known?.verifiedAt ?? null,
    }
  },
  structure: ({ structureId }) => mailboxesOfStructure(db, structureId),
  identify: ({ addresses }) => addresses.map((address) => mailboxAt(db, address)),
  counts: ({ nationalIds, structureIds }) => ({
    persons: nationalIds.map((id) => count('national_id', id)),
    structures: structureIds.map((id) => count('structure_id', id)),
  }),
  facts: () => ({
    ...factsOf(db),
    bytes: Number(db.pragma('page_count') ?? 0) * Number(db.pragma('page_size') ?? 0),
  }),
  import: async (wish) => {
    let told = 0
    const generation = await importExtraction(
      db,
      wish,
      (progress) => {
        const now = performance.now()
        if (progress.phase === 'read' && now - told < tellEvery) return
        told = now
        tell({ kind: 'progress', progress })
      },
      stopping,
    )
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    return generation
  },
  apply: (findings) => applyFindings(db, findings),
}

const codeOf = (error: unknown): ErrorCode => {
  if (error instanceof Refusal) return error.code
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
  if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR') return 'exchange.unreadable'
  if (stopping()) return 'vault.cancelled'
  if (code.startsWith('SQLITE_FULL') || code === 'ENOSPC') return 'vault.disk-full'
  if (code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB')) return 'vault.corrupt'
  return 'core.internal'
}

let turn: Promise<unknown> = Promise.resolve()
port.on('message', ({ id, name, params }: ToBase) => {
  turn = turn.then(async () => {
    try {
      // The names come from typed code on the other side of the thread; each work knows its own parameters.
      const work = works[name] as (params: unknown) => unknown
      tell({ kind: 'done', id, answer: await work(params) })
    } catch (error) {
      const trace = error instanceof Error ? (error.stack ?? '') : ''
      tell({ kind: 'failed', id, code: codeOf(error), trace })
    }
  })
})
