import { createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { Worker } from 'node:worker_threads'
import type { ExportFormat, ExportState, MessageRow, PrintLabels } from '../../contract/index.ts'
import { fail, ok, toErrorData, type AppError, type ErrorCode, type Outcome } from '../../contract/errors.ts'
import { messageFileName, uniqueNames } from './file-names.ts'
import type { FileFlags } from './found-message.ts'
import { mboxEntry } from './mbox.ts'
import type { FromPrinter, PrintedMessage, PrintRequest, ToPrinter } from './printed.ts'

export interface ExportDependencies {
  rows: (ids: number[]) => Promise<Outcome<MessageRow[]>>
  /** The source, downloaded if need be. */
  rawMessage: (id: number) => Promise<Outcome<Uint8Array>>
  /** What goes on paper; opens what the session can decrypt. */
  printed: (row: MessageRow, raw: Uint8Array) => Promise<Outcome<PrintedMessage>>
  /** Entry of print-worker.ts, and the folder of the two typefaces. */
  printWorker: string
  fonts: () => Promise<{ regular: Uint8Array; bold: Uint8Array }>
  tell: (state: ExportState) => void
  now: () => number
}

export interface ExportWish {
  /** A file, or the folder of several .eml: chosen in main's dialog. */
  path: string
  folder: boolean
  format: ExportFormat
  ids: number[]
  subjectInNames: boolean
  labels: PrintLabels | null
  language: string
}

/** Bytes of originals in one PDF at most. */
const largestPdf = 1024 * 1024 * 1024
/** Messages in one PDF at most. */
const mostPrinted = 2000
/** Messages named as missing, and messages between two words of progress. */
const namedMissing = 200
const toldEvery = 10
/** One message takes this long on paper at most, in milliseconds. */
const printLimit = 60_000

/** Where messages of an export go, one after the other; `close` makes the whole appear, `drop` leaves nothing. */
interface Writer {
  add: (row: MessageRow, raw: Uint8Array) => Promise<Outcome<{ stillEncrypted: boolean }>>
  close: () => Promise<Outcome<null>>
  drop: () => Promise<void>
}

const writeError = (cause: unknown): Outcome<never> => {
  const system: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined
  if (system === 'ENOSPC' || system === 'EDQUOT')
    return fail('vault.disk-full', { cause, retry: 'after-change' })
  return fail('exchange.write-failed', { cause, retry: 'after-change' })
}

const flagsOf = (row: MessageRow): FileFlags => ({
  seen: row.seen,
  flagged: row.flagged,
  answered: row.answered,
  forwarded: row.forwarded,
})

const writeWhole = async (path: string, bytes: Uint8Array, flag: 'w' | 'wx'): Promise<void> => {
  const handle = await open(path, flag, 0o600)
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** One .eml each; a name that the folder has already gets a number. */
const emlFolder = (wish: ExportWish): Writer => {
  const names = uniqueNames()
  return {
    add: async (row, raw) => {
      for (let tries = 0; tries < 1000; tries += 1) {
        try {
          await writeWhole(join(wish.path, names(messageFileName(row, wish.subjectInNames))), raw, 'wx')
          return ok({ stillEncrypted: row.encrypted })
        } catch (cause) {
          if (Reflect.get(Object(cause), 'code') !== 'EEXIST') return writeError(cause)
        }
      }
      return fail('exchange.write-failed')
    },
    close: () => Promise.resolve(ok(null)),
    // Files already complete stay: each is a message in itself.
    drop: () => Promise.resolve(),
  }
}

/** One file that appears under its name only when it is complete. */
const partial = (path: string) => {
  const temporary = `${path}.souspli-partial`
  return {
    temporary,
    close: async (): Promise<Outcome<null>> => {
      try {
        await rename(temporary, path)
        return ok(null)
      } catch (cause) {
        return writeError(cause)
      }
    },
    drop: (): Promise<void> => rm(temporary, { force: true }),
  }
}

const emlFile = (wish: ExportWish): Writer => {
  const { temporary, close, drop } = partial(wish.path)
  return {
    add: async (row, raw) => {
      try {
        await writeWhole(temporary, raw, 'w')
        return ok({ stillEncrypted: row.encrypted })
      } catch (cause) {
        return writeError(cause)
      }
    },
    close,
    drop,
  }
}

const mboxFile = (wish: ExportWish): Writer => {
  const { temporary, close, drop } = partial(wish.path)
  const stream = createWriteStream(temporary, { mode: 0o600 })
  const ended = finished(stream)
  ended.catch(() => undefined) // told by `add` and `close`
  return {
    add: async (row, raw) => {
      const sender = row.from.address
      const entry = mboxEntry({ raw, sender, receivedAt: Date.parse(row.date), flags: flagsOf(row) })
      try {
        await new Promise<void>((resolve, reject) => {
          stream.write(entry, (error) => (error ? reject(error) : resolve()))
        })
        return ok({ stillEncrypted: row.encrypted })
      } catch (cause) {
        return writeError(cause)
      }
    },
    close: async () => {
      try {
        stream.end()
        await ended
        return await close()
      } catch (cause) {
        return writeError(cause)
      }
    },
    drop: async () => {
      stream.destroy()
      await drop()
    },
  }
}

const pdfFile = async (deps: ExportDependencies, wish: ExportWish, labels: PrintLabels): Promise<Writer> => {
  const { temporary, close, drop } = partial(wish.path)
  const request: PrintRequest = {
    path: temporary,
    labels,
    language: wish.language,
    fonts: await deps.fonts(),
    exportedAt: deps.now(),
  }
  const worker = new Worker(deps.printWorker, { workerData: request })
  let bytes = 0
  const ask = async (message: ToPrinter): Promise<Outcome<null>> => {
    const settled = Promise.withResolvers<Outcome<null>>()
    const answered = (answer: FromPrinter): void =>
      settled.resolve(
        answer.ok ? ok(null) : writeError(Object.assign(new Error('printer'), { code: answer.code })),
      )
    const died = (cause: unknown): void => settled.resolve(fail('core.internal', { cause }))
    const timer = setTimeout(() => {
      settled.resolve(fail('mime.limit', { details: { what: 'time' } }))
      void worker.terminate()
    }, printLimit)
    worker.on('message', answered).on('error', died).on('exit', died)
    worker.postMessage(message)
    const outcome = await settled.promise
    clearTimeout(timer)
    worker.off('message', answered).off('error', died).off('exit', died)
    return outcome
  }
  return {
    add: async (row, raw) => {
      const printed = await deps.printed(row, raw)
      if (!printed.ok) return printed
      bytes += raw.byteLength
      bytes += printed.value.attachments.reduce((sum, one) => sum + one.bytes.byteLength, 0)
      if (bytes > largestPdf) return fail('exchange.too-large', { details: { limit: largestPdf } })
      const done = await ask({ kind: 'message', message: printed.value })
      return done.ok ? ok({ stillEncrypted: printed.value.encryption === 'failed' }) : done
    },
    close: async () => {
      const ended = await ask({ kind: 'end' })
      await worker.terminate()
      return ended.ok ? await close() : ended
    },
    drop: async () => {
      await worker.terminate()
      await drop()
    },
  }
}

/** Exports of a selection, one state each; nothing appears under the chosen name before it is complete. */
export const createExports = (deps: ExportDependencies) => {
  const running = new Map<number, AbortController>()
  let last = 0

  const writerOf = async (wish: ExportWish): Promise<Outcome<Writer>> => {
    try {
      if (wish.format === 'mbox') return ok(mboxFile(wish))
      if (wish.format === 'eml') return ok(wish.folder ? emlFolder(wish) : emlFile(wish))
      if (wish.ids.length > mostPrinted)
        return fail('exchange.too-large', { details: { limit: mostPrinted } })
      return wish.labels ? ok(await pdfFile(deps, wish, wish.labels)) : fail('contract.invalid-request')
    } catch (cause) {
      return writeError(cause)
    }
  }

  const work = async (state: ExportState, wish: ExportWish, signal: AbortSignal): Promise<void> => {
    const opened = await writerOf(wish)
    if (!opened.ok) return deps.tell({ ...state, state: 'failed', error: toErrorData(opened.error) })
    const writer = opened.value
    const stop = async (kind: 'failed' | 'cancelled' | 'done', error: AppError | null): Promise<void> => {
      await writer.drop()
      deps.tell({ ...state, state: kind, error: error ? toErrorData(error) : null })
    }
    const miss = (id: number, subject: string, code: ErrorCode): void => {
      state.missingCount += 1
      if (state.missing.length < namedMissing) state.missing = [...state.missing, { id, subject, code }]
    }
    // In the order of the list, oldest first: as a file of letters is read.
    for (const id of wish.ids.toSorted((a, b) => a - b)) {
      if (signal.aborted) return await stop('cancelled', null)
      const found = await deps.rows([id])
      if (!found.ok) return await stop('failed', found.error)
      const row = found.value[0]
      const raw = row ? await deps.rawMessage(id) : fail('mail.not-found')
      if (!row || !raw.ok) {
        const code = raw.ok ? 'mail.not-found' : raw.error.code
        if (code.startsWith('vault.')) return await stop('failed', raw.ok ? null : raw.error)
        miss(id, row?.subject ?? '', code)
      } else {
        const added = await writer.add(row, raw.value)
        if (!added.ok) {
          const own = added.error.code.startsWith('mime.') || added.error.code.startsWith('smime.')
          if (!own) return await stop('failed', added.error)
          miss(id, row.subject, added.error.code)
        } else if (added.value.stillEncrypted) state.stillEncrypted += 1
      }
      state.done += 1
      if (state.done % toldEvery === 0) deps.tell({ ...state })
    }
    if (signal.aborted) return await stop('cancelled', null)
    if (state.missingCount === wish.ids.length) return await stop('done', null)
    const closed = await writer.close()
    if (!closed.ok) return await stop('failed', closed.error)
    deps.tell({ ...state, state: 'done' })
  }

  return {
    start: (wish: ExportWish): ExportState => {
      last += 1
      const state: ExportState = {
        id: last,
        format: wish.format,
        state: 'running',
        done: 0,
        total: wish.ids.length,
        missingCount: 0,
        missing: [],
        stillEncrypted: 0,
        error: null,
      }
      const aborter = new AbortController()
      running.set(state.id, aborter)
      work({ ...state }, wish, aborter.signal)
        .catch((cause: unknown) => {
          const error = writeError(cause)
          deps.tell({ ...state, state: 'failed', error: error.ok ? null : toErrorData(error.error) })
        })
        .finally(() => running.delete(state.id))
      return state
    },
    cancel: (id: number): void => running.get(id)?.abort(),
    stop: (): void => {
      for (const aborter of running.values()) aborter.abort()
    },
  }
}
