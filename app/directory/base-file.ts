import { existsSync } from 'node:fs'
import { mkdir, readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { fail, ok, type Outcome } from '../contract/index.ts'
import type { Vault } from '../vault/index.ts'
import type { ImportProgress } from './base/import.ts'
import type { BaseWork, WorkName } from './protocol.ts'
import { startBaseThread, type BaseThread } from './thread.ts'

/** What the vault remembers of the base: its file and the key nothing else has. */
const Place = z.object({
  file: z.string().regex(/^[0-9a-f]{16}\.db$/),
  key: z.string().regex(/^[0-9a-f]{64}$/),
})
type Place = z.infer<typeof Place>
const placeName = 'directory.base'

export interface BaseFile {
  /** Finds the file of this vault; removes what nobody has the key of any more. */
  open(): Promise<Outcome<{ there: boolean }>>
  /** Asks the reading thread. Null when there is no base. */
  read<N extends WorkName>(
    name: N,
    params: BaseWork[N]['params'],
  ): Promise<Outcome<BaseWork[N]['answer'] | null>>
  /** Does a work in a writing thread of its own, after those asked before; makes the base where there is none. */
  write<N extends WorkName>(
    name: N,
    params: BaseWork[N]['params'],
    onProgress?: (progress: ImportProgress) => void,
  ): Promise<Outcome<BaseWork[N]['answer']>>
  /** Ends the work under way; those waiting go on. */
  cancelWrite(): Promise<void>
  /** Forgets the base and its file. */
  discard(): Promise<void>
  /** Ends the threads. */
  close(): Promise<void>
}

/** The base's file and its two threads: one reads at any time, one writes when there is something to write. */
export const createBaseFile = (deps: {
  vault: Pick<Vault, 'run'>
  folder: () => string
  entry: string
  random: (length: number) => Uint8Array
}): BaseFile => {
  let place: Place | null = null
  let reader: BaseThread | null = null
  let writer: BaseThread | null = null
  let turn: Promise<unknown> = Promise.resolve()
  let closings = 0

  const fileOf = ({ file }: Place): string => path.join(deps.folder(), file)
  const keyOf = ({ key }: Place): Uint8Array => new Uint8Array(Buffer.from(key, 'hex'))
  const start = (
    role: 'read' | 'write',
    at: Place,
    onProgress?: (progress: ImportProgress) => void,
  ): BaseThread =>
    startBaseThread({
      entry: deps.entry,
      role,
      path: fileOf(at),
      key: keyOf(at),
      ...(onProgress ? { onProgress } : {}),
    })

  const removeOthers = async (): Promise<void> => {
    const names = await readdir(deps.folder()).catch(() => [])
    for (const name of names)
      if (/^[0-9a-f]{16}\.db(?:-wal|-shm)?$/.test(name) && !(place && name.startsWith(place.file)))
        await rm(path.join(deps.folder(), name), { force: true })
  }

  const made = async (): Promise<Outcome<Place>> => {
    if (place) return ok(place)
    const fresh: Place = {
      file: `${Buffer.from(deps.random(8)).toString('hex')}.db`,
      key: Buffer.from(deps.random(32)).toString('hex'),
    }
    const kept = await deps.vault.run('meta.set', { name: placeName, value: JSON.stringify(fresh) })
    if (!kept.ok) return kept
    await mkdir(deps.folder(), { recursive: true, mode: 0o700 })
    place = fresh
    return ok(fresh)
  }

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work)
    turn = mine.catch(() => undefined)
    return mine
  }

  const close = async (): Promise<void> => {
    closings += 1
    const ending = [reader, writer]
    reader = null
    writer = null
    place = null
    await Promise.all(ending.map(async (thread) => thread?.stop()))
  }

  return {
    open: async () => {
      const kept = await deps.vault.run('meta.get', { name: placeName })
      if (!kept.ok) return kept
      const parsed = kept.value === null ? null : Place.safeParse(JSON.parse(kept.value))
      place = parsed?.success ? parsed.data : null
      await removeOthers()
      return ok({ there: place !== null && existsSync(fileOf(place)) })
    },
    read: async (name, params) => {
      if (!place || (!reader && !existsSync(fileOf(place)))) return ok(null)
      reader ??= start('read', place)
      const asked = reader
      const answer = await asked.run(name, params)
      // A thread that fell is started again by the next question.
      if (!answer.ok && answer.error.code === 'core.internal' && reader === asked) {
        reader = null
        void asked.stop()
      }
      return answer
    },
    write: (name, params, onProgress) => {
      const asked = closings
      return inTurn(async () => {
        if (asked !== closings) return fail('vault.locked', { retry: 'after-login' })
        const at = await made()
        if (!at.ok) return at
        writer = start('write', at.value, onProgress)
        try {
          return await writer.run(name, params)
        } finally {
          await writer?.stop()
          writer = null
        }
      })
    },
    cancelWrite: async () => {
      await writer?.stop()
    },
    discard: () =>
      inTurn(async () => {
        await reader?.stop()
        reader = null
        if (!place) return
        const file = fileOf(place)
        place = null
        await deps.vault.run('meta.set', { name: placeName, value: 'null' })
        for (const end of ['', '-wal', '-shm']) await rm(file + end, { force: true })
      }),
    close,
  }
}
