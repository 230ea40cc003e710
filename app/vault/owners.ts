import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import { nodeFs, replaceFile } from './durable-file.ts'
import { storeError } from './failure.ts'
import type { VaultDeps } from './vault.ts'

/**
 * Whose store is whose, without a name on the disk: HMAC-SHA-256 of the national identifier under a key that the operating
 * system's key store keeps (a bare hash of eleven digits would be guessed in minutes). It tells a renewed card, whose
 * serial no slot knows, from a colleague's (docs/decisions/0017).
 */
export interface Owners {
  /** Reads the index. Without its key nobody is recognised until the next `remember`: `vault.device-secret-lost`. */
  load(): Promise<Outcome<void>>
  /** The store of a professional; null when none is known. */
  storeOf(nationalId: string): string | null
  /** Notes whose store it is, once. Errors of files and of the key store. */
  remember(store: string, nationalId: string): Promise<Outcome<void>>
}

const maxFileSize = 64 * 1024
const OwnersFile = z.strictObject({
  format: z.literal('souspli-owners'),
  version: z.literal(1),
  /** The key as protected by the operating system's key store. */
  key: z.base64().min(1).max(16_384),
  owners: z.record(z.string().regex(/^(first|[0-9a-f]{16})$/), z.string().regex(/^[0-9a-f]{64}$/)),
})
type OwnersFile = z.infer<typeof OwnersFile>

const read = (file: string): OwnersFile | null => {
  try {
    const text = readFileSync(file, 'utf8')
    const parsed = text.length > maxFileSize ? null : OwnersFile.safeParse(JSON.parse(text))
    return parsed?.success ? parsed.data : null
  } catch {
    // Absent or damaged: the index is made again as people open their stores.
    return null
  }
}

/** The index of `deps.folder`; empty until loaded. */
export const createOwners = (deps: Pick<VaultDeps, 'folder' | 'random' | 'deviceSecret' | 'fs'>): Owners => {
  const file = path.join(deps.folder, 'owners.json')
  let key: Uint8Array | null = null
  let content: OwnersFile | null = null
  let turn: Promise<unknown> = Promise.resolve()

  const tagOf = (secret: Uint8Array, nationalId: string): string =>
    createHmac('sha256', secret).update(`SousPli owner v1\0${nationalId}`).digest('hex')

  const load = async (): Promise<Outcome<void>> => {
    const found = read(file)
    if (!found) return ok(undefined)
    const opened = await deps.deviceSecret.unprotect(new Uint8Array(Buffer.from(found.key, 'base64')))
    if (!opened.ok) return fail('vault.device-secret-lost', { cause: opened.error })
    key = opened.value
    content = found
    return ok(undefined)
  }

  const write = async (store: string, nationalId: string): Promise<Outcome<void>> => {
    if (!key || !content) {
      const fresh = new Uint8Array(deps.random(32))
      const held = await deps.deviceSecret.protect(fresh)
      if (!held.ok) return held
      key = fresh
      content = {
        format: 'souspli-owners',
        version: 1,
        key: Buffer.from(held.value).toString('base64'),
        owners: {},
      }
    }
    const tag = tagOf(key, nationalId)
    if (content.owners[store] === tag) return ok(undefined)
    const next = { ...content, owners: { ...content.owners, [store]: tag } }
    try {
      await replaceFile(deps.fs ?? nodeFs, file, `${JSON.stringify(next, null, 2)}\n`)
    } catch (error) {
      return storeError(error)
    }
    content = next
    return ok(undefined)
  }

  return {
    load,
    storeOf: (nationalId) => {
      if (!key || !content) return null
      const tag = tagOf(key, nationalId)
      return Object.entries(content.owners).find(([, owner]) => owner === tag)?.[0] ?? null
    },
    remember: (store, nationalId) => {
      const mine = turn.then(() => write(store, nationalId))
      turn = mine.catch(() => undefined)
      return mine
    },
  }
}
