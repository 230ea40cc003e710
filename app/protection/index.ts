import type { CardService } from '../card/index.ts'
import {
  ok,
  type DraftContent,
  type Outcome,
  type SendCheck,
  type SignatureStatus,
} from '../contract/index.ts'
import {
  judgeFile,
  ownCapabilityOids,
  readCertificate,
  receivedAt,
  type JudgeContext,
  type OpenedMessage,
  type SignatureFinding,
  type Smime,
  type Trust,
} from '../smime/index.ts'
import type { Vault } from '../vault/index.ts'
import { issuersOf } from './anchors.ts'
import { createCorrespondents, type Correspondents } from './correspondents.ts'
import { createOwnKeys, daysLeft, warnedDays, wipe, type Signer } from './own-keys.ts'

export { createRevocationFetch } from './revocation-fetch.ts'
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
  /** Addresses of a national identifier: what ties a card's signature to its sender. */
  directory?: JudgeContext['directory']
}

export interface Protection {
  /** Wraps a finished MIME entity: signature by the card or a key, then encryption to every recipient and to the sender. */
  protect: (
    entity: Uint8Array,
    wish: { sign: boolean; encrypt: boolean; from: string; recipients: string[] },
  ) => Promise<Outcome<Uint8Array>>
  /**
   * Decrypts and verifies as on the day of arrival (`dated` where the message does not tell); remembers certificates that
   * a valid signature vouches for. Fails only when a big message could not be looked at (see `Smime.open`).
   */
  open: (raw: Uint8Array, fromAddresses: string[], dated: Date) => Promise<Outcome<OpenedMessage>>
  /** The verdict on the signature of a file of a message, as on the day that message arrived. */
  judgeFile: (finding: SignatureFinding, raw: Uint8Array, dated: Date) => Promise<SignatureStatus>
  /** What the options of a draft still lack. */
  check: (content: DraftContent) => Promise<SendCheck[]>
  keys: ReturnType<typeof createOwnKeys>
  correspondents: Correspondents
}

/** S/MIME as the user sees it: the card signs, keys imported from a p12 decrypt, certificates of mail seen encrypt. */
export const createProtection = (deps: ProtectionDependencies): Protection => {
  const { vault, card, smime, now } = deps
  const correspondents = createCorrespondents({ vault, now })
  const keys = createOwnKeys({ vault, card, correspondents, smime, now })

  /** The card when it is there; else a key of one's own that says the address. Errors are the card's. */
  const signer = async (from: string): Promise<Outcome<Signer>> => {
    const own = card.state().state === 'open' ? ok(null) : await keys.signingKey(from)
    if (!own.ok) return own
    if (own.value) return ok(own.value)
    const credential = await card.credential({ purpose: 'signature' })
    if (!credential.ok) return credential
    return ok({
      certificate: credential.value.certificate,
      scheme: 'rsa-pkcs1',
      sign: (message) => credential.value.sign({ scheme: 'rsa_pkcs1_sha256', message }),
    })
  }

  const sign = async (entity: Uint8Array, from: string): Promise<Outcome<Uint8Array>> => {
    const credential = await signer(from)
    if (!credential.ok) return credential
    const { certificate, scheme } = credential.value
    // What the addressee needs to encrypt the answer (RFC 8551 §2.3).
    const mine = await keys.encryptionCertificates(from)
    if (!mine.ok) return mine
    const [preferred] = mine.value
    return smime.sign({
      entity,
      certificate,
      chain: [certificate, ...mine.value].flatMap((der, index) =>
        index === 0 ? issuersOf(der, deps.anchors) : [der, ...issuersOf(der, deps.anchors)],
      ),
      ...(preferred ? { encryptionCertificate: preferred } : {}),
      scheme,
      sign: credential.value.sign,
      signingTime: now(),
      random: deps.random,
    })
  }

  const encrypt = async (entity: Uint8Array, addresses: string[]): Promise<Outcome<Uint8Array>> => {
    const recipients: Uint8Array[] = []
    const capabilities = new Map<string, string[]>()
    for (const address of new Set(addresses.map((each) => each.toLowerCase()))) {
      const certificate = await correspondents.recipient(address)
      if (!certificate.ok) return certificate
      const { der, fingerprint, own } = certificate.value
      const noted = await vault.run('certificates.capabilities', { fingerprint })
      if (!noted.ok) return noted
      recipients.push(der)
      capabilities.set(fingerprint, own ? ownCapabilityOids() : noted.value)
    }
    return smime.encrypt({ entity, recipients, capabilities, random: deps.random })
  }

  /** What encrypting to an address lacks, or what is worth saying of it; null for nothing. */
  const recipientCheck = async (address: string): Promise<SendCheck | null> => {
    const none = { address, trust: null, size: null, limit: null }
    const certificate = await correspondents.recipient(address)
    if (!certificate.ok) {
      const changed = certificate.error.code === 'smime.certificate-changed'
      return { ...none, kind: changed ? 'certificate-changed' : 'missing-certificate', blocking: true }
    }
    const facts = readCertificate(certificate.value.der)
    if (!facts.ok || certificate.value.own || daysLeft(facts.value.notAfter, now()) >= warnedDays) return null
    const date = facts.value.notAfter.toISOString()
    return { ...none, kind: 'certificate-expiring', blocking: false, date }
  }

  const signatureMissing = async (content: DraftContent): Promise<boolean> => {
    if (!content.sign || card.state().state === 'open') return false
    const accounts = await vault.run('accounts.list', {})
    const account = accounts.ok ? accounts.value.find(({ id }) => id === content.accountId) : undefined
    return !account || !(await keys.hasSigningKey(account.address))
  }

  return {
    keys,
    correspondents,
    protect: async (entity, wish) => {
      const signed = wish.sign ? await sign(entity, wish.from) : ok(entity)
      if (!signed.ok || !wish.encrypt) return signed
      return encrypt(signed.value, [...wish.recipients, wish.from])
    },
    open: async (raw, fromAddresses, dated) => {
      const listed = await vault.run('keys.list', {})
      const own = listed.ok ? listed.value : []
      const arrivedAt = receivedAt(raw) ?? dated
      const context = {
        fromAddresses,
        now: now(),
        arrivedAt,
        trust: deps.trust,
        ...(deps.directory ? { directory: deps.directory } : {}),
        keys: own.map((key) => ({ certificate: key.der, pkcs8: key.pkcs8 })),
      }
      const opened = await smime.open(raw, context).finally(() => {
        wipe(own)
      })
      if (!opened.ok) return opened
      const { certificates, capabilities } = opened.value
      for (const der of certificates) {
        const kept = await correspondents.see(der, 'signed-mail', arrivedAt, fromAddresses[0])
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
    judgeFile: (finding, raw, dated) =>
      judgeFile(finding, { now: now(), arrivedAt: receivedAt(raw) ?? dated, trust: deps.trust }),
    check: async (content) => {
      const checks: SendCheck[] = []
      const none = { address: null, trust: null, size: null, limit: null }
      if (await signatureMissing(content)) checks.push({ ...none, kind: 'card-needed', blocking: true })
      if (!content.encrypt) return checks
      for (const { address } of [...content.to, ...content.cc, ...content.bcc]) {
        const check = await recipientCheck(address)
        if (check) checks.push(check)
      }
      // Without a key of one's own, the copy in Sent could never be read again.
      const own = await keys.list()
      if (own.ok && own.value.length === 0)
        checks.push({ ...none, kind: 'missing-certificate', blocking: true })
      return checks
    },
  }
}
