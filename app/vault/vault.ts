import { existsSync } from 'node:fs'
import path from 'node:path'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import type { KeySlot } from '../contract/session.ts'
import { connectStore, type StoreConnection } from './connection.ts'
import { nodeFs, type VaultFs } from './durable-file.ts'
import { storeError } from './failure.ts'
import type { OperationName, OperationParams, OperationResult } from './operations/index.ts'
import { createCare, type StorageCare } from './care.ts'
import { createPartFiles, type HeldPartFiles, type PartSession } from './parts.ts'
import { createSoleUse } from './sole-use.ts'
import { readSlotFile, writeSlotFile, type SlotFile, type StoredSlot } from './slot-file.ts'
import { makeRecoverySlot, makeSlot, unlock, unwrapSlot, type NewSlot } from './slots.ts'

/** What opens a vault (architecture.md §4). The card signs with RSA PKCS#1 v1.5 over SHA-256, always the same bytes. */
export type SlotSecret =
  | {
      kind: 'card'
      serial: string
      label: string
      sign(challenge: Uint8Array): Promise<Outcome<Uint8Array>>
    }
  | { kind: 'passphrase'; passphrase: string }
  | { kind: 'recovery'; code: string }

/** Secrets a slot can be made from; a recovery code is always drawn by the vault itself. */
export type NewSlotSecret = Exclude<SlotSecret, { kind: 'recovery' }>

/** Encrypted files beside the database, for what is too big for it. Sizes and ranges are of the clear bytes. */
export interface PartFiles {
  /** Writes a new file, durable when this returns. Refer to its id from a row, or it is swept after the next opening. */
  write(source: AsyncIterable<Uint8Array>): Promise<Outcome<{ id: string; size: number }>>
  /**
   * Opens a file; `range` is [start, end). A damaged chunk, or the vault closing, stops the iteration with an error
   * whose message is the code (`vault.corrupt`, `vault.locked`): bytes already given were authentic. The file is
   * closed when the iteration ends: always iterate, or break out of it.
   */
  read(
    id: string,
    range?: { start: number; end: number },
  ): Promise<Outcome<{ size: number; chunks: AsyncIterable<Uint8Array> }>>
  /** The whole file. Fails with `vault.not-found`, `vault.corrupt`, or `mime.limit` when longer than `limit`. */
  readAll(id: string, limit: number): Promise<Outcome<Uint8Array>>
  remove(ids: string[]): Promise<Outcome<void>>
}

/** The encrypted store of one user profile (architecture.md §4). Every call on a closed one fails `vault.locked`. */
export interface Vault {
  exists(): boolean
  /** The ways to open it, in clear by nature; empty when there is no readable vault.json (then `open` says why). */
  slots(): KeySlot[]
  /** Makes a new store, leaves it open. Fails with `vault.exists` and the codes of slots and files. */
  create(secret: NewSlotSecret): Promise<Outcome<{ recoveryCode: string }>>
  /**
   * Opens it. Fails with the codes of `unlock` and `openStore`, `vault.missing`, `vault.corrupt`, `vault.from-future`,
   * `vault.in-use` while another program has the profile.
   */
  open(secret: SlotSecret): Promise<Outcome<void>>
  /** Adds a way to open; the vault must be open. */
  addSlot(secret: NewSlotSecret): Promise<Outcome<KeySlot>>
  /** Replaces the recovery code; the old one opens nothing any more. */
  renewRecovery(): Promise<Outcome<{ recoveryCode: string }>>
  /** Removes a way to open, except the last one (`vault.no-slot`). */
  removeSlot(id: string): Promise<Outcome<void>>
  /** Drops what is queued, closes the database and wipes the keys, within a second. */
  close(): Promise<void>
  isOpen(): boolean
  run<K extends OperationName>(name: K, params: OperationParams<K>): Promise<Outcome<OperationResult<K>>>
  parts: PartFiles
  /** Sizes, backup, restore, checks, compaction, rebuild. */
  care: StorageCare
}

export interface VaultDeps {
  /** The profile's own folder: vault.json, store.db and parts/ go there. Made when missing. */
  folder: string
  /** File of worker.ts, or of its bundle. */
  workerEntry: string
  random(n: number): Uint8Array
  /** Milliseconds since 1970. */
  now(): number
  /** The operating system's key store. */
  deviceSecret: {
    protect(bytes: Uint8Array): Promise<Outcome<Uint8Array>>
    unprotect(bytes: Uint8Array): Promise<Outcome<Uint8Array>>
  }
  /** Only to make disks full in tests. */
  fs?: VaultFs
}

/** The open store. */
export interface Session extends PartSession {
  connection: StoreConnection
  vaultId: string
  databasePath: string
}

/** Where a store lies: names as vault.json gives them. */
export type StorePlace = Pick<SlotFile, 'database' | 'parts'>
const firstPlace: StorePlace = { database: 'store.db', parts: 'parts' }

/** What the vault lends to the care of its store. */
export interface VaultInternals {
  deps: VaultDeps
  fs: VaultFs
  slotPath: string
  session(): Session | null
  /** How often the vault was closed: an opening begun before must not come through after. */
  closings(): number
  inTurn<T>(work: () => Promise<Outcome<T>>): Promise<Outcome<T>>
  /** Opens the database of a place with the data key, which the session owns from here on. */
  begin(
    vaultId: string,
    dataKey: Uint8Array,
    how: { create: boolean; closings: number; place: StorePlace },
  ): Promise<Outcome<Session>>
  end(ending: Session): Promise<void>
  /** Makes a session the vault's; the former one, if any, ends. */
  adopt(begun: Session): Promise<void>
  parts: HeldPartFiles
}

const locked = (): Outcome<never> => fail('vault.locked', { retry: 'after-login' })

const described = (slot: StoredSlot): KeySlot => ({
  id: slot.id,
  kind: slot.kind,
  cardSerial: slot.kind === 'card' ? slot.serial : null,
  label: slot.label,
  createdAt: slot.createdAt,
})

/** The vault of a folder, closed. Calls that open, close or change slots run one after the other. */
export const createVault = (deps: VaultDeps): Vault => {
  const fs = deps.fs ?? nodeFs
  const slotPath = path.join(deps.folder, 'vault.json')
  const soleUse = createSoleUse(deps.folder)
  let session: Session | null = null
  /** Counts closings, so that an opening that was under way then does not come through. */
  let closings = 0
  let turn: Promise<unknown> = Promise.resolve()

  const inTurn = <T>(work: () => Promise<Outcome<T>>): Promise<Outcome<T>> => {
    const mine = turn.then(work).catch((error: unknown) => storeError(error))
    turn = mine
    return mine
  }

  /** Opens the database with the data key, which this session owns from here on. */
  const begin: VaultInternals['begin'] = async (vaultId, dataKey, how) => {
    const taken = soleUse.take()
    if (!taken.ok) {
      dataKey.fill(0)
      return taken
    }
    const databasePath = path.join(deps.folder, how.place.database)
    const connected = await connectStore({
      workerEntry: deps.workerEntry,
      path: databasePath,
      key: new Uint8Array(dataKey),
      create: how.create,
      now: () => deps.now(),
    })
    if (!connected.ok) {
      dataKey.fill(0)
      soleUse.release()
      // The key came authentic out of its slot: it is the file that is not right.
      return connected.error.code === 'vault.wrong-key'
        ? fail('vault.corrupt', { details: { what: 'database' }, cause: connected.error })
        : connected
    }
    const connection = connected.value
    const begun: Session = {
      connection,
      vaultId,
      dataKey,
      databasePath,
      partsFolder: path.join(deps.folder, how.place.parts),
      fresh: new Set(),
      closed: false,
      register: async (id, size) => nothing(await connection.run('parts.add', { id, size })),
      forget: async (ids) => nothing(await connection.run('parts.remove', { ids })),
    }
    if (closings !== how.closings) {
      await end(begun)
      return locked()
    }
    void connection.ended.then(() => end(begun))
    return ok(begun)
  }

  const end = async (ending: Session): Promise<void> => {
    if (ending.closed) return
    ending.closed = true
    ending.dataKey.fill(0)
    if (session === ending) session = null
    await ending.connection.stop()
    soleUse.release()
  }

  /** Writes vault.json, then reads it again and opens the new slot with its key, as an opening will. */
  const commitSlots = async (content: SlotFile, added: NewSlot | null, dataKey: Uint8Array) => {
    await writeSlotFile(fs, slotPath, content)
    const written = readSlotFile(slotPath)
    if (!written.ok) return written
    if (!added) return ok(undefined)
    const slot = written.value.slots.find((candidate) => candidate.id === added.slot.id)
    const back = slot ? unwrapSlot(content.id, slot, added.kek) : null
    added.kek.fill(0)
    const same = back !== null && Buffer.from(back).equals(dataKey)
    back?.fill(0)
    return same ? ok(undefined) : fail('vault.corrupt', { details: { what: 'slots' } })
  }

  /** Changes the slots of the open vault; the former file comes back when the new slot does not open. */
  const changeSlots = <T>(
    change: (
      file: SlotFile,
      open: Session,
    ) => Promise<Outcome<{ slots: StoredSlot[]; added: NewSlot | null; answer: T }>>,
  ): Promise<Outcome<T>> =>
    inTurn(async () => {
      const open = session
      if (!open) return locked()
      const file = readSlotFile(slotPath)
      if (!file.ok) return file
      const changed = await change(file.value, open)
      if (!changed.ok) return changed
      if (open.closed) return locked()
      const { slots, added, answer } = changed.value
      const committed = await commitSlots({ ...file.value, slots }, added, open.dataKey)
      if (committed.ok) return ok(answer)
      await writeSlotFile(fs, slotPath, file.value)
      return committed
    })

  const create: Vault['create'] = (secret) => {
    const begunAt = closings
    return inTurn(async () => {
      if (session || existsSync(slotPath)) return fail('vault.exists')
      const vaultId = Buffer.from(deps.random(16)).toString('hex')
      const dataKey = new Uint8Array(deps.random(32))
      const made = await makeSlot(deps, vaultId, secret, dataKey)
      if (!made.ok) return made
      const recovery = makeRecoverySlot(deps, vaultId, dataKey)
      await fs.mkdir(path.join(deps.folder, firstPlace.parts), { recursive: true, mode: 0o700 })
      await setAsideOrphans(fs, path.join(deps.folder, firstPlace.database), deps.now())
      const begun = await begin(vaultId, dataKey, { create: true, closings: begunAt, place: firstPlace })
      if (!begun.ok) return begun
      const content: SlotFile = {
        format: 'souspli-vault',
        version: 1,
        id: vaultId,
        slots: [made.value.slot, recovery.slot],
        ...firstPlace,
      }
      try {
        const committed = await commitSlots(content, made.value, begun.value.dataKey)
        if (!committed.ok) return await abandon(begun.value, committed)
      } catch (error) {
        return await abandon(begun.value, storeError(error))
      }
      recovery.kek.fill(0)
      if (begun.value.closed) return locked()
      session = begun.value
      return ok({ recoveryCode: recovery.code })
    })
  }

  const abandon = async (begun: Session, outcome: Outcome<never>): Promise<Outcome<never>> => {
    await end(begun)
    await fs.rm(slotPath, { force: true })
    return outcome
  }

  const open: Vault['open'] = (secret) => {
    const begunAt = closings
    return inTurn(async () => {
      if (session) return ok(undefined)
      const file = readSlotFile(slotPath)
      if (!file.ok) return file
      const dataKey = await unlock(deps, file.value, secret)
      if (!dataKey.ok) return dataKey
      if (!existsSync(path.join(deps.folder, file.value.database))) {
        dataKey.value.fill(0)
        return fail('vault.corrupt', { details: { what: 'database-missing' } })
      }
      const begun = await begin(file.value.id, new Uint8Array(dataKey.value), {
        create: false,
        closings: begunAt,
        place: file.value,
      })
      dataKey.value.fill(0)
      if (!begun.ok) return begun
      if (begun.value.closed || closings !== begunAt) {
        await end(begun.value)
        return locked()
      }
      session = begun.value
      return ok(undefined)
    })
  }

  const parts = createPartFiles({ fs, random: (n) => deps.random(n), session: () => session })
  const care = createCare({
    deps,
    fs,
    slotPath,
    session: () => session,
    closings: () => closings,
    inTurn,
    begin,
    end,
    adopt: async (begun) => {
      if (session) await end(session)
      session = begun
    },
    parts,
  })

  return {
    care,
    exists: () => existsSync(slotPath),
    slots: () => {
      const file = readSlotFile(slotPath)
      return file.ok ? file.value.slots.map(described) : []
    },
    create,
    open,
    addSlot: (secret) =>
      changeSlots(async (file, open) => {
        const made = await makeSlot(deps, file.id, secret, open.dataKey)
        if (!made.ok) return made
        // A card enrolled again replaces its former slot.
        const others = file.slots.filter(
          (slot) => secret.kind !== 'card' || slot.kind !== 'card' || slot.serial !== secret.serial,
        )
        const slots = [...others, made.value.slot]
        return ok({ slots, added: made.value, answer: described(made.value.slot) })
      }),
    renewRecovery: () =>
      changeSlots((file, open) => {
        const made = makeRecoverySlot(deps, file.id, open.dataKey)
        const slots = [...file.slots.filter((slot) => slot.kind !== 'recovery'), made.slot]
        return Promise.resolve(ok({ slots, added: made, answer: { recoveryCode: made.code } }))
      }),
    removeSlot: (id) =>
      changeSlots((file) => {
        const slots = file.slots.filter((slot) => slot.id !== id)
        if (slots.length === file.slots.length) return Promise.resolve(fail('vault.not-found'))
        if (slots.length === 0) return Promise.resolve(fail('vault.no-slot'))
        return Promise.resolve(ok({ slots, added: null, answer: undefined }))
      }),
    close: async () => {
      closings += 1
      if (session) await end(session)
    },
    isOpen: () => session !== null,
    run: async (name, params) => {
      if (!session) return locked()
      // The worker answers with what this very operation returned.
      return (await session.connection.run(name, params)) as Outcome<OperationResult<typeof name>>
    },
    parts,
  }
}

const nothing = (outcome: Outcome<unknown>): Outcome<void> => (outcome.ok ? ok(undefined) : outcome)

/** A database without vault.json can never be opened; it is kept aside in case vault.json comes back from a backup. */
const setAsideOrphans = async (fs: VaultFs, storePath: string, now: number): Promise<void> => {
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(storePath + suffix)) {
      await fs.rename(storePath + suffix, `${storePath}${suffix}.orphan-${String(now)}`)
    }
  }
}
