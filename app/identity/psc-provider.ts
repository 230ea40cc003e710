import * as oidc from 'openid-client'
import type { Policy, Professional, SignInWay } from '../contract/index.ts'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import type { Outgoing } from '../outgoing/index.ts'
import { boundedFetch, isPlainLoopback, isSafeOrigin, refusalDetails } from './bounded-fetch.ts'
import { identifiersOf, readProfessional } from './professional.ts'

export type PscPolicy = NonNullable<Policy['psc']>

/** Tokens, as the provider gave them; seconds are null where it does not tell. */
export interface Granted {
  accessToken: string
  refreshToken: string | null
  accessSeconds: number | null
  refreshSeconds: number | null
}

/** A sign-in that has just been made. */
export interface SignedIn extends Granted {
  idToken: string
  /** The provider's own name for who signed in: a renewal is for the same. */
  subject: string
  /** Null when neither UserInfo nor the id_token names anybody. */
  professional: Professional | null
  /** Every number the provider knows the professional by; the national identifier among them. */
  identifiers: readonly string[]
}

/**
 * What Pro Santé Connect is asked, by its own endpoints or by the back-end that holds the client's secret. Errors of all:
 * `auth.provider-unavailable` when it does not answer, `auth.answer-invalid` when its answer cannot be believed, `auth.failed`.
 */
export interface PscProvider {
  /** Where the system's browser goes. */
  authorizationUrl: (request: {
    redirectUri: string
    state: string
    nonce: string
    verifier: string
  }) => Promise<Outcome<URL>>
  /** The redirection the browser came back with, for tokens. `auth.cancelled` when the user said no. */
  exchange: (
    answer: URL,
    expected: { state: string; nonce: string; verifier: string },
  ) => Promise<Outcome<SignedIn>>
  /** For the same `subject` alone. `auth.failed` when the provider no longer takes the refresh token. */
  refresh: (refreshToken: string, subject: string) => Promise<Outcome<Granted>>
  /** `auth.unknown-professional`, `auth.mechanism-unavailable` where CIBA is not offered. */
  askCiba: (request: {
    nationalId: string
    bindingMessage: string
    way: Exclude<SignInWay, 'browser'>
  }) => Promise<Outcome<CibaRequest>>
  /** `auth.refused`, `auth.timeout`. */
  pollCiba: (id: string) => Promise<Outcome<SignedIn | 'pending' | 'slow-down'>>
  revoke: (refreshToken: string) => Promise<Outcome<null>>
  /** Where the system's browser ends the session; null when the provider has no such page. */
  signOutUrl: (request: {
    idToken: string
    redirectUri: string
    state: string
  }) => Promise<Outcome<URL | null>>
  forget: () => void
}

export interface CibaRequest {
  id: string
  expiresIn: number
  interval: number
}

const cibaGrant = 'urn:openid:params:grant-type:ciba'
/** Seconds of an answer; of the clocks' difference. */
const timeout = 10
const clockTolerance = 120
/** Seconds since an id_token of a sign-in was made, at most. */
const freshFor = 600

type TokenAnswer = oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers

export const createPscProvider = (psc: PscPolicy, web: Pick<Outgoing, 'fetch'>): PscProvider => {
  const fetchBounded = boundedFetch(web)
  /** Whatever the metadata say, nothing goes over plain http but to this machine. */
  const customFetch: oidc.CustomFetch = async (url, { method, headers, body, signal }) => {
    const to = URL.parse(url)
    if (!to || !isSafeOrigin(to)) throw new TypeError('not a safe origin')
    return await fetchBounded(url, {
      method,
      headers,
      body: body ?? null,
      signal: signal ?? AbortSignal.timeout(timeout * 1000),
    })
  }
  let found: Promise<Outcome<() => oidc.Configuration>> | null = null
  let kept: oidc.Configuration | null = null

  const discover = async (): Promise<Outcome<() => oidc.Configuration>> => {
    const issuer = URL.parse(psc.issuer)
    const backEnd = psc.backEnd ? URL.parse(withSlash(psc.backEnd.url)) : null
    if (!issuer || !isSafeOrigin(issuer) || (psc.backEnd && (!backEnd || !isSafeOrigin(backEnd))))
      return fail('auth.provider-unavailable', { retry: 'after-change' })
    const name = psc.discovery ?? 'wallet-openid-configuration'
    const insecure = isPlainLoopback(issuer) || (backEnd !== null && isPlainLoopback(backEnd))
    try {
      const told = await oidc.discovery(
        new URL(`.well-known/${name}`, withSlash(psc.issuer)),
        psc.clientId,
        undefined,
        oidc.None(),
        {
          timeout,
          [oidc.customFetch]: customFetch,
          ...(insecure ? { execute: [oidc.allowInsecureRequests] } : {}),
        },
      )
      const metadata = told.serverMetadata()
      // Named in full, the library believes whatever the metadata say of their issuer.
      if (withSlash(metadata.issuer) !== withSlash(psc.issuer))
        return fail('auth.answer-invalid', { details: { what: 'issuer' } })
      const paths = psc.backEnd?.paths
      // The metadata are a copy of ours.
      if (backEnd)
        Object.assign(metadata, {
          token_endpoint: new URL(paths?.token ?? 'token', backEnd).href,
          revocation_endpoint: new URL(paths?.revoke ?? 'revoke', backEnd).href,
          backchannel_authentication_endpoint: new URL(paths?.ciba ?? 'ciba', backEnd).href,
        })
      return ok(() => {
        const configuration = new oidc.Configuration(
          { ...metadata },
          psc.clientId,
          { id_token_signed_response_alg: 'RS256', [oidc.clockTolerance]: clockTolerance },
          oidc.None(),
        )
        configuration.timeout = timeout
        configuration[oidc.customFetch] = customFetch
        // The signature too, though the id_token comes over TLS: it may have passed a back-end.
        oidc.enableNonRepudiationChecks(configuration)
        if (insecure) oidc.allowInsecureRequests(configuration)
        return configuration
      })
    } catch (cause) {
      return providerError(cause)
    }
  }

  /**
   * The library keeps the provider's keys with a configuration, and asks again for one it does not know only after a minute: a
   * sign-in, whose code is good once, begins with a fresh one.
   */
  const configured = async (keys: 'fresh' | 'kept'): Promise<Outcome<oidc.Configuration>> => {
    found ??= discover()
    const make = await found
    if (!make.ok) {
      found = null
      return make
    }
    if (keys === 'fresh' || kept === null) kept = make.value()
    return ok(kept)
  }

  /** Asks something of the provider; what it throws becomes an error. */
  const ask = async <T>(
    work: (configuration: oidc.Configuration) => Promise<Outcome<T>>,
    keys: 'fresh' | 'kept' = 'kept',
  ): Promise<Outcome<T>> => {
    const configuration = await configured(keys)
    if (!configuration.ok) return configuration
    try {
      return await work(configuration.value)
    } catch (cause) {
      return providerError(cause)
    }
  }

  const grantedBy = (answer: TokenAnswer): Granted => ({
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token ?? null,
    accessSeconds: answer.expires_in ?? null,
    refreshSeconds: secondsOf(answer['refresh_expires_in']),
  })

  /** What the library did not check of a sign-in: how sure the provider is, and who it is. */
  const signedIn = async (
    configuration: oidc.Configuration,
    answer: TokenAnswer,
  ): Promise<Outcome<SignedIn>> => {
    const claims = answer.claims()
    if (!claims || answer.id_token === undefined)
      return fail('auth.answer-invalid', { details: { what: 'id_token' } })
    const { acr, azp, iat } = claims
    if (acr !== undefined && (typeof acr !== 'string' || !psc.acrValues.split(' ').includes(acr)))
      return fail('auth.answer-invalid', { details: { what: 'acr' } })
    // OpenID Connect Core §3.1.3.7: the library looks at azp among several audiences alone, and not at iat.
    if (azp !== undefined && azp !== psc.clientId)
      return fail('auth.answer-invalid', { details: { what: 'azp' } })
    const age = Date.now() / 1000 - iat
    if (age < -clockTolerance || age > freshFor)
      return fail('auth.answer-invalid', { details: { what: 'clock' } })
    const told = await oidc.fetchUserInfo(configuration, answer.access_token, claims.sub).catch(onlyMismatch)
    return ok({
      ...grantedBy(answer),
      idToken: answer.id_token,
      subject: claims.sub,
      professional: readProfessional(told) ?? readProfessional(claims),
      identifiers: [...identifiersOf(told), ...identifiersOf(claims)],
    })
  }

  return {
    authorizationUrl: ({ redirectUri, state, nonce, verifier }) =>
      ask(async (configuration) =>
        forBrowser(
          oidc.buildAuthorizationUrl(configuration, {
            redirect_uri: redirectUri,
            scope: psc.scope,
            acr_values: psc.acrValues,
            state,
            nonce,
            code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
            code_challenge_method: 'S256',
          }),
        ),
      ),
    exchange: (answer, { state, nonce, verifier }) =>
      ask(
        async (configuration) =>
          signedIn(
            configuration,
            await oidc.authorizationCodeGrant(configuration, answer, {
              pkceCodeVerifier: verifier,
              expectedState: state,
              expectedNonce: nonce,
              idTokenExpected: true,
            }),
          ),
        'fresh',
      ),
    refresh: (refreshToken, subject) =>
      ask(async (configuration) => {
        const answer = await oidc.refreshTokenGrant(configuration, refreshToken)
        // OpenID Connect Core §12.2: who it is may not change on the way.
        const now = answer.claims()
        return now && now.sub !== subject
          ? fail('auth.answer-invalid', { details: { what: 'sub' } })
          : ok(grantedBy(answer))
      }),
    askCiba: ({ nationalId, bindingMessage, way }) =>
      ask(async (configuration) => {
        if (configuration.serverMetadata().backchannel_authentication_endpoint === undefined)
          return fail('auth.mechanism-unavailable', { retry: 'after-change' })
        const answer = await oidc.initiateBackchannelAuthentication(configuration, {
          scope: psc.scope,
          acr_values: psc.acrValues,
          login_hint: nationalId,
          binding_message: bindingMessage,
          channel: way === 'card' ? 'CARD' : 'MOBILE',
        })
        return ok({ id: answer.auth_req_id, expiresIn: answer.expires_in, interval: answer.interval ?? 5 })
      }, 'fresh'),
    pollCiba: (id) =>
      ask<SignedIn | 'pending' | 'slow-down'>(async (configuration) => {
        try {
          const answer = await oidc.genericGrantRequest(configuration, cibaGrant, { auth_req_id: id })
          return await signedIn(configuration, answer)
        } catch (cause) {
          const error = cause instanceof oidc.ResponseBodyError ? cause.error : ''
          if (error === 'authorization_pending') return ok('pending')
          if (error === 'slow_down') return ok('slow-down')
          throw cause
        }
      }),
    revoke: (refreshToken) =>
      ask(async (configuration) => {
        if (configuration.serverMetadata().revocation_endpoint === undefined) return ok(null)
        await oidc.tokenRevocation(configuration, refreshToken, { token_type_hint: 'refresh_token' })
        return ok(null)
      }),
    signOutUrl: ({ idToken, redirectUri, state }) =>
      ask<URL | null>((configuration) =>
        Promise.resolve(
          configuration.serverMetadata().end_session_endpoint === undefined
            ? ok(null)
            : forBrowser(
                oidc.buildEndSessionUrl(configuration, {
                  id_token_hint: idToken,
                  post_logout_redirect_uri: redirectUri,
                  state,
                }),
              ),
        ),
      ),
    forget: () => {
      found = null
      kept = null
    },
  }
}

/** The browser is sent to the web alone, whatever the metadata name. */
const forBrowser = (url: URL): Outcome<URL> =>
  isSafeOrigin(url) ? ok(url) : fail('auth.answer-invalid', { details: { what: 'address' } })

const withSlash = (url: string): string => (url.endsWith('/') ? url : `${url}/`)

const secondsOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : null

const codeOf = (cause: unknown): string => {
  const code: unknown = typeof cause === 'object' && cause !== null ? Reflect.get(cause, 'code') : undefined
  return typeof code === 'string' ? code : ''
}

/** Codes of the library for an answer that is there and cannot be believed. */
const unbelievable = /INVALID|JWT|CLAIM|COMPARISON|KEY_SELECTION|TIMESTAMP/

/** UserInfo that is missing is made up for by the id_token; UserInfo of somebody else is not. */
const onlyMismatch = (cause: unknown): null => {
  if (unbelievable.test(codeOf(cause))) throw cause
  return null
}

/** Errors of RFC 6749, CIBA and OpenID Connect that say more than « no ». */
const meaning = (error: string): Outcome<never> | null => {
  if (error === 'access_denied') return fail('auth.refused', { retry: 'after-login' })
  if (error === 'expired_token') return fail('auth.timeout', { retry: 'after-login' })
  if (error === 'unknown_user_id') return fail('auth.unknown-professional', { retry: 'after-change' })
  if (error === 'temporarily_unavailable' || error === 'server_error')
    return fail('auth.provider-unavailable', { retry: 'later' })
  if (error === 'unauthorized_client' || error === 'unsupported_grant_type')
    return fail('auth.mechanism-unavailable', { retry: 'after-change' })
  return null
}

/** A refusal of the provider, or its absence; its texts stay in the cause. */
const providerError = (cause: unknown): Outcome<never> => {
  if (cause instanceof oidc.AuthorizationResponseError)
    return cause.error === 'access_denied'
      ? fail('auth.cancelled', { cause })
      : (meaning(cause.error) ?? fail('auth.failed', { retry: 'after-login', cause }))
  if (cause instanceof oidc.ResponseBodyError)
    return cause.status >= 500 || cause.status === 429
      ? fail('auth.provider-unavailable', { retry: 'later', cause })
      : (meaning(cause.error) ?? fail('auth.failed', { retry: 'after-login', cause }))
  const refused = refusalDetails(cause)
  if (refused['reason'] !== undefined)
    return fail('auth.provider-unavailable', { retry: 'later', details: refused, cause })
  const code = codeOf(cause)
  return unbelievable.test(code)
    ? fail('auth.answer-invalid', {
        ...(/TIMESTAMP/.test(code) ? { details: { what: 'clock' } } : {}),
        cause,
      })
    : fail('auth.provider-unavailable', { retry: 'later', cause })
}
