import { basename } from 'node:path'
import type { ImportState, Refusal } from '../../contract/index.ts'
import { ErrorCode, fail, ok, type Outcome } from '../../contract/errors.ts'
import type { ImportSource, LocalMessage, StoredBody, StoredImport, Vault } from '../../vault/index.ts'
import type { Announce } from '../changes.ts'
import { Failure, must } from '../net/failure.ts'
import { bytesSource } from './byte-source.ts'
import { largestImported, noFlags, type FoundMessage } from './found-message.ts'
import { listImportFiles, readImportFile, type ImportFile } from './import-files.ts'
import { looksLikeMbox } from './mbox.ts'
import { readImportedRow, type ImportReading } from './read-message.ts'

export interface ImportDependencies extends ImportReading {
  vault: Vault
  announce: Announce
  /** Everything a source holds for its row and the index; `mime.limit` and the like when it cannot be read safely. */
  readBody: (raw: Uint8Array) => Promise<Outcome<Omit<StoredBody, 'id'>>>
  /** There is something to append for an account. */
  wake: (accountId: number) => void
  tell: (state: ImportState) => void
  /** Something failed that nobody waits for. */
  onFault: (error: unknown) => void
}

/** One transaction at most holds. */
const batchMessages = 40
const batchBytes = 8 * 1024 * 1024

const stateOf = (stored: StoredImport): ImportState => {
  const code = ErrorCode.safeParse(stored.error)
  return {
    id: stored.id,
    accountId: stored.accountId,
    folderId: stored.folderId,
    name: stored.name,
    state: stored.state,
    done: Math.min(stored.done, stored.total),
    total: stored.total,
    imported: stored.imported,
    duplicates: stored.duplicates,
    deleted: stored.deleted,
    refused: stored.refused,
    startedAt: new Date(stored.startedAt).toISOString(),
    finishedAt: stored.finishedAt === null ? null : new Date(stored.finishedAt).toISOString(),
    error: code.success ? { code: code.data, retry: 'after-change' } : null,
  }
}

interface Batch {
  messages: LocalMessage[]
  skipped: { duplicates: number; deleted: number }
  refusals: { file: string; place: number; code: string }[]
  bytes: number
}

const emptyBatch = (): Batch => ({
  messages: [],
  skipped: { duplicates: 0, deleted: 0 },
  refusals: [],
  bytes: 0,
})

/**
 * Imports of mbox, eml and Maildir files. Each batch is one transaction with the journal, so an import that a crash or a
 * lock stops goes on where it was; a message the mailbox has already is skipped.
 */
export const createImports = (deps: ImportDependencies) => {
  const { vault } = deps
  const running = new Map<number, AbortController>()

  const tell = (stored: StoredImport | null): void => {
    if (stored) deps.tell(stateOf(stored))
  }

  const filesOf = async (source: ImportSource): Promise<ImportFile[]> => {
    if ('paths' in source) return await listImportFiles(source.paths)
    const files: ImportFile[] = []
    for (const { partFile, fileName, size } of source.parts) {
      const open = async () => bytesSource(must(await vault.parts.readAll(partFile, largestImported)))
      const head = (await (await open()).read(0, 4096)).slice()
      files.push({
        name: fileName,
        size,
        kind: looksLikeMbox(head) ? 'mbox' : 'eml',
        open,
        flags: noFlags,
        receivedAt: null,
        deleted: false,
      })
    }
    return files
  }

  const read = async (
    job: StoredImport,
    found: FoundMessage,
    batch: Batch,
    file: ImportFile,
  ): Promise<void> => {
    const refuse = (code: ErrorCode): void => {
      batch.refusals.push({ file: file.name, place: found.start, code })
    }
    if (found.deleted) {
      batch.skipped.deleted += 1
      return
    }
    if (found.raw === null) return refuse('mime.limit')
    const raw = found.raw
    const row = readImportedRow({ raw, flags: found.flags, receivedAt: found.receivedAt }, deps)
    if (!row.ok) return refuse(row.error.code)
    const { identity } = row.value
    const [known] = must(
      await vault.run('imports.known', { accountId: job.accountId, identities: [identity] }),
    )
    if (
      known === true ||
      batch.messages.some((one) => Buffer.compare(one.message.identity, identity) === 0)
    ) {
      batch.skipped.duplicates += 1
      return
    }
    const body = await deps.readBody(raw)
    if (!body.ok) {
      if (body.error.code.startsWith('vault.')) must(body)
      return refuse(body.error.code)
    }
    const { hasAttachments } = body.value.findings
    batch.messages.push({ message: { ...row.value, hasAttachments }, body: body.value })
    batch.bytes += raw.byteLength
  }

  const store = async (
    job: StoredImport,
    batch: Batch,
    place: { fileIndex: number; fileOffset: number; done: number },
  ): Promise<boolean> => {
    const result = must(
      await vault.run('imports.store', {
        id: job.id,
        ...place,
        messages: batch.messages,
        skipped: batch.skipped,
        refusals: batch.refusals,
      }),
    )
    if (result === null) {
      // Cancelled meanwhile, or its folder is gone: the sources already in part files belong to nobody.
      must(await vault.parts.remove(batch.messages.flatMap(({ body }) => body.rawFile ?? [])))
      if (must(await vault.run('imports.get', { id: job.id })) === null)
        deps.tell({ ...stateOf(job), state: 'failed', error: { code: 'imap.folder-gone', retry: 'no' } })
      return false
    }
    if (result.files.length > 0) must(await vault.parts.remove(result.files))
    if (result.ids.length > 0) {
      await deps.announce({ ids: result.ids, folderIds: [job.folderId] })
      deps.wake(job.accountId)
    }
    tell(result.state)
    return true
  }

  const work = async (job: StoredImport, signal: AbortSignal): Promise<void> => {
    const files = await filesOf(job.source)
    let before = files.slice(0, job.fileIndex).reduce((sum, file) => sum + file.size, 0)
    let batch = emptyBatch()
    let counted = 0
    for (let index = job.fileIndex; index < files.length; index += 1) {
      const file = files[index]
      if (!file) break
      const source = await file.open()
      try {
        const from = index === job.fileIndex ? job.fileOffset : 0
        for await (const found of readImportFile(file, source, from)) {
          if (signal.aborted) return
          await read(job, found, batch, file)
          counted += 1
          if (counted >= batchMessages || batch.bytes >= batchBytes) {
            const whole = file.kind === 'eml'
            const place = whole
              ? { fileIndex: index + 1, fileOffset: 0 }
              : { fileIndex: index, fileOffset: found.end }
            if (!(await store(job, batch, { ...place, done: before + found.end }))) return
            batch = emptyBatch()
            counted = 0
          }
        }
      } finally {
        await source.close()
      }
      before += file.size
    }
    if (signal.aborted) return
    if (!(await store(job, batch, { fileIndex: files.length, fileOffset: 0, done: before }))) return
    await finish(job, 'done', null)
  }

  const finish = async (
    job: StoredImport,
    state: 'done' | 'cancelled' | 'failed',
    error: string | null,
  ): Promise<void> => {
    const ended = must(await vault.run('imports.setState', { id: job.id, state, error }))
    if (state !== 'failed' && 'parts' in job.source)
      must(await vault.parts.remove(job.source.parts.map(({ partFile }) => partFile)))
    tell(ended)
  }

  const run = (job: StoredImport): void => {
    const aborter = new AbortController()
    running.set(job.id, aborter)
    work(job, aborter.signal)
      .catch(async (cause: unknown) => {
        const code = codeOf(cause)
        // The session ended: the journal still says « running », and the next opening goes on.
        if (code === 'vault.locked' || aborter.signal.aborted) return
        await finish(job, 'failed', code)
      })
      .catch((cause: unknown) => {
        // The vault closed while this was written: the next opening goes on.
        if (codeOf(cause) !== 'vault.locked') deps.onFault(cause)
      })
      .finally(() => running.delete(job.id))
  }

  return {
    /** `exchange.unreadable`, `exchange.nothing-found`, `mail.not-found`. */
    start: async (wish: { source: ImportSource; folderId: number }): Promise<Outcome<ImportState>> => {
      let files: ImportFile[]
      try {
        files = await filesOf(wish.source)
      } catch (cause) {
        return fail(codeOf(cause), { cause, retry: 'after-change' })
      }
      if (files.length === 0) return fail('exchange.nothing-found', { retry: 'after-change' })
      const names =
        'paths' in wish.source
          ? wish.source.paths.map((path) => basename(path))
          : wish.source.parts.map(({ fileName }) => fileName)
      const created = await vault.run('imports.create', {
        folderId: wish.folderId,
        name: names.slice(0, 3).join(', ') + (names.length > 3 ? '…' : ''),
        source: wish.source,
        total: files.reduce((sum, file) => sum + file.size, 0),
      })
      if (!created.ok) return created
      if (created.value === null) return fail('mail.not-found')
      run(created.value)
      return ok(stateOf(created.value))
    },
    list: async (): Promise<Outcome<ImportState[]>> => {
      const list = await vault.run('imports.list', {})
      return list.ok ? ok(list.value.map(stateOf)) : list
    },
    cancel: async (id: number): Promise<Outcome<null>> => {
      const job = await vault.run('imports.get', { id })
      if (!job.ok) return job
      if (job.value?.state !== 'running') return fail('mail.not-found')
      running.get(id)?.abort()
      try {
        await finish(job.value, 'cancelled', null)
      } catch (cause) {
        return fail(codeOf(cause), { cause })
      }
      return ok(null)
    },
    resume: async (id: number): Promise<Outcome<null>> => {
      const job = await vault.run('imports.get', { id })
      if (!job.ok) return job
      if (job.value?.state !== 'failed' || running.has(id)) return fail('mail.not-found')
      const again = await vault.run('imports.setState', { id, state: 'running', error: null })
      if (!again.ok) return again
      if (again.value) {
        tell(again.value)
        run(again.value)
      }
      return ok(null)
    },
    forget: async (id: number): Promise<Outcome<null>> => {
      const job = await vault.run('imports.get', { id })
      if (!job.ok) return job
      const gone = await vault.run('imports.forget', { id })
      if (!gone.ok) return gone
      if (!gone.value) return fail('mail.not-found')
      if (job.value?.state === 'failed' && 'parts' in job.value.source)
        await vault.parts.remove(job.value.source.parts.map(({ partFile }) => partFile))
      return ok(null)
    },
    refusals: async (id: number, limit: number): Promise<Outcome<Refusal[]>> => {
      const list = await vault.run('imports.refusals', { id, limit })
      if (!list.ok) return list
      return ok(list.value.map((one) => ({ ...one, code: ErrorCode.catch('core.internal').parse(one.code) })))
    },
    /** Goes on with what the last session left half done. */
    recover: async (): Promise<void> => {
      for (const job of must(await vault.run('imports.list', {})))
        if (job.state === 'running' && !running.has(job.id)) run(job)
    },
    stop: (): void => {
      for (const aborter of running.values()) aborter.abort()
    },
  }
}

/** A `Failure` carries its error; what the file system throws means the file cannot be read. */
const codeOf = (cause: unknown): ErrorCode => {
  if (cause instanceof Failure) return cause.outcome.code
  const system: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined
  return typeof system === 'string' ? 'exchange.unreadable' : 'core.internal'
}
