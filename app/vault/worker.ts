import { parentPort } from 'node:worker_threads'
import { fail, toErrorData, type AppError, type Outcome } from '../contract/errors.ts'
import type { SqlDatabase } from './database.ts'
import { codeOf, storeError } from './failure.ts'
import { checkpointNow, controls, isHeld } from './control.ts'
import { migrations } from './migrations/index.ts'
import type { Operation } from './operation.ts'
import { operations } from './operations/index.ts'
import { openStore } from './store.ts'
import type { FromWorker, ToWorker } from './worker-protocol.ts'

/** Deleted content must not linger in the write-ahead log (models.md §8.1). */
const checkpointDelay = 5_000
/** Pages given back to the file system at a time. */
const vacuumPages = 500

if (!parentPort) throw new Error('the vault worker must be started as a worker thread')
const port = parentPort
const tell = (message: FromWorker): void => {
  port.postMessage(message)
}
const trace = (error: AppError): string => (error.cause instanceof Error ? (error.cause.stack ?? '') : '')

// The names come from typed code on the other side of the thread; each operation knows its own parameters.
const table = new Map(Object.entries(operations)) as ReadonlyMap<string, Operation<unknown, unknown>>

let db: SqlDatabase | undefined
let checkpoint: NodeJS.Timeout | undefined

const checkpointLater = (open: SqlDatabase): void => {
  checkpoint ??= setTimeout(() => {
    checkpoint = undefined
    if (isHeld(open)) return
    try {
      open.exec(`PRAGMA incremental_vacuum(${String(vacuumPages)})`)
      checkpointNow(open)
    } catch {
      // Housekeeping: the next operation meets the same trouble and reports it.
    }
  }, checkpointDelay)
}

const open = (message: Extract<ToWorker, { type: 'open' }>): void => {
  const flag = new Int32Array(message.stopping)
  const opened = openStore({
    path: message.path,
    key: message.key,
    create: message.create,
    migrations,
    stopping: () => Atomics.load(flag, 0) === 1,
  })
  message.key.fill(0)
  if (opened.ok) {
    db = opened.value
    tell({ type: 'opened' })
  } else tell({ type: 'refused', error: toErrorData(opened.error), trace: trace(opened.error) })
}

let damaged = false

/** After one page that is not authentic SQLCipher answers everything with SQLITE_ERROR: that is damage still. */
const afterDamage = (error: unknown): Outcome<never> => {
  const failed = storeError(error)
  if (!failed.ok && failed.error.code === 'vault.corrupt') damaged = true
  return damaged && codeOf(error) === 'SQLITE_ERROR' ? fail('vault.corrupt', { cause: error }) : failed
}

const run = (message: Extract<ToWorker, { type: 'run' }>): void => {
  const { id, name, params, at } = message
  const operation = table.get(name)
  const control = controls.get(name)
  const open = db
  try {
    if (!open || !(operation ?? control)) throw new Error(`no such operation: ${name}`)
    const value = operation
      ? open.transaction(() => operation(open, params, { now: () => at }))
      : control?.(open, params)
    tell({ type: 'done', id, value })
    if (operation) checkpointLater(open)
  } catch (error) {
    const failed = afterDamage(error)
    if (!failed.ok) {
      tell({ type: 'failed', id, error: toErrorData(failed.error), trace: trace(failed.error) })
    }
  }
}

port.on('message', (message: ToWorker) => {
  switch (message.type) {
    case 'open':
      open(message)
      break
    case 'run':
      run(message)
      break
    case 'close':
      clearTimeout(checkpoint)
      try {
        db?.close()
      } catch {
        // Nothing more can be done with it; the file recovers at the next opening.
      }
      db = undefined
      tell({ type: 'closed' })
      port.close()
      break
  }
})
