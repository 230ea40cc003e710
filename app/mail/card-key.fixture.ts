import { constants, createPrivateKey, sign as signWith } from 'node:crypto'
import { createCardTls, type CardTls, type SignatureScheme } from '../card-tls/index.ts'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import type { CardState, CardToken } from '../contract/index.ts'
import { createCardProofs, type CardProofs } from '../identity/index.ts'
import { buildCardTls, whatIsMissing } from '../../native/card-tls/build.ts'
import type { CardIdentity, Operator } from '../../test/operator/index.ts'
import { value } from './outcome.fixture.ts'

const built = buildCardTls(false)
/** Why tests with the TLS module cannot run here; null when they can. */
export const tlsModuleMissing = whatIsMissing(built)

/** The schemes a card's authentication key has (cps-card.md §1.8). */
export const schemesOf = {
  cps3: ['rsa_pkcs1_sha256'],
  cps4: ['rsa_pss_rsae_sha256', 'rsa_pkcs1_sha256'],
} as const satisfies Record<string, readonly SignatureScheme[]>

const signer = (keyPem: string) => {
  const key = createPrivateKey(keyPem)
  return (scheme: SignatureScheme, message: Uint8Array): Uint8Array => {
    const pss = scheme.startsWith('rsa_pss')
    const padding = pss ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING
    return new Uint8Array(signWith('sha256', message, { key, padding, ...(pss ? { saltLength: 32 } : {}) }))
  }
}

/** A card's authentication key in software: what the card service would give, without a card, each signature counted. */
export const softwareCard = (
  operator: Operator,
  identity: CardIdentity,
  nationalId: string,
  schemes: readonly SignatureScheme[],
) => {
  const token: CardToken = {
    reader: 'R',
    label: identity.label,
    serial: identity.serial,
    model: 'IAS ECC',
    holder: null,
    pinPad: false,
    binding: 'unbound',
    authentication: null,
    signature: null,
  }
  const sign = signer(identity.authentication.keyPem)
  const listeners = new Set<(state: CardState) => void>()
  const signatures: SignatureScheme[] = []
  let state: CardState = { state: 'open', token }
  let tls: CardTls | null = null
  const proofs: CardProofs = createCardProofs({
    card: {
      state: () => state,
      onChange: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      credential: (wish) =>
        Promise.resolve(
          (wish.serial ?? identity.serial) !== identity.serial
            ? fail('card.other-card', { retry: 'after-change' })
            : ok({
                serial: identity.serial,
                nationalId,
                certificate: new Uint8Array(identity.authentication.certificateDer),
                schemes,
                sign: ({ scheme, message }): Promise<Outcome<Uint8Array>> => {
                  signatures.push(scheme)
                  return Promise.resolve(ok(sign(scheme, message)))
                },
              }),
        ),
    },
    cardTls: () => {
      tls ??= value(createCardTls({ addonPath: 'path' in built ? built.path : '' }))
      return ok(tls)
    },
    anchors: operator.pki.trusted.map(({ pem }) => pemToDer(pem)),
  })
  return {
    proofs,
    signatures,
    show: (next: 'open' | 'pin-needed' | 'no-card'): void => {
      state =
        next === 'no-card'
          ? { state: 'no-card', readers: ['R'] }
          : next === 'open'
            ? { state: 'open', token }
            : { state: 'pin-needed', token, triesLeft: null, again: false }
      for (const listener of [...listeners]) listener(state)
    },
  }
}

const pemToDer = (pem: string): Uint8Array =>
  Uint8Array.from(Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64'))
