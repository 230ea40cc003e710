import { createPrivateKey, sign } from 'node:crypto'
import type { CardService } from '../card/index.ts'
import {
  fail,
  ok,
  type CertificateSummary,
  type Expiry,
  type Outcome,
  type OwnKey,
} from '../contract/index.ts'
import {
  mayReceive,
  readCertificate,
  summaryOf,
  usesOf,
  type CertificateFacts,
  type Smime,
} from '../smime/index.ts'
import type { CertificateUses, Vault } from '../vault/index.ts'
import { useNames, type Correspondents } from './correspondents.ts'

/** Days before the end of a certificate from which one is warned. */
export const warnedDays = 60
const day = 86_400_000
const dismissal = 'keys.expiry-dismissed'

export const daysLeft = (notAfter: Date, now: Date): number =>
  Math.floor((notAfter.getTime() - now.getTime()) / day)

/** Copies of private keys, once used; the vault has its own. */
export const wipe = (keys: readonly { pkcs8: Uint8Array }[]): void => {
  for (const { pkcs8 } of keys) pkcs8.fill(0)
}

interface Held {
  facts: CertificateFacts
  uses: CertificateUses | null
  addedAt: number
}

const serves = (one: Held, use: 'sign' | 'encrypt'): boolean => one.uses === 'both' || one.uses === use

const addressesOf = ({ facts }: Held): string[] => facts.emails.map((email) => email.toLowerCase())

/** Another key of one's own for all that this one is for, which ends later. */
const isOutlived = (one: Held, all: readonly Held[]): boolean =>
  all.some(
    (other) =>
      other !== one &&
      other.facts.notAfter > one.facts.notAfter &&
      (['sign', 'encrypt'] as const).every((use) => !serves(one, use) || serves(other, use)) &&
      addressesOf(one).every((address) => addressesOf(other).includes(address)),
  )

/** What signs a message, and how. */
export interface Signer {
  certificate: Uint8Array
  scheme: 'rsa-pkcs1' | 'ecdsa'
  sign: (message: Uint8Array) => Promise<Outcome<Uint8Array>>
}

/**
 * Keys of one's own, from p12 files: all of them decrypt, for as long as they are kept; only the latest valid one of an
 * address signs or is given to correspondents.
 */
export const createOwnKeys = ({
  vault,
  card,
  correspondents,
  smime,
  now,
}: {
  vault: Vault
  card: Pick<CardService, 'state'>
  correspondents: Correspondents
  smime: Pick<Smime, 'importP12'>
  now: () => Date
}) => {
  const held = async (): Promise<Outcome<Held[]>> => {
    const keys = await vault.run('keys.list', {})
    if (!keys.ok) return keys
    wipe(keys.value)
    return ok(
      keys.value.flatMap(({ der, addedAt }) => {
        const facts = readCertificate(der)
        const uses = usesOf(der)
        return facts.ok ? [{ facts: facts.value, uses: uses.ok ? uses.value : null, addedAt }] : []
      }),
    )
  }
  const isValid = ({ facts }: Held): boolean => facts.notBefore <= now() && now() <= facts.notAfter
  const latest = (some: readonly Held[]): Held | undefined =>
    [...some].sort((one, other) => other.facts.notBefore.getTime() - one.facts.notBefore.getTime())[0]
  const currentFor = (all: readonly Held[], use: 'sign' | 'encrypt', address: string): Held | undefined =>
    latest(all.filter((one) => isValid(one) && serves(one, use) && addressesOf(one).includes(address)))

  const isCurrent = (one: Held, all: readonly Held[]): boolean => {
    const addresses = addressesOf(one)
    if (addresses.length === 0) return isValid(one)
    return (['sign', 'encrypt'] as const).some(
      (use) => serves(one, use) && addresses.some((address) => currentFor(all, use, address) === one),
    )
  }

  const hasSigningKey = async (from: string): Promise<boolean> => {
    const all = await held()
    return all.ok && currentFor(all.value, 'sign', from.toLowerCase()) !== undefined
  }

  return {
    /** Keeps the keys of a p12 file with its certificates; the codes of `importP12` of S/MIME. The password is not kept. */
    importFile: async (bytes: Uint8Array, passphrase: string): Promise<Outcome<CertificateSummary[]>> => {
      const imported = await smime.importP12(bytes, passphrase)
      if (!imported.ok) return imported
      const { keys, chain } = imported.value
      try {
        for (const der of chain) {
          const kept = await correspondents.keepAuthority(der)
          if (!kept.ok) return kept
        }
        const added: CertificateSummary[] = []
        for (const { certificate, pkcs8 } of keys) {
          const summary = await correspondents.see(certificate, 'own', now())
          if (!summary.ok) return summary
          const put = await vault.run('keys.put', { fingerprint: summary.value.fingerprint, pkcs8 })
          if (!put.ok) return put
          added.push(summary.value)
        }
        return ok(added)
      } finally {
        wipe(keys)
      }
    },
    list: async (): Promise<Outcome<OwnKey[]>> => {
      const all = await held()
      if (!all.ok) return all
      const { value } = all
      return ok(
        value.map((one) => ({
          certificate: summaryOf(one.facts),
          uses: one.uses === null ? [] : useNames[one.uses],
          current: isCurrent(one, value),
          addedAt: new Date(one.addedAt).toISOString(),
        })),
      )
    },
    remove: async (fingerprint: string): Promise<Outcome<null>> => {
      const removed = await vault.run('keys.remove', { fingerprint })
      if (!removed.ok) return removed
      return removed.value ? ok(null) : fail('vault.not-found')
    },
    /** DER of the current certificates with a key here that mail for an address may be encrypted for. */
    encryptionCertificates: async (address: string): Promise<Outcome<Uint8Array[]>> => {
      const all = await held()
      if (!all.ok) return all
      const current = currentFor(all.value, 'encrypt', address.toLowerCase())
      return ok(current && mayReceive(current.facts.der, now()) ? [current.facts.der] : [])
    },
    hasSigningKey,
    /** The current key that signs for an address; null when there is none. The private key is opened for one signature only. */
    signingKey: async (from: string): Promise<Outcome<Signer | null>> => {
      if (!(await hasSigningKey(from))) return ok(null)
      const keys = await vault.run('keys.list', {})
      if (!keys.ok) return keys
      const all = keys.value.flatMap(({ der, pkcs8, addedAt }) => {
        const facts = readCertificate(der)
        const uses = usesOf(der)
        return facts.ok ? [{ facts: facts.value, uses: uses.ok ? uses.value : null, addedAt, pkcs8 }] : []
      })
      const chosen = currentFor(all, 'sign', from.toLowerCase())
      const pkcs8 = all.find((one) => one === chosen)?.pkcs8
      if (!chosen || !pkcs8) {
        wipe(keys.value)
        return ok(null)
      }
      const key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' })
      wipe(keys.value)
      const curves: Readonly<Record<string, string>> = { secp384r1: 'sha384', secp521r1: 'sha512' }
      const digest = curves[key.asymmetricKeyDetails?.namedCurve ?? ''] ?? 'sha256'
      return ok({
        certificate: chosen.facts.der,
        scheme: key.asymmetricKeyType === 'ec' ? 'ecdsa' : 'rsa-pkcs1',
        sign: (message) => Promise.resolve(ok(new Uint8Array(sign(digest, message, key)))),
      })
    },
    /** `others` are told with it. What ends within 60 days or has ended, with nothing newer in its place; nothing once dismissed this day. */
    expiring: async (others: () => Promise<Outcome<Expiry[]>>): Promise<Outcome<Expiry[]>> => {
      const dismissed = await vault.run('meta.get', { name: dismissal })
      if (!dismissed.ok) return dismissed
      if (dismissed.value === now().toDateString()) return ok([])
      const all = await held()
      if (!all.ok) return all
      const soon = (notAfter: Date): boolean => daysLeft(notAfter, now()) < warnedDays
      const keys = all.value
        .filter((one) => soon(one.facts.notAfter) && !isOutlived(one, all.value))
        .map(({ facts }) => ({
          kind: 'key' as const,
          name: facts.emails.join(', ') || summaryOf(facts).subject,
          notAfter: facts.notAfter,
        }))
      const state = card.state()
      const token = 'token' in state ? state.token : null
      const ends = token
        ? [token.signature, token.authentication].flatMap((one) => (one ? [new Date(one.notAfter)] : []))
        : []
      const [first] = ends.sort((one, other) => one.getTime() - other.getTime())
      const cards =
        token && first && soon(first) ? [{ kind: 'card' as const, name: token.serial, notAfter: first }] : []
      const further = await others()
      if (!further.ok) return further
      return ok([
        ...[...cards, ...keys].map(({ notAfter, ...one }) => ({
          ...one,
          notAfter: notAfter.toISOString(),
          days: daysLeft(notAfter, now()),
        })),
        ...further.value,
      ])
    },
    dismissExpiry: async (): Promise<Outcome<null>> => {
      const set = await vault.run('meta.set', { name: dismissal, value: now().toDateString() })
      return set.ok ? ok(null) : set
    },
  }
}
