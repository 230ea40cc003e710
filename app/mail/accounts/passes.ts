import type { ImapFlow } from 'imapflow'
import { toErrorData, type ErrorCode, type ErrorData } from '../../contract/errors.ts'
import type { Vault } from '../../vault/index.ts'
import { createTurns, type Announce } from '../changes.ts'
import { imapError } from '../imap/connection.ts'
import type { HeaderReading } from '../imap/headers.ts'
import { syncFolder, type collectVanished } from '../imap/sync.ts'
import { must } from '../net/failure.ts'
import type { DueFolder, Survey } from './survey.ts'

export interface PassesDependencies {
  host: string
  vault: Vault
  reading: HeaderReading
  announce: Announce
  now: () => number
  /** Headers of a folder that is not complete yet. */
  onHeaders: (done: number, total: number) => void
}

/** Answers about one folder, not about the connection. */
const refusals: ReadonlySet<ErrorCode> = new Set(['imap.failed', 'imap.no-permission', 'imap.folder-gone'])

/** The folders of an account that wait for a pass, and the passes over them, whichever connection makes them. */
export const createPasses = (deps: PassesDependencies) => {
  const { vault, reading, announce, now } = deps
  const turns = createTurns()
  const backlog = new Map<number, number[]>()
  const flagsCompared = new Map<number, number>()
  const refused = new Map<number, ErrorData>()
  let due: DueFolder[] = []
  /** Under way on either connection: these folders are no longer in `due`, and not yet done. */
  let passing = 0

  return {
    /** The next folder, or this one if it is due; it is then the caller's. */
    take: (id?: number): DueFolder | undefined => {
      const next = id === undefined ? due[0] : due.find((one) => one.id === id)
      due = due.filter((one) => one !== next)
      return next
    },
    /** Puts folders in front of those that wait. */
    first: (ids: readonly number[]): void => {
      const first = [...new Set(ids)].map((id) => due.find((one) => one.id === id) ?? { id, status: null })
      due = [...first, ...due.filter((one) => !ids.includes(one.id))]
    },
    /** What a survey found joins what waits. */
    found: (survey: Survey): void => {
      const listed = new Set(survey.folders.map(({ id }) => id))
      const fresh = new Set(survey.due.map(({ id }) => id))
      due = [...due.filter(({ id }) => listed.has(id) && !fresh.has(id)), ...survey.due]
    },
    waiting: (): boolean => due.length > 0,
    /** Nothing waits and nothing is under way. */
    done: (): boolean => due.length === 0 && passing === 0,
    /** UIDs asked of the server are of one connection. */
    forgetBacklog: (): void => backlog.clear(),
    /** Why the first of the folders that the server does not open is refused. */
    refusal: (): ErrorData | null => refused.values().next().value ?? null,
    /** One pass over a folder, never two at once on the same one. What is left of it waits again. */
    over: async (
      client: ImapFlow,
      vanished: ReturnType<typeof collectVanished>,
      next: DueFolder,
    ): Promise<void> => {
      passing++
      try {
        const more = await turns(next.id, async () => {
          const known = must(await vault.run('folders.forPass', { id: next.id }))
          if (!known) return false
          const sync = { vault, client, reading, announce, backlog, vanished, flagsCompared, now }
          const pass = await syncFolder(sync, known.folder, known.orphans)
          if (pass.more) deps.onHeaders(pass.done, pass.total)
          if (pass.complete && next.status !== null && next.status !== known.folder.settledStatus)
            must(await vault.run('folders.settle', { id: next.id, status: next.status }))
          return pass.more
        })
        if (more) due.push(next)
        refused.delete(next.id)
      } catch (cause) {
        const error = imapError(cause, deps.host)
        // One folder the server does not open never stops the others; the next survey asks again.
        if (!client.usable || !refusals.has(error.code)) throw cause
        refused.set(next.id, toErrorData(error))
      } finally {
        passing--
      }
    },
  }
}
