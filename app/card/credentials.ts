import { createHash } from 'node:crypto'
import { fail, ok, type Outcome } from '../contract/index.ts'
import type { CardConnection } from './connection.ts'
import type { CardCredential, CredentialWish, ToSign } from './credential.ts'
import type { Perform, Target } from './operation.ts'
import type { Purpose, SeenCard } from './protocol.ts'
import { digestOf } from './signature-schemes.ts'
import type { Tokens } from './tokens.ts'

const validityCodes = {
  expired: 'card.certificate-expired',
  'not-yet-valid': 'card.certificate-not-yet-valid',
  revoked: 'card.certificate-revoked',
} as const

/** Gives keys of the card to others, for certificates that are valid today only (`CardService.credential`). */
export const createCredentials = (deps: {
  target: Target
  /** The card of an insertion, while it is there. */
  held: (insertion: number) => SeenCard | null
  link: () => CardConnection | null
  perform: Perform
  tokens: Tokens
  /** Returns when the authority has answered about a card, or should have. */
  checked: (card: SeenCard) => Promise<void>
}): ((wish: CredentialWish) => Promise<Outcome<CardCredential>>) => {
  /** Refuses a certificate that may not sign today. */
  const usable = (card: SeenCard, purpose: Purpose): Outcome<null> => {
    const certificate = deps.tokens.certificate(card, purpose)
    if (!certificate) return fail('card.no-certificate', { details: { purpose } })
    const { validity, notBefore, notAfter } = certificate
    if (validity === 'valid') return ok(null)
    return fail(validityCodes[validity], { retry: 'after-change', details: { purpose, notBefore, notAfter } })
  }

  const sign = async (insertion: number, purpose: Purpose, toSign: ToSign): Promise<Outcome<Uint8Array>> => {
    const link = deps.link()
    const card = deps.held(insertion)
    if (!link) return fail('card.process-lost', { retry: 'later' })
    if (!card) return fail('card.removed', { retry: 'after-change' })
    const allowed = usable(card, purpose)
    if (!allowed.ok) return allowed
    const scheme = card.schemes[purpose].find((one) => one === toSign.scheme)
    if (!scheme) return fail('card.mechanism-unavailable', { details: { reason: toSign.scheme } })
    const { name, length } = digestOf[scheme]
    const digest =
      'digest' in toSign
        ? Uint8Array.from(toSign.digest)
        : Uint8Array.from(createHash(name).update(toSign.message).digest())
    if (digest.length !== length)
      return fail('card.operation-failed', { details: { reason: 'digest length' } })
    const signed = await deps.perform(link, { op: 'sign', insertion, purpose, scheme, digest })
    return signed.ok ? ok(signed.value.signature) : signed
  }

  return async ({ purpose, serial, nationalId }) => {
    const found = deps.target(serial)
    if (!found.ok) return found
    const { card } = found.value
    const holder = deps.tokens.holderOf(card)?.nationalId ?? null
    if (nationalId !== undefined && nationalId !== holder)
      return fail('card.other-card', { retry: 'after-change' })
    if (!card.open) return fail('card.login-required', { retry: 'after-login' })
    await deps.checked(card)
    const allowed = usable(card, purpose)
    if (!allowed.ok) return allowed
    const certificate = card.certificates[purpose]
    if (!certificate) return fail('card.no-certificate', { details: { purpose } })
    const schemes = card.schemes[purpose]
    if (schemes.length === 0) return fail('card.mechanism-unavailable', { details: { purpose } })
    return ok({
      serial: card.serial,
      nationalId: holder,
      certificate,
      schemes,
      sign: (toSign) => sign(card.insertion, purpose, toSign),
    })
  }
}
