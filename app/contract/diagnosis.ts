import { z } from 'zod'
import { Server } from './accounts.ts'
import { call } from './service.ts'

/** What was looked at, in the order of the report. */
export const DiagnosisArea = z.enum([
  'program',
  'module',
  'readers',
  'card',
  'certificates',
  'revocation',
  'clock',
  'servers',
  'store',
])
export type DiagnosisArea = z.infer<typeof DiagnosisArea>

/**
 * Every finding by what it means: `ok` needs nothing, `attention` works but should be looked at, `fault` explains why something
 * does not work, `unknown` could not be found out. The renderer's catalogue has a sentence for each, and what to do for all
 * but `ok`.
 */
export const diagnosisCodes = {
  ok: [
    'program-versions',
    'key-store-works',
    'card-tls-ready',
    'module-loaded',
    'module-architecture',
    'reader-found',
    'card-present',
    'card-open',
    'certificate-valid',
    'chain-trusted',
    'revocation-good',
    'revocation-answered',
    'clock-right',
    'server-ready',
    'store-present',
    'store-sound',
    'disk-room',
  ],
  attention: [
    'policy-test',
    'key-store-missing',
    'card-tls-missing',
    'module-unsure',
    'card-absent',
    'card-tries',
    'certificate-expiring',
    'revocation-silent',
    'clock-off',
    'server-slow',
    'disk-low',
  ],
  fault: [
    'module-missing',
    'module-failed',
    'module-old',
    'module-other-architecture',
    'module-not-library',
    'reader-none',
    'card-unknown',
    'card-mute',
    'card-contactless',
    'card-blocked',
    'card-dead',
    'certificate-missing',
    'certificate-expired',
    'certificate-not-yet-valid',
    'certificate-revoked',
    'chain-untrusted',
    'anchors-none',
    'clock-wrong',
    'server-name',
    'server-unreachable',
    'server-silent',
    'server-no-starttls',
    'server-untrusted',
    'server-greeting',
    'store-damaged',
    'store-unreadable',
    'disk-full',
  ],
  unknown: [
    'readers-unknown',
    'card-unread',
    'certificates-unread',
    'revocation-nowhere',
    'clock-unknown',
    'servers-unknown',
    'server-wants-card',
    'store-none',
    'store-unchecked',
    'disk-unknown',
  ],
} as const

export const DiagnosisCode = z.enum([
  ...diagnosisCodes.ok,
  ...diagnosisCodes.attention,
  ...diagnosisCodes.fault,
  ...diagnosisCodes.unknown,
])
export type DiagnosisCode = z.infer<typeof DiagnosisCode>
export const DiagnosisLevel = z.enum(['ok', 'attention', 'fault', 'unknown'])
export type DiagnosisLevel = z.infer<typeof DiagnosisLevel>

/** What a code means for the user. */
export const diagnosisLevel = (code: DiagnosisCode): DiagnosisLevel =>
  DiagnosisLevel.options.find((level) => (diagnosisCodes[level] as readonly string[]).includes(code)) ??
  'unknown'

/** One finding. `details` never hold a name, an address of a person, an RPPS, a whole serial number or a secret. */
export const DiagnosisLine = z.object({
  area: DiagnosisArea,
  code: DiagnosisCode,
  details: z.record(z.string(), z.union([z.string().max(500), z.number()])),
})
export type DiagnosisLine = z.infer<typeof DiagnosisLine>

export const Diagnosis = z.object({
  /** When it began, ISO. */
  at: z.string(),
  running: z.boolean(),
  lines: z.array(DiagnosisLine).max(500),
})
export type Diagnosis = z.infer<typeof Diagnosis>

/** A server to look at beside those of the accounts. */
export const DiagnosisServer = z.object({ service: z.enum(['imap', 'smtp']), server: Server })
export type DiagnosisServer = z.infer<typeof DiagnosisServer>

export const diagnosisCalls = {
  /** Looks at the whole workstation; answered while locked, then without the servers of the accounts. */
  'diagnosis.run': call(z.object({ server: DiagnosisServer.nullable() }), Diagnosis),
}
export const diagnosisEvents = {
  /** Findings so far. */
  'diagnosis.progress': Diagnosis,
}
