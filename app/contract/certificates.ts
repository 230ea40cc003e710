import { z } from 'zod'
import { call, Nothing } from './service.ts'
import { CertificateSummary } from './verdict.ts'

/** What a certificate is for, at the addresses it names. */
export const CertificateUse = z.enum(['signature', 'encryption'])
export type CertificateUse = z.infer<typeof CertificateUse>

/**
 * Another certificate came for an address than the one known for the same use (docs/certificates.md): `renewal` by the same
 * authority for the same holder; `other-holder`, of the same authority for somebody else; `other-issuer`.
 */
export const CertificateChange = z.object({
  address: z.string(),
  before: CertificateSummary,
  after: CertificateSummary,
  uses: z.array(CertificateUse),
  kind: z.enum(['renewal', 'other-holder', 'other-issuer']),
  /** The new certificate is for the same key. */
  sameKey: z.boolean(),
  /** ISO 8601; arrival of the first mail it was seen in. */
  firstSeen: z.string(),
  /** The user decided to keep `before`; false while nobody decided. */
  refused: z.boolean(),
})
export type CertificateChange = z.infer<typeof CertificateChange>

/** A certificate of a correspondent's address with its history there; dates in ISO 8601. */
export const KnownCertificate = z.object({
  certificate: CertificateSummary,
  uses: z.array(CertificateUse),
  /** `current` is used; `changed` waits for a decision; `former` was replaced; `refused` was set aside by the user. */
  state: z.enum(['current', 'changed', 'former', 'refused']),
  source: z.enum(['own', 'signed-mail', 'import', 'directory']),
  firstSeen: z.string(),
  lastSeen: z.string(),
  /** Fingerprint of what replaced a former one. */
  replacedBy: z.string().nullable(),
  decidedAt: z.string().nullable(),
})
export type KnownCertificate = z.infer<typeof KnownCertificate>

export const CorrespondentCertificates = z.object({
  address: z.string(),
  /** Empty when no mail named it. */
  name: z.string(),
  certificates: z.array(KnownCertificate),
})
export type CorrespondentCertificates = z.infer<typeof CorrespondentCertificates>

/** A key of one's own. Each decrypts what was encrypted for it, as long as it is kept. */
export const OwnKey = z.object({
  certificate: CertificateSummary,
  uses: z.array(CertificateUse),
  /** The one that signs or that correspondents are given: valid, and the latest of its use and address. */
  current: z.boolean(),
  addedAt: z.string(),
})
export type OwnKey = z.infer<typeof OwnKey>

/** A certificate of one's own that ends within 60 days, or has ended, with nothing newer in its place. */
export const Expiry = z.object({
  kind: z.enum(['key', 'card', 'account']),
  /** The addresses of a key's certificate, the card's serial number, or the mailbox that an organisation's certificate opens. */
  name: z.string(),
  notAfter: z.string(),
  /** Whole days left; negative once it has ended. */
  days: z.number().int(),
})
export type Expiry = z.infer<typeof Expiry>

const UploadId = z.string().max(100)
const Fingerprint = z.string().regex(/^[0-9a-f]{64}$/)
const Address = z.string().min(1).max(320)
const AtAddress = z.object({ address: Address, fingerprint: Fingerprint })

export const certificateCalls = {
  /** A p12 file: its private keys and certificates go into the vault; answers the certificates of the keys. */
  'keys.importP12': call(
    z.object({ uploadId: UploadId, passphrase: z.string().max(512) }),
    z.array(CertificateSummary),
  ),
  'keys.list': call(Nothing, z.array(OwnKey)),
  /** Forgets a private key: what was encrypted for it alone is never read again. `vault.not-found`. */
  'keys.remove': call(z.object({ fingerprint: Fingerprint }), Nothing),
  /** Own certificates (keys and card) to warn of; none once dismissed today. */
  'keys.expiring': call(Nothing, z.array(Expiry)),
  'keys.dismissExpiry': call(Nothing, Nothing),
  /** A correspondent's certificate, PEM, DER or p7b; replaces none by itself. `certificate.malformed`. */
  'certificates.import': call(z.object({ uploadId: UploadId }), CertificateSummary),
  /** Correspondents whose name or address has a text in it, all for an empty one; at most 200. */
  'certificates.correspondents': call(
    z.object({ text: z.string().max(200) }),
    z.array(CorrespondentCertificates),
  ),
  /** Changes at some addresses, undecided or decided against. */
  'certificates.changes': call(
    z.object({ addresses: z.array(Address).max(500) }),
    z.array(CertificateChange),
  ),
  /** Takes a certificate for its address, in the place of those current for the same use, or sets it aside. `vault.not-found`. */
  'certificates.decide': call(AtAddress.extend({ take: z.boolean() }), Nothing),
  /** `vault.not-found`. */
  'certificates.forget': call(AtAddress, Nothing),
  /** A part with the certificate, DER, to save (`window.savePart`). `vault.not-found`. */
  'certificates.export': call(z.object({ fingerprint: Fingerprint }), z.object({ url: z.string() })),
}
