import { createHash } from 'node:crypto'
import type {
  CardActivity,
  CardBinding,
  CardCertificate,
  CardHolder,
  CardToken,
  CardValidity,
} from '../contract/index.ts'
import { parseCertificate, validityOf } from './certificate.ts'
import { holderOf } from './holder.ts'
import type { Purpose, SeenCard } from './protocol.ts'

export type Revocation = CardCertificate['revocation']

/** Facts of a card that do not change while it is in its reader. */
interface Facts {
  holder: CardHolder | null
  dates: Record<Purpose, { notBefore: string; notAfter: string } | null>
}

/** What the card's data objects told, as far as they have been read. */
export interface CardData {
  specialty: string | null
  activities: CardActivity[]
}

export const fingerprintOf = (der: Uint8Array): string => createHash('sha256').update(der).digest('hex')

const datesOf = (der: Uint8Array | null): Facts['dates'][Purpose] => {
  const certificate = der && parseCertificate(der)
  return certificate ? validityOf(certificate) : null
}

export interface Tokens {
  of(card: SeenCard): CardToken
  holderOf(card: SeenCard): CardHolder | null
  /** Whether the certificate of a purpose may be used now; null when the card has none. */
  certificate(card: SeenCard, purpose: Purpose): CardCertificate | null
  /** What was read of a card's data objects. */
  learn(insertion: number, data: CardData): void
  /** What an authority said of a certificate. */
  revoked(der: Uint8Array, revocation: Revocation): void
  /** What binds cards changed: it is asked again. */
  rebind(): void
  /** Insertions are counted by the process: a new one begins again. */
  forget(): void
}

/** Cards as the contract shows them: certificates parsed once for an insertion, dates compared at every look. */
export const createTokens = (deps: {
  now: () => number
  binding: (card: { serial: string; nationalId: string | null }) => CardBinding
}): Tokens => {
  const known = new Map<number, Facts>()
  const learned = new Map<number, CardData>()
  const revocations = new Map<string, Revocation>()
  /** Asking reads files: done once for a card. */
  const bindings = new Map<string, CardBinding>()

  const bindingOf = (serial: string, nationalId: string | null): CardBinding => {
    const key = `${serial} ${nationalId ?? ''}`
    const binding = bindings.get(key) ?? deps.binding({ serial, nationalId })
    bindings.set(key, binding)
    return binding
  }

  const factsOf = (card: SeenCard): Facts => {
    const former = known.get(card.insertion)
    if (former) return former
    const { authentication, signature } = card.certificates
    const facts = {
      holder:
        (authentication && holderOf(authentication, card.serial)) ??
        (signature && holderOf(signature, card.serial)),
      dates: { authentication: datesOf(authentication), signature: datesOf(signature) },
    }
    known.set(card.insertion, facts)
    return facts
  }

  const certificate: Tokens['certificate'] = (card, purpose) => {
    const der = card.certificates[purpose]
    const dates = factsOf(card).dates[purpose]
    if (!der || !dates) return null
    const revocation = revocations.get(fingerprintOf(der)) ?? 'unknown'
    const now = deps.now()
    let validity: CardValidity = 'valid'
    if (revocation === 'revoked') validity = 'revoked'
    else if (now < Date.parse(dates.notBefore)) validity = 'not-yet-valid'
    else if (now > Date.parse(dates.notAfter)) validity = 'expired'
    return { ...dates, validity, revocation }
  }

  const holder: Tokens['holderOf'] = (card) => {
    const { holder: person } = factsOf(card)
    return person && { ...person, ...learned.get(card.insertion) }
  }

  return {
    of: (card) => {
      const { reader, label, serial, model, pinPad } = card
      const person = holder(card)
      return {
        reader,
        label,
        serial,
        model,
        pinPad,
        holder: person,
        binding: bindingOf(serial, person?.nationalId ?? null),
        authentication: certificate(card, 'authentication'),
        signature: certificate(card, 'signature'),
      }
    },
    holderOf: holder,
    certificate,
    learn: (insertion, data) => void learned.set(insertion, data),
    revoked: (der, revocation) => void revocations.set(fingerprintOf(der), revocation),
    rebind: () => {
      bindings.clear()
    },
    forget: () => {
      known.clear()
      learned.clear()
    },
  }
}
