import { hashRaw } from '@node-rs/argon2'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import { drawRecoveryCode, readRecoveryCode } from './recovery-code.ts'
import { deriveKey, keyLength, nonceLength, seal, unseal } from './sealing.ts'
import { slotContext, type SlotFile, type StoredSlot } from './slot-file.ts'
import type { NewSlotSecret, SlotSecret, VaultDeps } from './vault.ts'

/** Shortest passphrase, in characters, and fewest different ones. */
const minPassphrase = 12
const minDifferent = 5
/** Smallest plausible RSA signature: a 1024-bit key's. */
const minSignature = 128
const argon2 = { memoryKiB: 131_072, passes: 3, lanes: 1 }

export type SlotDeps = Pick<VaultDeps, 'random' | 'now' | 'deviceSecret'>

/** A slot about to be written, and the key that wraps the data key in it (to be zeroed by the caller). */
export interface NewSlot {
  slot: StoredSlot
  kek: Uint8Array
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** The challenge a card signs: says what it is for, and is this slot's alone. */
const cardChallenge = (vaultId: string, slot: Pick<StoredSlot, 'id' | 'salt'>): Uint8Array =>
  Buffer.concat([Buffer.from(`SousPli vault key slot v1\0${vaultId}\0${slot.id}\0`), Buffer.from(slot.salt)])

const cardKey = (signature: Uint8Array, deviceSecret: Uint8Array, salt: Uint8Array): Uint8Array => {
  const material = Buffer.concat([signature, deviceSecret])
  const key = deriveKey(material, salt, 'SousPli vault card slot v1')
  material.fill(0)
  return key
}

const passphraseKey = async (
  passphrase: string,
  salt: Uint8Array,
  cost: typeof argon2,
): Promise<Uint8Array> => {
  const hash = await hashRaw(passphrase.normalize('NFKC'), {
    salt,
    // Argon2id: the package's const enum cannot be imported.
    algorithm: 2,
    memoryCost: cost.memoryKiB,
    timeCost: cost.passes,
    parallelism: cost.lanes,
    outputLen: keyLength,
  })
  const key = deriveKey(hash, salt, 'SousPli vault passphrase slot v1')
  hash.fill(0)
  return key
}

const strongEnough = (passphrase: string): boolean => {
  const letters = [...passphrase.normalize('NFKC').trim()]
  return letters.length >= minPassphrase && new Set(letters).size >= minDifferent
}

const commonFields = (deps: SlotDeps, label: string) => ({
  id: hex(deps.random(16)),
  label,
  createdAt: new Date(deps.now()).toISOString(),
  salt: new Uint8Array(deps.random(32)),
  nonce: new Uint8Array(deps.random(nonceLength)),
})

const wrap = (
  vaultId: string,
  slot: DistributiveOmit<StoredSlot, 'wrapped'>,
  kek: Uint8Array,
  dataKey: Uint8Array,
): NewSlot => ({
  slot: {
    ...slot,
    wrapped: new Uint8Array(seal(kek, slot.nonce, dataKey, slotContext(vaultId, slot))),
  },
  kek,
})
type DistributiveOmit<T, K extends keyof T> = T extends unknown ? Omit<T, K> : never

/**
 * Makes a slot from a secret. A card signs twice: fails with `vault.card-not-deterministic` when the two differ; a weak
 * passphrase is `vault.passphrase-weak`; the card's and the key store's own errors pass through.
 */
export const makeSlot = async (
  deps: SlotDeps,
  vaultId: string,
  secret: NewSlotSecret,
  dataKey: Uint8Array,
): Promise<Outcome<NewSlot>> => {
  if (secret.kind === 'passphrase') {
    if (!strongEnough(secret.passphrase)) {
      return fail('vault.passphrase-weak', { retry: 'after-change', details: { minimum: minPassphrase } })
    }
    const slot = { ...commonFields(deps, ''), kind: 'passphrase' as const, argon2: { ...argon2 } }
    return ok(wrap(vaultId, slot, await passphraseKey(secret.passphrase, slot.salt, argon2), dataKey))
  }
  const fields = commonFields(deps, secret.label)
  const challenge = cardChallenge(vaultId, fields)
  const first = await secret.sign(challenge)
  if (!first.ok) return first
  const second = await secret.sign(challenge)
  if (!second.ok) return second
  if (first.value.length < minSignature || !Buffer.from(first.value).equals(second.value)) {
    return fail('vault.card-not-deterministic')
  }
  const device = new Uint8Array(deps.random(32))
  const protectedSecret = await deps.deviceSecret.protect(device)
  if (!protectedSecret.ok) return protectedSecret
  const kek = cardKey(first.value, device, fields.salt)
  device.fill(0)
  const slot = {
    ...fields,
    kind: 'card' as const,
    serial: secret.serial,
    deviceSecret: new Uint8Array(protectedSecret.value),
  }
  return ok(wrap(vaultId, slot, kek, dataKey))
}

/** Draws a recovery code and makes its slot. */
export const makeRecoverySlot = (
  deps: SlotDeps,
  vaultId: string,
  dataKey: Uint8Array,
): NewSlot & { code: string } => {
  const code = drawRecoveryCode(deps.random)
  const material = readRecoveryCode(code)
  if (!material) throw new Error('a drawn recovery code must be readable')
  const slot = { ...commonFields(deps, ''), kind: 'recovery' as const }
  const kek = deriveKey(material, slot.salt, 'SousPli vault recovery slot v1')
  material.fill(0)
  return { ...wrap(vaultId, slot, kek, dataKey), code }
}

/** Takes the data key out of a slot; null when the wrapping key is not the right one or the slot was changed. */
export const unwrapSlot = (vaultId: string, slot: StoredSlot, kek: Uint8Array): Uint8Array | null =>
  unseal(kek, slot.nonce, slot.wrapped, slotContext(vaultId, slot))

const kindOf = <K extends StoredSlot['kind']>(
  file: Pick<SlotFile, 'slots'>,
  kind: K,
): Extract<StoredSlot, { kind: K }>[] =>
  file.slots.filter((slot): slot is Extract<StoredSlot, { kind: K }> => slot.kind === kind)

/**
 * The data key by one of the slots this secret can open. Fails with `vault.no-slot` (no slot of that kind, or for that
 * card), `vault.wrong-key`, `vault.passphrase-wrong`, `vault.recovery-wrong`, `vault.device-secret-lost`.
 */
export const unlock = async (
  deps: SlotDeps,
  file: Pick<SlotFile, 'id' | 'slots'>,
  secret: SlotSecret,
): Promise<Outcome<Uint8Array>> => {
  switch (secret.kind) {
    case 'card': {
      const slot = kindOf(file, 'card').find((candidate) => candidate.serial === secret.serial)
      if (!slot) return fail('vault.no-slot', { details: { kind: 'card' } })
      const device = await deps.deviceSecret.unprotect(slot.deviceSecret)
      if (!device.ok) return fail('vault.device-secret-lost', { cause: device.error })
      const signature = await secret.sign(cardChallenge(file.id, slot))
      if (!signature.ok) return signature
      const kek = cardKey(signature.value, device.value, slot.salt)
      device.value.fill(0)
      return opened(file.id, slot, kek) ?? fail('vault.wrong-key')
    }
    case 'passphrase': {
      const slots = kindOf(file, 'passphrase')
      for (const slot of slots) {
        const found = opened(file.id, slot, await passphraseKey(secret.passphrase, slot.salt, slot.argon2))
        if (found) return found
      }
      return slots.length === 0
        ? fail('vault.no-slot', { details: { kind: 'passphrase' } })
        : fail('vault.passphrase-wrong', { retry: 'after-change' })
    }
    case 'recovery': {
      const slots = kindOf(file, 'recovery')
      if (slots.length === 0) return fail('vault.no-slot', { details: { kind: 'recovery' } })
      const material = readRecoveryCode(secret.code)
      if (!material) return fail('vault.recovery-wrong', { retry: 'after-change', details: { typing: true } })
      for (const slot of slots) {
        const found = opened(file.id, slot, deriveKey(material, slot.salt, 'SousPli vault recovery slot v1'))
        if (found) {
          material.fill(0)
          return found
        }
      }
      return fail('vault.recovery-wrong', { retry: 'after-change' })
    }
  }
}

const opened = (vaultId: string, slot: StoredSlot, kek: Uint8Array): Outcome<Uint8Array> | null => {
  const dataKey = unwrapSlot(vaultId, slot, kek)
  kek.fill(0)
  return dataKey ? ok(dataKey) : null
}
