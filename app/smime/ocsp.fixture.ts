import { createHash, sign } from 'node:crypto'
import { der, extension, int, oid, seq, time, type TestKey } from './path/issuing.fixture.ts'
import type { X509 } from './path/x509.ts'

const hash = (bytes: Uint8Array): Buffer => createHash('sha1').update(bytes).digest()
const sha1 = seq(oid('1.3.14.3.2.26'), der(0x05))
const explicit = (number: number, ...content: Uint8Array[]): Buffer => der(0xa0 + number, ...content)

export interface AnswerPlan {
  about: X509
  issuer: X509
  /** Whose certificate answers, and with which key. */
  responder: X509
  key: TestKey
  byKey?: boolean
  status?: 'good' | 'revoked' | 'unknown'
  from?: string
  to?: string | null
  nonce?: Uint8Array
  certificates?: X509[]
  criticalExtension?: boolean
  refused?: boolean
}

/** A BasicOCSPResponse made by hand. */
export const ocspAnswer = (plan: AnswerPlan): Uint8Array => {
  if (plan.refused) return new Uint8Array(seq(der(0x0a, [6])))
  const { about, issuer, responder } = plan
  const id = seq(
    sha1,
    der(0x04, hash(about.issuerDn.der)),
    der(0x04, hash(issuer.keyInfo.bits)),
    int(about.serialNumber),
  )
  const status = { good: der(0x80), revoked: der(0xa1, time('2026-01-01', true)), unknown: der(0x82) }
  const next = plan.to === null ? [] : [explicit(0, time(plan.to ?? '2026-12-01', true))]
  const single = seq(id, status[plan.status ?? 'good'], time(plan.from ?? '2026-11-21', true), ...next)
  const extensions = [
    ...(plan.nonce ? [extension('1.3.6.1.5.5.7.48.1.2', der(0x04, plan.nonce))] : []),
    ...(plan.criticalExtension ? [extension('1.2.3.4', Buffer.from([5, 0]), true)] : []),
  ]
  const name = plan.byKey
    ? explicit(2, der(0x04, hash(responder.keyInfo.bits)))
    : explicit(1, responder.subjectDn.der)
  const data = seq(
    name,
    time('2026-11-21', true),
    seq(single),
    ...(extensions.length > 0 ? [explicit(1, seq(...extensions))] : []),
  )
  const signature = der(0x03, [0], sign(plan.key.digest, data, plan.key.privateKey))
  const certificates = (plan.certificates ?? []).map((one) => one.der)
  const carried = certificates.length > 0 ? [explicit(0, seq(...certificates))] : []
  const basic = seq(data, plan.key.algorithm, signature, ...carried)
  return new Uint8Array(seq(der(0x0a, [0]), explicit(0, seq(oid('1.3.6.1.5.5.7.48.1.1'), der(0x04, basic)))))
}
