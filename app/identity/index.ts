import * as oidc from 'openid-client'
import type { AccountCard, AuthKind, Policy } from '../contract/index.ts'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import type { CardProof, CardProofs } from './card-proof.ts'
import { startLoopback, type LoopbackReceiver } from './loopback.ts'

export interface IdentityDependencies {
  /** Pro Santé Connect; without it, accounts that want it answer `auth.mechanism-unavailable`. */
  psc: Policy['psc']
  /** Accounts that log in with the card. */
  card: CardProofs
  /** Opens an address in the system's browser. */
  openExternal: (url: string) => Promise<Outcome<unknown>>
  /** Milliseconds since 1970. */
  now: () => number
  random: (length: number) => Uint8Array
}

/** An account as far as its proof goes. */
interface AccountProof {
  address: string
  auth: AuthKind
  /** Of card accounts. */
  card: AccountCard | null
}

export type Proof =
  { kind: 'password'; password: string } | { kind: 'token'; accessToken: string } | CardProof

export interface Identity {
  /**
   * Opens the account's login: Pro Santé Connect in the system's browser, answered on a loopback address. A session that
   * is still good, or can be renewed silently, is kept. Errors: `auth.cancelled` (also after five minutes),
   * `auth.provider-unavailable`, `auth.failed`, `auth.mechanism-unavailable`. A card account needs its card to be open:
   * `card.login-required` and the like say what is wanted.
   */
  login: (account: AccountProof) => Promise<Outcome<null>>
  /**
   * What to log in with, renewed silently when it nears its end or when a server just refused it;
   * `auth.login-required` when the user must log in.
   */
  prove: (account: AccountProof & { password: string | null }, refused?: Proof) => Promise<Outcome<Proof>>
  /** Whose card is open now, for a new account. Errors: card.*. */
  openCard: () => Promise<Outcome<AccountCard>>
  /** Gives up a login that waits for the browser. */
  cancel: () => void
  /** Forgets every token and TLS session, and gives up any waiting login. */
  end: () => void
}

interface Tokens {
  accessToken: string
  refreshToken: string | null
  /** Milliseconds since 1970. */
  expiresAt: number
}

const loginMilliseconds = 5 * 60_000
/** Tokens are renewed this long before their end. */
const margin = 20_000

/** Logins and tokens of the accounts. Tokens live here, in memory, and nowhere else (architecture §7.1). */
export const createIdentity = (deps: IdentityDependencies): Identity => {
  let configuration: oidc.Configuration | null = null
  let tokens: Tokens | null = null
  let waiting: LoopbackReceiver | null = null
  let renewing: Promise<Outcome<Tokens>> | null = null
  /** Grows at each end(): what was asked before it must not bring tokens back. */
  let generation = 0

  const discover = async (psc: NonNullable<Policy['psc']>): Promise<Outcome<oidc.Configuration>> => {
    if (configuration) return ok(configuration)
    const issuer = new URL(psc.issuer)
    const loopback =
      issuer.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(issuer.hostname)
    if (issuer.protocol !== 'https:' && !loopback)
      return fail('auth.provider-unavailable', { retry: 'after-change' })
    try {
      configuration = await oidc.discovery(issuer, psc.clientId, undefined, oidc.None(), {
        timeout: 10,
        ...(loopback ? { execute: [oidc.allowInsecureRequests] } : {}),
      })
      return ok(configuration)
    } catch (cause) {
      return providerError(cause)
    }
  }

  const keep = (
    answer: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers,
    before: Tokens | null,
  ): Tokens => {
    tokens = {
      accessToken: answer.access_token,
      refreshToken: answer.refresh_token ?? before?.refreshToken ?? null,
      expiresAt: deps.now() + (answer.expiresIn() ?? 60) * 1000,
    }
    return tokens
  }

  const renew = async (psc: NonNullable<Policy['psc']>, held: Tokens): Promise<Outcome<Tokens>> => {
    if (held.refreshToken === null) return loginRequired()
    const asked = generation
    const found = await discover(psc)
    if (!found.ok) return found
    try {
      const answer = await oidc.refreshTokenGrant(found.value, held.refreshToken)
      if (asked !== generation) return loginRequired()
      return ok(keep(answer, held))
    } catch (cause) {
      const error = providerError(cause)
      if (error.ok || error.error.code === 'auth.provider-unavailable') return error
      if (asked === generation) tokens = null
      return loginRequired()
    }
  }

  const current = async (): Promise<Outcome<Tokens>> => {
    if (!deps.psc) return fail('auth.mechanism-unavailable')
    if (!tokens) return loginRequired()
    if (tokens.expiresAt - margin > deps.now()) return ok(tokens)
    // Both connections of an account ask at once: a refresh token may be used only once.
    renewing ??= renew(deps.psc, tokens).finally(() => {
      renewing = null
    })
    const renewed = await renewing
    // The provider is away but the token is still good for a moment.
    if (!renewed.ok && renewed.error.code === 'auth.provider-unavailable' && tokens.expiresAt > deps.now())
      return ok(tokens)
    return renewed
  }

  const browserLogin = async (psc: NonNullable<Policy['psc']>): Promise<Outcome<null>> => {
    const asked = generation
    const found = await discover(psc)
    if (!found.ok) return found
    const state = token(deps.random)
    const nonce = token(deps.random)
    const verifier = token(deps.random)
    const receiver = await startLoopback(state, loginMilliseconds)
    if (!receiver.ok) return receiver
    waiting?.cancel()
    waiting = receiver.value
    const url = oidc.buildAuthorizationUrl(found.value, {
      redirect_uri: receiver.value.redirectUri,
      scope: psc.scope,
      acr_values: psc.acrValues,
      state,
      nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    const opened = await deps.openExternal(url.href)
    if (!opened.ok) receiver.value.cancel()
    const answer = await receiver.value.answer
    if (waiting === receiver.value) waiting = null
    if (!opened.ok) return opened
    if (!answer.ok) return answer
    try {
      const granted = await oidc.authorizationCodeGrant(found.value, answer.value, {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      })
      if (asked !== generation) return fail('auth.cancelled')
      keep(granted, null)
      return ok(null)
    } catch (cause) {
      return providerError(cause)
    }
  }

  const cardProof = (account: AccountProof): Promise<Outcome<CardProof>> =>
    account.card
      ? deps.card.proofOf(account.card)
      : Promise.resolve(fail('auth.mechanism-unavailable', { retry: 'after-change' }))

  return {
    login: async (account) => {
      if (account.auth === 'password') return ok(null)
      if (account.auth === 'card') {
        const proof = await cardProof(account)
        return proof.ok ? ok(null) : proof
      }
      if (!deps.psc) return fail('auth.mechanism-unavailable')
      const held = await current()
      return held.ok ? ok(null) : await browserLogin(deps.psc)
    },
    openCard: deps.card.openCard,
    prove: async (account, refused) => {
      if (account.auth === 'card') return await cardProof(account)
      if (account.auth === 'password')
        return account.password === null
          ? loginRequired()
          : ok({ kind: 'password', password: account.password })
      // Whatever its date says, a refused token is worth nothing: the provider ended the session.
      if (refused?.kind === 'token' && tokens?.accessToken === refused.accessToken)
        tokens = { ...tokens, expiresAt: 0 }
      const held = await current()
      return held.ok ? ok({ kind: 'token', accessToken: held.value.accessToken }) : held
    },
    cancel: () => {
      waiting?.cancel()
    },
    end: () => {
      generation++
      waiting?.cancel()
      deps.card.forget()
      tokens = null
      configuration = null
    },
  }
}

/** 32 random bytes, URL-safe: a state, a nonce or a PKCE verifier. */
const token = (random: (length: number) => Uint8Array): string =>
  Buffer.from(random(32)).toString('base64url')

const loginRequired = (): Outcome<never> => fail('auth.login-required', { retry: 'after-login' })

/** A refusal of the provider, or its absence; its texts stay in the cause. */
const providerError = (cause: unknown): Outcome<never> => {
  if (cause instanceof oidc.AuthorizationResponseError)
    return cause.error === 'access_denied'
      ? fail('auth.cancelled', { cause })
      : fail('auth.failed', { retry: 'after-login', cause })
  if (cause instanceof oidc.ResponseBodyError)
    return cause.status >= 500
      ? fail('auth.provider-unavailable', { retry: 'later', cause })
      : fail('auth.failed', { retry: 'after-login', cause })
  const code: unknown = typeof cause === 'object' && cause !== null ? Reflect.get(cause, 'code') : undefined
  const invalid = typeof code === 'string' && /INVALID|JWT|CLAIM/.test(code)
  return invalid
    ? fail('auth.failed', { retry: 'after-login', cause })
    : fail('auth.provider-unavailable', { retry: 'later', cause })
}

export { createCardProofs, type CardProofs } from './card-proof.ts'
