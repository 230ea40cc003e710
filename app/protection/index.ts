import type { CardService } from '../card/index.ts'
import {
  fail,
  ok,
  type CertificateSummary,
  type DraftContent,
  type Outcome,
  type SendCheck,
} from '../contract/index.ts'
import {
  importP12,
  mayReceive,
  ownCapabilityOids,
  readAnchors,
  receivedAt,
  summarise,
  type OpenedMessage,
  type Smime,
  type Trust,
} from '../smime/index.ts'
import type { Vault } from '../vault/index.ts'
import { issuersOf } from './anchors.ts'

export { fetchRevocation } from './revocation-fetch.ts'
export { pemOf, readTrustAnchors } from './anchors.ts'

export interface ProtectionDependencies {
  vault: Vault
  card: CardService
  smime: Smime
  trust: Trust
  /** DER of the accepted CA certificates: intermediates go along with a signature. */
  anchors: Uint8Array[]
  now: () => Date
  random: (length: number) => Uint8Array
}

export interface Protection {
  /** Wraps a finished MIME entity: signature by the card, then encryption to every recipient and to the sender. */
  protect: (
    entity: Uint8Array,
    wish: { sign: boolean; encrypt: boolean; from: string; recipients: string[] },
  ) => Promise<Outcome<Uint8Array>>
  /**
   * Decrypts and verifies as on the day of arrival (`dated` where the message does not tell); remembers certificates that
   * a valid signature vouches for. Fails only when a big message could not be looked at (see `Smime.open`).
   */
  open: (raw: Uint8Array, fromAddresses: string[], dated: Date) => Promise<Outcome<OpenedMessage>>
  /** What the options of a draft still lack. */
  check: (content: DraftContent) => Promise<SendCheck[]>
  /** Keeps the keys of a p12 file, and its certificates; the codes of `importP12` of S/MIME. The password is not kept. */
  importP12: (bytes: Uint8Array, passphrase: string) => Promise<Outcome<CertificateSummary[]>>
  keys: () => Promise<Outcome<CertificateSummary[]>>
  certificatesFor: (address: string) => Promise<Outcome<CertificateSummary[]>>
  /**
   * Keeps the certificates of a file (PEM, DER, p7b); answers the correspondent's. Fails with `certificate.malformed` when
   * it holds none.
   */
  importCertificate: (bytes: Uint8Array) => Promise<Outcome<CertificateSummary>>
}

interface KnownCertificate {
  fingerprint: string
  der: Uint8Array
  /** Ours, or from where it was learnt. */
  source: string
}

const summaries = (certificates: { der: Uint8Array }[]): CertificateSummary[] =>
  certificates.flatMap(({ der }) => {
    const summary = summarise(der)
    return summary.ok ? [summary.value] : []
  })

/** Copies of private keys, once used; the vault has its own. */
const wipe = (keys: readonly { pkcs8: Uint8Array }[]): void => {
  for (const { pkcs8 } of keys) pkcs8.fill(0)
}

/** S/MIME as the user sees it: the card signs, keys imported from a p12 decrypt, certificates of mail seen encrypt. */
export const createProtection = (deps: ProtectionDependencies): Protection => {
  const { vault, card, smime } = deps

  const remember = async (
    der: Uint8Array,
    source: 'signed-mail' | 'import' | 'own' | 'chain',
  ): Promise<Outcome<CertificateSummary>> => {
    const summary = summarise(der)
    if (!summary.ok) return summary
    const put = await vault.run('certificates.put', {
      fingerprint: summary.value.fingerprint,
      der,
      source,
      addresses: source === 'chain' ? [] : summary.value.emails.map((email) => email.toLowerCase()),
    })
    return put.ok ? summary : put
  }

  /** A valid certificate able to encrypt, for an address. */
  const encryptionCertificate = async (address: string): Promise<Outcome<KnownCertificate>> => {
    const known = await vault.run('certificates.forAddress', { address: address.toLowerCase() })
    if (!known.ok) return known
    const usable = known.value.find(({ der }) => mayReceive(der, deps.now()))
    if (usable) return ok(usable)
    return fail('smime.no-recipient-certificate', { details: { address }, retry: 'after-change' })
  }

  /** What the addressee needs to encrypt the answer: the sender's certificates that have a key here (RFC 8551 §2.3). */
  const ownEncryptionCertificates = async (from: string): Promise<Outcome<Uint8Array[]>> => {
    const keys = await vault.run('keys.list', {})
    if (!keys.ok) return keys
    wipe(keys.value)
    const mine = keys.value.filter(
      ({ der }) =>
        mayReceive(der, deps.now()) &&
        summaries([{ der }]).some(({ emails }) =>
          emails.some((email) => email.toLowerCase() === from.toLowerCase()),
        ),
    )
    return ok(mine.flatMap(({ der }) => [der, ...issuersOf(der, deps.anchors)]))
  }

  const sign = async (entity: Uint8Array, from: string): Promise<Outcome<Uint8Array>> => {
    const credential = await card.credential({ purpose: 'signature' })
    if (!credential.ok) return credential
    const { certificate } = credential.value
    const mine = await ownEncryptionCertificates(from)
    if (!mine.ok) return mine
    return smime.sign({
      entity,
      certificate,
      chain: [...issuersOf(certificate, deps.anchors), ...mine.value],
      ...(mine.value[0] ? { encryptionCertificate: mine.value[0] } : {}),
      sign: (message) => credential.value.sign({ scheme: 'rsa_pkcs1_sha256', message }),
      signingTime: deps.now(),
      random: deps.random,
    })
  }

  const encrypt = async (entity: Uint8Array, addresses: string[]): Promise<Outcome<Uint8Array>> => {
    const recipients: Uint8Array[] = []
    const capabilities = new Map<string, string[]>()
    for (const address of new Set(addresses.map((each) => each.toLowerCase()))) {
      const certificate = await encryptionCertificate(address)
      if (!certificate.ok) return certificate
      const { der, fingerprint, source } = certificate.value
      const noted = await vault.run('certificates.capabilities', { fingerprint })
      if (!noted.ok) return noted
      recipients.push(der)
      capabilities.set(fingerprint, source === 'own' ? ownCapabilityOids() : noted.value)
    }
    return smime.encrypt({ entity, recipients, capabilities, random: deps.random })
  }

  return {
    protect: async (entity, wish) => {
      const signed = wish.sign ? await sign(entity, wish.from) : ok(entity)
      if (!signed.ok || !wish.encrypt) return signed
      return encrypt(signed.value, [...wish.recipients, wish.from])
    },
    open: async (raw, fromAddresses, dated) => {
      const listed = await vault.run('keys.list', {})
      const keys = listed.ok ? listed.value : []
      const context = {
        fromAddresses,
        now: deps.now(),
        arrivedAt: receivedAt(raw) ?? dated,
        trust: deps.trust,
        keys: keys.map((key) => ({ certificate: key.der, pkcs8: key.pkcs8 })),
      }
      const opened = await smime.open(raw, context).finally(() => {
        wipe(keys)
      })
      if (!opened.ok) return opened
      const { certificates, capabilities } = opened.value
      for (const der of certificates) {
        const kept = await remember(der, 'signed-mail')
        if (!kept.ok || !capabilities) continue
        const { algorithms, statedAt } = capabilities
        const { fingerprint } = kept.value
        await vault.run('certificates.noteCapabilities', {
          fingerprint,
          algorithms,
          statedAt: statedAt.getTime(),
        })
      }
      return opened
    },
    check: async (content) => {
      const checks: SendCheck[] = []
      const add = (kind: SendCheck['kind'], address: string | null): void => {
        checks.push({ kind, blocking: true, address, trust: null, size: null, limit: null })
      }
      if (content.sign && card.state().state !== 'open') add('card-needed', null)
      if (content.encrypt) {
        for (const { address } of [...content.to, ...content.cc, ...content.bcc]) {
          const certificate = await encryptionCertificate(address)
          if (!certificate.ok) add('missing-certificate', address)
        }
        // Without a key of one's own, the copy in Sent could never be read again.
        const own = await vault.run('keys.list', {})
        if (own.ok && own.value.length === 0) add('missing-certificate', null)
        if (own.ok) wipe(own.value)
      }
      return checks
    },
    importP12: async (bytes, passphrase) => {
      const imported = importP12(bytes, passphrase)
      if (!imported.ok) return imported
      const { keys, chain } = imported.value
      try {
        for (const der of chain) {
          const kept = await remember(der, 'chain')
          if (!kept.ok) return kept
        }
        const added: CertificateSummary[] = []
        for (const { certificate, pkcs8 } of keys) {
          const summary = await remember(certificate, 'own')
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
    keys: async () => {
      const keys = await vault.run('keys.list', {})
      if (!keys.ok) return keys
      wipe(keys.value)
      return ok(summaries(keys.value))
    },
    certificatesFor: async (address) => {
      const known = await vault.run('certificates.forAddress', { address: address.toLowerCase() })
      return known.ok ? ok(summaries(known.value)) : known
    },
    importCertificate: async (bytes) => {
      const read = readAnchors(bytes)
      if (!read.ok) return fail('certificate.malformed', { cause: read.error, retry: 'after-change' })
      const named = read.value.filter((der) => summaries([{ der }]).some(({ emails }) => emails.length > 0))
      // In a p7b its authorities come along, in any order: the correspondent's own is what one asked for.
      const main = named.find((der) => mayReceive(der, deps.now())) ?? named[0] ?? read.value[0]
      if (!main) return fail('certificate.malformed', { retry: 'after-change' })
      for (const der of read.value)
        if (der !== main) {
          const put = await remember(der, named.includes(der) ? 'import' : 'chain')
          if (!put.ok) return put
        }
      return remember(main, 'import')
    },
  }
}
