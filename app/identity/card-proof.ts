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
  /** Gives up going on with earlier sessions of a server; false when there were none, or they were given up before. */
  startAfresh: (server: { host: string; port: number }) => boolean
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
   * Tells at each change which card connections may rest on: its serial from the PIN on, null when it left, was blocked or
   * another took its place. A card process that starts again is not the card leaving.
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
  /** Servers a session may go on with, and those that hang up on who tries; `host:port`. */
  const known = new Set<string>()
  const withoutSessions = new Set<string>()
  let connections = 0
  const forget = (): void => {
    known.clear()
    if (made?.ok) made.value.forget()
  }
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
      const whose = `${bound.serial} ${bound.nationalId ?? ''}`
      const credential: Omit<ClientCredential, 'identity'> = {
        certificates: [key.value.certificate, ...issuersOf(key.value.certificate, deps.anchors)],
        schemes: key.value.schemes,
        sign: ({ scheme, message }) => key.value.sign({ scheme, message }),
      }
      return ok({
        kind: 'card',
        secure: async (stream, { host, port, verifyServer, signal }) => {
          const server = `${host}:${String(port)}`
          const alone = withoutSessions.has(server)
          const identity = alone ? `${whose} ${String(connections++)}` : whose
          const connected = await tls.value.connect({
            stream,
            host,
            port,
            credential: { ...credential, identity },
            verifyServer: (chain) => verifyServer({ chain, host }),
            handshakeMilliseconds,
            signal,
          })
          if (alone) tls.value.forget(identity)
          else if (connected.ok) known.add(server)
          return connected
        },
        startAfresh: ({ host, port }) => {
          const server = `${host}:${String(port)}`
          if (!known.delete(server)) return false
          withoutSessions.add(server)
          return true
        },
      })
    },
    watch: (tell) => {
      const now = card.state()
      /** The card that connections may rest on. */
      let held = now.state === 'open' ? now.token.serial : null
      return card.onChange((state) => {
        if (state.state === 'starting') return
        const present = 'token' in state && state.state !== 'blocked' ? state.token.serial : null
        if (held !== null && present !== held) {
          held = null
          forget()
        }
        if (state.state === 'open') held = present
        tell(held)
      })
    },
    forget,
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
