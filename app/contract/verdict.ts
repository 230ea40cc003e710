import { z } from 'zod'
import { ErrorData } from './errors.ts'

export const CertificateSummary = z.object({
  /** SHA-256 of the DER, lower-case hex. */
  fingerprint: z.string(),
  subject: z.string(),
  issuer: z.string(),
  serial: z.string(),
  notBefore: z.string(),
  notAfter: z.string(),
  emails: z.array(z.string()),
  /** From the subject's CN when it is a national identifier (cps-card.md §2.4). */
  nationalId: z.string().nullable(),
  profession: z.string().nullable(),
})
export type CertificateSummary = z.infer<typeof CertificateSummary>

/**
 * What is said of a signature, a closed set (docs/smime.md):
 * - `none`: there is no signature;
 * - `valid`: good, trusted, the signer is the sender, everything shown is covered;
 * - `partial`: as `valid`, but something shown is outside the signature;
 * - `unbound`: good and trusted, but nothing ties the signer to the sender shown;
 * - `untrusted`: the content is as signed, but who signed is not to be believed (authority, dates, usage, weak algorithm);
 * - `undecidable`: it cannot be judged (several signers, unreadable, unsupported);
 * - `invalid`: what is shown is not what was signed, or the signature is not the signer's.
 */
export const SignatureVerdict = z.enum([
  'none',
  'valid',
  'partial',
  'unbound',
  'untrusted',
  'undecidable',
  'invalid',
])
export type SignatureVerdict = z.infer<typeof SignatureVerdict>

/** Why a signature is not plainly valid. */
export const SignatureReason = z.enum([
  // What is shown is not what was signed: `invalid`.
  'content-altered',
  'signature-wrong',
  // The signature cannot be judged: `undecidable`.
  'malformed',
  'several-signers',
  'two-contents',
  'no-content',
  'signer-missing',
  'unsupported-algorithm',
  // The signer is not to be believed: `untrusted`.
  'untrusted-authority',
  'constraint-violated',
  'expired',
  'not-yet-valid',
  'revoked',
  'revocation-unknown',
  'wrong-usage',
  'weak-algorithm',
  // Nothing ties the signer to the sender: `unbound`.
  'address-mismatch',
  'signed-by-sender-field',
  'address-in-subject-only',
  'identity-not-linked',
  'no-address',
  'no-from',
  'several-from',
  'malformed-from',
  'name-shows-other-address',
  'protected-from-differs',
  // Something shown is outside: `partial`.
  'outside-signature',
])
export type SignatureReason = z.infer<typeof SignatureReason>

/** What is worth saying of a signature without changing the verdict. */
export const SignatureNotice = z.enum([
  /** Neither a list nor a responder could be asked. */
  'revocation-unknown',
  /** Address of certificate and message differ in the case of the local part. */
  'local-part-case',
  /** `Sender` names somebody else than `From`. */
  'sender-differs',
  /** The subject, recipients or date were changed on the way: see the header protection. */
  'headers-changed',
  /** It was made over the encrypted message: nothing says that the signer knew what it holds. */
  'signed-over-encryption',
  /** It came through a mailing list. */
  'mailing-list',
  /** What is outside the signature is what a mailing list or a gateway adds. */
  'footer-added',
  /** With the text added at its end taken away again, the content is what was signed. */
  'altered-by-footer',
  /** Put back into its former transfer encoding, the content is what was signed. */
  'altered-by-encoding',
  /** With its blanks or line ends put back, the content is what was signed. */
  'altered-by-blanks',
  /** Made after the date the certificates are judged at, when that date was asked for. */
  'signed-later',
  /** Good once its line ends were made CRLF again. */
  'line-ends-restored',
  /** A signed receipt is asked for (RFC 2634); none is ever sent. */
  'receipt-requested',
  /** Signed by several people one over the other. */
  'several-layers',
])
export type SignatureNotice = z.infer<typeof SignatureNotice>

const NoSignature = z.object({ status: z.literal('none') })

/** A signature that was looked at; `reasons` is empty for `valid` alone. */
export const JudgedSignature = z.object({
  status: SignatureVerdict.exclude(['none']),
  reasons: z.array(SignatureReason),
  notices: z.array(SignatureNotice),
  signer: CertificateSummary.nullable(),
  signerName: z.string().nullable(),
  /** As the signer says; ISO 8601. */
  signedAt: z.string().nullable(),
  /** What ties the signer to the From address: the certificate holds it, or the directory gives it for the national identifier. */
  binding: z.enum(['certificate', 'directory', 'none']),
  /** The whole message shown, or a part of it; `file`: of a file (.p7m, .p7s), whose signer need not be who sends it. */
  scope: z.enum(['message', 'part', 'file']),
  revocation: z.enum(['good', 'revoked', 'unknown', 'not-asked']),
  /** Date of the oldest list or answer that says so; ISO 8601. */
  revocationAsOf: z.string().nullable(),
  /** The signer's certificate first; empty when no path leads to an anchor. */
  chain: z.array(CertificateSummary),
  /** Which check of the path failed (docs/inspect.md), more precise than the reasons; null when none did. */
  pathProblem: z.string().nullable(),
  /** Signature and digest as shown, null when they could not be read. */
  algorithm: z.string().nullable(),
})
export type JudgedSignature = z.infer<typeof JudgedSignature>

export const SignatureStatus = z.discriminatedUnion('status', [NoSignature, JudgedSignature])
export type SignatureStatus = z.infer<typeof SignatureStatus>

export const EncryptionStatus = z.discriminatedUnion('status', [
  z.object({ status: z.literal('none') }),
  z.object({
    status: z.literal('decrypted'),
    algorithm: z.string(),
    /** How our copy of the key was protected. */
    keyAlgorithm: z.string(),
    /** Whether a change to the ciphertext would have been noticed by the cipher itself (GCM). */
    authenticated: z.boolean(),
    /** By the cipher, or by a good signature over what was inside; else a change on the way may go unnoticed (EFAIL). */
    integrityProtected: z.boolean(),
    /** A cipher that is no longer safe (3DES, RC2). */
    weak: z.boolean(),
  }),
  z.object({ status: z.literal('failed'), error: ErrorData }),
])
export type EncryptionStatus = z.infer<typeof EncryptionStatus>

/** One header field that differs between what was protected and what the message shows to everyone. */
export const HeaderDifference = z.object({
  field: z.enum(['subject', 'from', 'to', 'cc', 'date']),
  /** Decoded; null when the field is not there. */
  outer: z.string().nullable(),
  inner: z.string().nullable(),
})
export type HeaderDifference = z.infer<typeof HeaderDifference>

/** Header fields carried inside the signature or the encryption (RFC 9788, RFC 8551 §3.1, « memory hole »). */
export const HeaderProtection = z.object({
  kind: z.enum(['none', 'rfc9788', 'memory-hole', 'enclosed-message']),
  /** Subject to show: the protected one when there is one that can be relied on. */
  subject: z.string().nullable(),
  /** Fields that were changed on the way, or hidden from the outside on purpose (`hidden`). */
  differences: z.array(HeaderDifference),
  /** Fields that the sender kept out of the clear: a reply must keep them out too. */
  hidden: z.array(HeaderDifference.shape.field),
})
export type HeaderProtection = z.infer<typeof HeaderProtection>

/** A signed or encrypted part below the root of what is shown; its status is not the message's. */
export const PartVerdict = z.object({
  /** IMAP numbering in what is shown. */
  path: z.string(),
  /** In a forwarded message: the sender it is judged against. */
  forwardedFrom: z.string().nullable(),
  signature: SignatureStatus,
  /** An encrypted part below the root is never decrypted (docs/smime.md). */
  encrypted: z.boolean(),
})
export type PartVerdict = z.infer<typeof PartVerdict>
