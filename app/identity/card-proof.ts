import { X509Certificate } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { CardTls, ClientCredential, SignatureScheme } from '../card-tls/index.ts'
import type { AccountCard, CardState } from '../contract/index.ts'
import { fail, ok, type Outcome } from '../contract/errors.ts'

/** One key of the card in use (app/card's CardCredential), as far as TLS needs it. */
interface AuthenticationKey {
  serial: string
  nationalId: string | null
  /** DER. */
  certificate: Uint8Array
  schemes: readonly SignatureScheme[]
  sign: (request: { scheme: SignatureScheme; message: Uint8Array }) => Promise<Outcome<Uint8Array>>
}

export interface CardProofDependencies {
  card: {
    state: () => CardState
    onChange: (listener: (state: CardState) => void) => () => void
    credential: (wish: {
      purpose: 'authentication'
      serial?: string
      nationalId?: string
    }) => Promise<Outcome<AuthenticationKey>>
  }
  /** Made when first needed; `tls.card-module-missing` on a computer without it. */
  cardTls: () => Outcome<CardTls>
  /** DER of the authorities trusted here: those above the card's certificate go along with it. */
  anchors: readonly Uint8Array[]
}

/** The card, proving who is there to servers while TLS is set up. */
export interface CardProof {
  kind: 'card'
  secure: (
    stream: Duplex,
    peer: {
      host: string
      port: number
      verifyServer: (peer: { chain: Uint8Array[]; host: string }) => Promise<Outcome<unknown>>
      signal: AbortSignal
    },
  ) => Promise<Outcome<Duplex>>
}

export interface CardProofs {
  /** Whose card is open now. Errors: card.*. */
  openCard: () => Promise<Outcome<AccountCard>>
  /**
   * The proof of an account bound to this card. Neither asks for the PIN nor connects. Errors: `auth.other-card`,
   * `card.login-required`, `tls.card-module-missing` and whatever says that no card can be used.
   */
  proofOf: (bound: AccountCard) => Promise<Outcome<CardProof>>
  /**
   * Tells which card is open: its serial once the PIN opened it, null when it left, was blocked or another took its place.
   * A card process that starts again is not the card leaving.
   */
  watch: (tell: (serial: string | null) => void) => () => void
  /** Forgets TLS sessions: what comes next asks the card again. */
  forget: () => void
}

/** Milliseconds a server may keep us waiting in a handshake; neither the card's time nor the verification's count. */
const handshakeMilliseconds = 20_000

export const createCardProofs = (deps: CardProofDependencies): CardProofs => {
  const { card } = deps
  let made: Outcome<CardTls> | null = null
  const cardTls = (): Outcome<CardTls> => {
    if (made?.ok !== true) made = deps.cardTls()
    return made
  }

  /** The authentication key of the card that is open. */
  const openKey = async (bound: AccountCard | null): Promise<Outcome<AuthenticationKey>> => {
    const key = await card.credential({
      purpose: 'authentication',
      ...(bound ? { serial: bound.serial } : {}),
      ...(bound?.nationalId ? { nationalId: bound.nationalId } : {}),
    })
    if (!key.ok) return key.error.code === 'card.other-card' && bound ? otherCard(bound) : key
    const state = card.state()
    if (state.state === 'open' && state.token.serial === key.value.serial) return key
    return fail('card.login-required', { retry: 'after-login' })
  }

  return {
    openCard: async () => {
      const key = await openKey(null)
      return key.ok ? ok({ serial: key.value.serial, nationalId: key.value.nationalId }) : key
    },
    proofOf: async (bound) => {
      const key = await openKey(bound)
      if (!key.ok) return key
      const tls = cardTls()
      if (!tls.ok) return tls
      const credential: ClientCredential = {
        certificates: [key.value.certificate, ...issuersOf(key.value.certificate, deps.anchors)],
        schemes: key.value.schemes,
        sign: ({ scheme, message }) => key.value.sign({ scheme, message }),
        identity: `${bound.serial} ${bound.nationalId ?? ''}`,
      }
      return ok({
        kind: 'card',
        secure: (stream, { host, port, verifyServer, signal }) =>
          tls.value.connect({
            stream,
            host,
            port,
            credential,
            verifyServer: (chain) => verifyServer({ chain, host }),
            handshakeMilliseconds,
            signal,
          }),
      })
    },
    watch: (tell) => {
      /** The card that connections may rest on. */
      let held: string | null = null
      let open = false
      return card.onChange((state) => {
        if (state.state === 'starting') return
        const present = 'token' in state && state.state !== 'blocked' ? state.token.serial : null
        if (held !== null && present !== held) {
          held = null
          if (made?.ok) made.value.forget()
          tell(null)
        }
        const opened = state.state === 'open' && !open
        open = state.state === 'open'
        if (!opened) return
        held = present
        tell(present)
      })
    },
    forget: () => {
      if (made?.ok) made.value.forget()
    },
  }
}

const otherCard = (bound: AccountCard): Outcome<never> =>
  fail('auth.other-card', { retry: 'after-change', details: { serial: bound.serial } })

/** The authorities between a certificate and its root, which servers know, nearest first. */
const issuersOf = (leaf: Uint8Array, anchors: readonly Uint8Array[]): Uint8Array[] => {
  const authorities = anchors.map((der) => ({ der, x509: new X509Certificate(der) }))
  const chain: Uint8Array[] = []
  let child = new X509Certificate(leaf)
  while (chain.length < 4) {
    const issuer = authorities.find(({ x509 }) => child.checkIssued(x509))
    // The root adds nothing: who does not have it does not trust it.
    if (!issuer || issuer.x509.checkIssued(issuer.x509)) return chain
    chain.push(issuer.der)
    child = issuer.x509
  }
  return chain
}
