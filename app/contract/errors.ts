import { z } from 'zod'

/**
 * Every error code that may cross a boundary. A code is stable: the renderer's catalogue has one French and one
 * English sentence for each, and traces and tests name them. Add codes here, next to their area.
 */
export const errorCodes = [
  // the contract itself
  'contract.invalid-request',
  'contract.invalid-reply',
  'contract.unknown-method',
  'contract.forbidden-sender',
  'core.unavailable',
  'core.internal',
  'core.algorithm-missing',
  // card
  'card.no-module',
  'card.module-failed',
  'card.module-architecture',
  'card.module-too-old',
  'card.no-reader',
  'card.no-card',
  'card.unknown-card',
  'card.mute',
  'card.contactless',
  'card.updating',
  'card.pin-format',
  'card.pin-same',
  'card.pin-incorrect',
  'card.pin-locked',
  'card.pin-cancelled',
  'card.pin-mismatch',
  'card.pin-care-elsewhere',
  'card.pin-program-missing',
  'card.last-try',
  'card.puk-last-try',
  'card.puk-format',
  'card.puk-incorrect',
  'card.puk-locked',
  'card.removed',
  'card.login-required',
  'card.other-card',
  'card.no-certificate',
  'card.certificate-expired',
  'card.certificate-not-yet-valid',
  'card.certificate-revoked',
  'card.mechanism-unavailable',
  'card.timeout',
  'card.process-lost',
  'card.operation-failed',
  // vault
  'vault.missing',
  'vault.exists',
  'vault.locked',
  'vault.no-slot',
  'vault.wrong-key',
  'vault.passphrase-weak',
  'vault.passphrase-wrong',
  'vault.recovery-wrong',
  'vault.device-secret-lost',
  'vault.card-not-deterministic',
  'vault.corrupt',
  'vault.read-only',
  'vault.disk-full',
  'vault.from-future',
  'vault.in-use',
  'vault.not-found',
  'vault.cancelled',
  'vault.busy',
  'vault.backup-unknown',
  'vault.backup-damaged',
  // network and TLS
  'net.unreachable',
  'net.timeout',
  'net.dns',
  'net.closed',
  'net.private-host',
  'tls.starttls-missing',
  'tls.handshake',
  'tls.untrusted-authority',
  'tls.expired',
  'tls.host-mismatch',
  'tls.wrong-usage',
  'tls.revoked',
  'tls.revocation-unknown',
  'tls.client-certificate-refused',
  'tls.signature-unsupported',
  'tls.card-module-missing',
  // identity
  'auth.failed',
  'auth.login-required',
  'auth.cancelled',
  'auth.refused',
  'auth.timeout',
  'auth.answer-invalid',
  'auth.unknown-professional',
  'auth.other-professional',
  'auth.code-wrong',
  'auth.code-expired',
  'auth.provider-unavailable',
  'auth.mechanism-unavailable',
  'auth.external-refused',
  'auth.other-card',
  // accounts
  'account.address-invalid',
  'account.not-found',
  'account.exists',
  'account.discovery-failed',
  'account.outside-trust-space',
  'account.host-outside',
  'account.label-invalid',
  'account.certificate-expired',
  'account.p12-gone',
  // trust space
  'trust-space.malformed',
  'trust-space.empty',
  'trust-space.older',
  'trust-space.no-server',
  // folders
  'folder.not-found',
  'folder.name-invalid',
  'folder.exists',
  'folder.special',
  'folder.not-empty',
  'folder.refused',
  // mail
  'imap.failed',
  'imap.protocol',
  'imap.quota',
  'imap.busy',
  'imap.no-permission',
  'imap.folder-gone',
  'mail.not-found',
  'mail.body-unavailable',
  'mail.changed-elsewhere',
  'mail.cannot-undo',
  'mail.quarantined',
  'mime.malformed',
  'mime.limit',
  'part.expired',
  'part.unavailable',
  // sending
  'smtp.failed',
  'smtp.busy',
  'smtp.recipient-refused',
  'smtp.all-recipients-refused',
  'smtp.sender-refused',
  'smtp.too-large',
  'smtp.rejected',
  'outbox.unknown-outcome',
  'outbox.not-found',
  'outbox.too-late',
  'receipt.not-asked',
  'compose.no-recipient',
  'compose.address-invalid',
  'compose.recipient-outside',
  'compose.generic-health-document',
  'compose.generic-to-trust-space',
  'compose.too-large',
  'compose.draft-missing',
  'compose.date-past',
  // import and export
  'exchange.unreadable',
  'exchange.nothing-found',
  'exchange.write-failed',
  'exchange.too-large',
  'exchange.grant-expired',
  // S/MIME
  'smime.malformed',
  'smime.limit',
  'smime.unsupported',
  'smime.no-key',
  'smime.no-recipient-certificate',
  'smime.certificate-changed',
  'smime.decrypt-failed',
  'smime.sign-failed',
  'p12.wrong-passphrase',
  'p12.malformed',
  'p12.no-key',
  'p12.too-large',
  'p12.unsupported',
  'certificate.malformed',
  // clinical documents
  'zip.malformed',
  'zip.limit',
  'zip.unsafe',
  'xml.malformed',
  'xml.limit',
  'xml.forbidden',
  'xdm.no-metadata',
  'cda.not-a-cda',
  'cda.no-body',
  'hl7.malformed',
  'hl7.limit',
  'hprim.malformed',
  'dicom.malformed',
  'dicom.limit',
  // documents one sends
  'document.unreadable',
  'document.unsupported',
  'document.picture-unsupported',
  'document.encrypted-pdf',
  'document.incomplete',
  'document.other-patient',
  'document.author-missing',
  'document.patient-missing',
  'document.not-for-recipient',
  'document.not-found',
  'document.type-unknown',
  // directory
  'directory.not-configured',
  'directory.not-found',
  'directory.key-refused',
  'directory.busy',
  'directory.api-failed',
  'directory.extraction-malformed',
  'directory.extraction-truncated',
  'directory.extraction-too-large',
  'directory.ldap-failed',
  'directory.list-exists',
  'directory.list-unreadable',
  // patients
  'patient.not-found',
  'patient.cannot-undo',
  'patient.traits-missing',
  'compose.patient-unconfirmed',
  'compose.patient-refused',
  'compose.patient-unknown',
  // patient records
  'integration.target-unknown',
  'integration.target-managed',
  'integration.target-busy',
  'integration.folder-invalid',
  'integration.folder-missing',
  'integration.anchors-invalid',
  'integration.document-unknown',
  'integration.document-unsuitable',
  'integration.doubts',
  'integration.already-filed',
  'integration.refused',
  'integration.unknown-outcome',
  'integration.cannot-withdraw',
  'integration.filing-unknown',
  'integration.too-late',
  'integration.too-large',
  'integration.character',
  'integration.encrypted',
  'integration.rule-unknown',
  'integration.cannot-undo',
  'hl7.malformed',
  'hl7.limit',
  'hl7.wrong-answer',
] as const

export const ErrorCode = z.enum(errorCodes)
export type ErrorCode = z.infer<typeof ErrorCode>

/** When trying again can help: never, later by itself, after the user logs in again, after the user changes something. */
export const Retry = z.enum(['no', 'later', 'after-login', 'after-change'])
export type Retry = z.infer<typeof Retry>

/**
 * An error as a value. `details` holds only what a sentence needs (tries left, a host name, a refused address):
 * never a PIN, a token, mail content or patient data.
 */
export const ErrorData = z.object({
  code: ErrorCode,
  retry: Retry,
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
})
export type ErrorData = z.infer<typeof ErrorData>

/** `ErrorData` with the cause that stays on the side where it happened; it is dropped at the contract's border. */
export interface AppError extends ErrorData {
  cause?: unknown
}

export type Outcome<T> = { ok: true; value: T } | { ok: false; error: AppError }

/** A successful outcome. */
export const ok = <T>(value: T): Outcome<T> => ({ ok: true, value })

/** A failed outcome. `retry` defaults to `no`. */
export const fail = <T = never>(
  code: ErrorCode,
  rest: { retry?: Retry; details?: NonNullable<ErrorData['details']>; cause?: unknown } = {},
): Outcome<T> => ({
  ok: false,
  error: {
    code,
    retry: rest.retry ?? 'no',
    ...(rest.details ? { details: rest.details } : {}),
    ...(rest.cause !== undefined ? { cause: rest.cause } : {}),
  },
})

/** What may leave the process where the error happened: everything but the cause. */
export const toErrorData = (error: AppError): ErrorData => ({
  code: error.code,
  retry: error.retry,
  ...(error.details ? { details: error.details } : {}),
})
