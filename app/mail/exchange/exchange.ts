import type {
  ActionSelection,
  ExportState,
  ImportState,
  Quarantined,
  TrustClass,
} from '../../contract/index.ts'
import { fail, ok, type Outcome } from '../../contract/errors.ts'
import { unpackReadings, type StoredBody, type Vault } from '../../vault/index.ts'
import type { Announce } from '../changes.ts'
import { Failure, must } from '../net/failure.ts'
import type { SourceReader } from '../reading/reader.ts'
import { createExports, type ExportDependencies, type ExportWish } from './exports.ts'
import { createImports } from './imports.ts'

export interface ExchangeDependencies extends Omit<ExportDependencies, 'tell'> {
  vault: Vault
  reader: SourceReader
  announce: Announce
  classify: (address: string) => TrustClass
  displaySubject: (raw: string) => string
  /** There is something for an account's server. */
  wake: (accountId: number) => void
  /** Reads a source again and stores what came out. Throws a `Failure`. */
  storeSource: (id: number, raw: Uint8Array) => Promise<void>
  storedSource: (id: number) => Promise<Outcome<Uint8Array | null>>
  tellImport: (state: ImportState) => void
  tellExport: ExportDependencies['tell']
  /** Something failed that nobody waits for. */
  onFault: (error: unknown) => void
}

/** What mail itself cannot give: paper, and a way to tell windows. */
export type ExchangeParts = Pick<
  ExchangeDependencies,
  'printed' | 'printWorker' | 'fonts' | 'tellImport' | 'tellExport'
>

/** Sources above this many bytes live in a part file instead of the row. */
const inlineBytes = 64 * 1024

/** Ids of a whole folder or search asked at once. */
const pageOfIds = 200

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes)
}

/** Files in and out, and messages set aside. */
export const createExchange = (deps: ExchangeDependencies) => {
  const { vault } = deps

  const readBody = async (raw: Uint8Array): Promise<Outcome<Omit<StoredBody, 'id'>>> => {
    const read = await deps.reader.read([raw])
    if (!read.ok) return read
    const [reading] = unpackReadings(read.value.readings)
    if (!reading) return { ok: false, error: { code: 'core.internal', retry: 'no' } }
    if (reading.error) return { ok: false, error: { code: reading.error, retry: 'no' } }
    const body = { text: reading.text, indexText: reading.indexText, findings: reading.findings }
    if (raw.byteLength <= inlineBytes) return ok({ ...body, raw, rawFile: null, rawSize: raw.byteLength })
    const file = await vault.parts.write(oneChunk(raw))
    return file.ok ? ok({ ...body, raw: null, rawFile: file.value.id, rawSize: raw.byteLength }) : file
  }

  const imports = createImports({ ...deps, readBody, tell: deps.tellImport })
  const exports = createExports({ ...deps, tell: deps.tellExport })

  /** The messages of a selection, newest first; a whole folder or search is looked through page by page. */
  const selected = async (selection: ActionSelection): Promise<Outcome<number[]>> => {
    if (selection.kind === 'ids') return ok(selection.ids)
    const ids: number[] = []
    for (;;) {
      const before = ids.at(-1) ?? null
      const page =
        selection.kind === 'folder'
          ? await vault.run('messages.page', {
              folderId: selection.folderId,
              filter: selection.filter,
              before,
              limit: pageOfIds,
            })
          : await vault.run('search.query', {
              text: selection.text,
              scope: selection.scope,
              before,
              limit: pageOfIds,
            })
      if (!page.ok) return page
      ids.push(...('ids' in page.value ? page.value.ids : page.value.rows.map(({ id }) => id)))
      if (!page.value.more) return ok(ids)
    }
  }

  return {
    imports,
    exports: {
      ...exports,
      /** `mail.not-found` when the selection is empty. */
      start: async (
        wish: Omit<ExportWish, 'ids'> & { selection: ActionSelection },
      ): Promise<Outcome<ExportState>> => {
        const ids = await selected(wish.selection)
        if (!ids.ok) return ids
        return ids.value.length === 0
          ? fail('mail.not-found')
          : ok(exports.start({ ...wish, ids: ids.value }))
      },
    },
    quarantine: {
      list: async (): Promise<Outcome<Quarantined[]>> => {
        const list = await vault.run('quarantine.list', { limit: 500 })
        if (!list.ok) return list
        const rows = await deps.rows(list.value.map(({ id }) => id))
        if (!rows.ok) return rows
        const codes = new Map(list.value.map(({ id, code }) => [id, code]))
        return ok(rows.value.map((row) => ({ row, code: codes.get(row.id) ?? 'mail.quarantined' })))
      },
      reason: (id: number) => vault.run('quarantine.reason', { id }),
      note: (id: number, code: Quarantined['code']) => vault.run('quarantine.note', { id, code }),
      /** Reads it again, or asks the server again. */
      retry: async (id: number): Promise<Outcome<null>> => {
        const stored = await deps.storedSource(id)
        if (!stored.ok) return stored
        try {
          if (stored.value) await deps.storeSource(id, stored.value)
          else {
            must(await vault.run('quarantine.askAgain', { id }))
            const place = must(await vault.run('messages.locate', { id }))
            if (place) deps.wake(place.accountId)
          }
          await deps.announce({ ids: [id] })
          return ok(null)
        } catch (cause) {
          if (cause instanceof Failure) return { ok: false, error: cause.outcome }
          throw cause
        }
      },
    },
    recover: imports.recover,
    stop: (): void => {
      imports.stop()
      exports.stop()
    },
  }
}

export type Exchange = ReturnType<typeof createExchange>
