import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import { replaceFile, type VaultFs } from './durable-file.ts'

/** Above this the file is not ours. */
const maxFileSize = 256 * 1024

const bytes = (minimum: number, maximum = minimum) =>
  z
    .base64()
    .refine((text) => {
      const { length } = Buffer.from(text, 'base64')
      return length >= minimum && length <= maximum
    }, 'unexpected length')
    .transform((text) => new Uint8Array(Buffer.from(text, 'base64')))

const common = {
  id: z.string().regex(/^[0-9a-f]{32}$/),
  label: z.string().max(200),
  createdAt: z.iso.datetime(),
  salt: bytes(32),
  nonce: bytes(12),
  /** The data key sealed with AES-256-GCM: 32 bytes and the tag. */
  wrapped: bytes(48),
}

/** One way to the data key (architecture.md §4). Costs have a floor, against downgrades, and a ceiling. */
export const StoredSlot = z.discriminatedUnion('kind', [
  z.strictObject({
    ...common,
    kind: z.literal('card'),
    serial: z.string().min(1).max(100),
    /** As protected by the OS key store. */
    deviceSecret: bytes(1, 8192),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('passphrase'),
    argon2: z.strictObject({
      memoryKiB: z.int().min(65_536).max(1_048_576),
      passes: z.int().min(3).max(10),
      lanes: z.int().min(1).max(4),
    }),
  }),
  z.strictObject({ ...common, kind: z.literal('recovery') }),
])
export type StoredSlot = z.infer<typeof StoredSlot>

const SlotFile = z.strictObject({
  format: z.literal('souspli-vault'),
  version: z.literal(1),
  id: z.string().regex(/^[0-9a-f]{32}$/),
  slots: z.array(StoredSlot).min(1).max(32),
  /** Where the store is, beside this file. A restored or rebuilt one lies under another name until this one names it. */
  database: z
    .string()
    .regex(/^store(-[0-9a-f]{8})?\.db$/)
    .default('store.db'),
  parts: z
    .string()
    .regex(/^parts(-[0-9a-f]{8})?$/)
    .default('parts'),
})
export type SlotFile = z.infer<typeof SlotFile>

/** What every version of the file has. */
const AnyVersion = z.looseObject({ format: z.literal('souspli-vault'), version: z.int().min(1) })

/** Reads vault.json. Fails with `vault.missing`, `vault.corrupt`, `vault.from-future`. */
export const readSlotFile = (file: string): Outcome<SlotFile> => {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    return fail(missing ? 'vault.missing' : 'vault.corrupt', { cause: error })
  }
  if (text.length > maxFileSize) return fail('vault.corrupt', { details: { what: 'slots' } })
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    return fail('vault.corrupt', { details: { what: 'slots' }, cause: error })
  }
  const any = AnyVersion.safeParse(json)
  if (any.success && any.data.version > 1) {
    return fail('vault.from-future', { details: { version: any.data.version, supported: 1 } })
  }
  const parsed = SlotFile.safeParse(json)
  return parsed.success ? ok(parsed.data) : fail('vault.corrupt', { details: { what: 'slots' } })
}

const encoded = (_key: string, value: unknown): unknown =>
  value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value

/** Replaces vault.json; throws the file system's errors. */
export const writeSlotFile = (fs: VaultFs, file: string, content: SlotFile): Promise<void> =>
  replaceFile(fs, file, `${JSON.stringify(content, encoded, 2)}\n`)

/** Everything of a slot but the wrapped key, bound to it as additional data: nothing can be swapped or weakened. */
export const slotContext = (vaultId: string, slot: Omit<StoredSlot, 'wrapped'>): Uint8Array => {
  const fields = Object.entries(slot)
    .filter(([name]) => name !== 'wrapped')
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return Buffer.from(JSON.stringify(['SousPli vault slot v1', vaultId, fields], encoded))
}
