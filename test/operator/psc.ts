import { createPrivateKey, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider, errors, interactionPolicy } from 'oidc-provider'
import type { AdapterFactory } from 'oidc-provider'
import { z } from 'zod'
import { loadKeys } from '../pki/index.ts'
import type { Person } from './people.ts'
import { claimNames, claimsOf, findProfessional, nationalId, professionals, subjectOf } from './psc-claims.ts'
import { createApprovals } from './psc-approvals.ts'
import type { Approvals } from './psc-approvals.ts'
import { loginPage } from './psc-pages.ts'
import { memoryStorage } from './psc-storage.ts'
import { readBody } from './web.ts'

/**
 * Pro Santé Connect, simulated: an OpenID provider with its endpoints' paths, claims and lifetimes (mssante-client.md
 * §3), CIBA among them. It differs where it must: plain http on loopback, a public client with PKCE beside the confidential one
 * of the back-end (psc-back-end.ts), a login page that asks for a name instead of a card, and a page that stands for the e-CPS
 * application and for CPS-Gestion.
 */
export interface Psc {
  issuer: string
  clientId: string
  /** Of the confidential client, for the back-end alone. */
  backEndClient: { id: string; secret: string }
  scope: string
  acrValues: string
  /** The e-CPS application and CPS-Gestion, simulated. */
  approvals: Approvals
  /** Requests of one kind since the start: tokens by code, refresh token or CIBA, and what else there is. */
  asked: (
    what: 'authorization_code' | 'refresh_token' | 'ciba' | 'revocation' | 'logout' | 'introspection',
  ) => number
  /** Every access, refresh and id token given out so far: none may be found on a disk. */
  issued: () => readonly string[]
  /** Seconds between two polls; who is faster is told to slow down. */
  setCiba: (seconds: { interval?: number; lasts?: number }) => void
  /** What the operator learns about a token (RFC 7662): its owner, or null when it is not active. */
  introspect: (token: string) => Promise<{ person: Person; expires: Date } | null>
  /** While true every request is answered 503. */
  setOutage: (out: boolean) => void
  /** Seconds; for tokens issued from now on. */
  setLifetimes: (seconds: { access?: number; refresh?: number }) => void
  /** Every session ends now: no token issued so far is worth anything any more. */
  endSessions: () => void
  stop: () => Promise<void>
}

const realm = '/protocol/openid-connect'
const clientId = 'souspli'
const backEndClientId = 'souspli-lps'
const cibaGrant = 'urn:openid:params:grant-type:ciba'

interface Times {
  access: number
  refresh: number
  cibaInterval: number
  cibaLasts: number
}

const Introspection = z.object({
  active: z.boolean(),
  SubjectNameID: z.string().optional(),
  exp: z.number().optional(),
})

const makeProvider = (
  issuer: string,
  signingKeyPem: string,
  secrets: { operator: string; backEnd: string; backEndUrl: string },
  lifetimes: Times,
  storage: AdapterFactory,
  approvals: Approvals,
): Provider => {
  const policy = interactionPolicy.base()
  policy.remove('consent')
  const provider = new Provider(issuer, {
    adapter: storage,
    clients: [
      {
        client_id: clientId,
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        redirect_uris: ['http://127.0.0.1/'],
        post_logout_redirect_uris: ['http://127.0.0.1/'],
        grant_types: ['authorization_code', 'refresh_token', cibaGrant],
        response_types: ['code'],
        backchannel_token_delivery_mode: 'poll',
      },
      {
        client_id: backEndClientId,
        client_secret: secrets.backEnd,
        redirect_uris: [`${secrets.backEndUrl}/retour`],
        post_logout_redirect_uris: [`${secrets.backEndUrl}/au-revoir`, 'http://127.0.0.1/'],
        grant_types: ['authorization_code', 'refresh_token', cibaGrant],
        response_types: ['code'],
        backchannel_token_delivery_mode: 'poll',
      },
      {
        client_id: 'operateur',
        client_secret: secrets.operator,
        redirect_uris: [],
        grant_types: [],
        response_types: [],
      },
    ],
    jwks: {
      keys: [{ ...createPrivateKey(signingKeyPem).export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }],
    },
    scopes: ['openid', 'scope_all'],
    acrValues: ['eidas1'],
    claims: { scope_all: claimNames },
    conformIdTokenClaims: false,
    cookies: { keys: [randomBytes(16).toString('hex')] },
    features: {
      devInteractions: { enabled: false },
      ciba: {
        enabled: true,
        deliveryModes: ['poll'],
        processLoginHint: (_ctx, hint) => {
          const person = professionals.find((one) => nationalId(one) === hint)
          return person && subjectOf(person)
        },
        validateBindingMessage: (_ctx, message) => {
          if (!/^\d\d$/.test(message ?? '')) throw new errors.InvalidBindingMessage('two digits are wanted')
        },
        validateRequestContext: () => undefined,
        verifyUserCode: () => undefined,
        triggerAuthenticationDevice: (_ctx, request, account) => {
          const person = findProfessional(account.accountId)
          const { binding_message: number, channel } = request.params ?? {}
          if (person)
            approvals.add({
              id: request.jti,
              person,
              number: String(number),
              channel: channel === 'CARD' ? 'CARD' : 'MOBILE',
            })
        },
      },
      introspection: { enabled: true, allowedPolicy: (_ctx, client) => client.clientId === 'operateur' },
      revocation: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
    },
    extraParams: ['channel'],
    interactions: { policy, url: (_ctx, interaction) => `/connexion/${interaction.uid}` },
    routes: {
      authorization: '/auth',
      token: `${realm}/token`,
      introspection: `${realm}/token/introspect`,
      revocation: `${realm}/revoke`,
      backchannel_authentication: `${realm}/ext/ciba/auth`,
      userinfo: `${realm}/userinfo`,
      end_session: `${realm}/logout`,
      jwks: `${realm}/certs`,
    },
    ttl: {
      AccessToken: () => lifetimes.access,
      RefreshToken: () => lifetimes.refresh,
      BackchannelAuthenticationRequest: () => lifetimes.cibaLasts,
      AuthorizationCode: 60,
      IdToken: 120,
      Interaction: 600,
      Session: 14_400,
      Grant: 14_400,
    },
    expiresWithSession: () => false,
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    extraTokenClaims: (_ctx, token) => {
      const person = 'accountId' in token ? findProfessional(token.accountId ?? '') : undefined
      return person ? { SubjectNameID: nationalId(person) } : {}
    },
    findAccount: (_ctx, id) => {
      const person = findProfessional(id)
      return person ? { accountId: id, claims: () => claimsOf(person) } : undefined
    },
    loadExistingGrant: async (ctx) => {
      const { client, session, provider: own } = ctx.oidc
      if (!client || !session?.accountId) return undefined
      const grant = new own.Grant({ clientId: client.clientId, accountId: session.accountId })
      grant.addOIDCScope('openid scope_all')
      await grant.save()
      return grant
    },
  })
  // A desktop client listens wherever it can: any port and path of the loopback address (RFC 8252 §7.3). The confidential
  // client may come back to its back-end alone.
  for (const [method, key] of [
    ['redirectUriAllowed', 'redirectUris'],
    ['postLogoutRedirectUriAllowed', 'postLogoutRedirectUris'],
  ] as const)
    Object.defineProperty(provider.Client.prototype, method, {
      value(this: { redirectUris?: string[]; postLogoutRedirectUris?: string[] }, uri: string) {
        const registered = this[key] ?? []
        return (
          registered.includes(uri) ||
          (registered.includes('http://127.0.0.1/') && /^http:\/\/127\.0\.0\.1(?::\d+)?\//.test(uri))
        )
      },
    })
  return provider
}

/** What of a request the library has made. */
interface Seen {
  oidc?: { route?: string; params?: Record<string, unknown> }
  body?: Record<string, unknown>
}

/** What Keycloak says and this library does not: how long a refresh token lives, how fast CIBA may be polled. */
const speakAsKeycloak = (
  provider: Provider,
  times: Times,
  issued: string[],
  count: (what: string) => void,
): void => {
  const polls = new Map<string, number>()
  provider.use(async (ctx: Seen, next) => {
    await next()
    const { route, params } = ctx.oidc ?? {}
    const { body } = ctx
    if (route === 'revocation' || route === 'introspection') count(route)
    if (route === 'end_session') count('logout')
    if (route === 'backchannel_authentication' && body?.['auth_req_id']) body['interval'] = times.cibaInterval
    if (route !== 'token' || !body) return
    const { grant_type: grant, auth_req_id: id } = params ?? {}
    count(grant === cibaGrant ? 'ciba' : String(grant))
    for (const name of ['access_token', 'refresh_token', 'id_token'])
      if (typeof body[name] === 'string') issued.push(body[name])
    if (body['refresh_token']) body['refresh_expires_in'] = times.refresh
    if (typeof id !== 'string' || body['error'] !== 'authorization_pending') return
    const now = performance.now()
    if (now - (polls.get(id) ?? -Infinity) < times.cibaInterval * 1000 - 100)
      Object.assign(body, { error: 'slow_down', error_description: 'poll less often' })
    polls.set(id, now)
  })
}

/** Starts the provider on a free port of 127.0.0.1. */
export const startPsc = async (log: (line: string) => void, backEndUrl: string): Promise<Psc> => {
  const lifetimes: Times = { access: 120, refresh: 1800, cibaInterval: 1, cibaLasts: 120 }
  const counts = new Map<string, number>()
  const storage = memoryStorage()
  const operatorSecret = randomBytes(16).toString('hex')
  const backEndSecret = randomBytes(16).toString('hex')
  const signingKey = (await loadKeys(['psc'], new Date())).get('psc') ?? ''
  let outage = false
  let provider: Provider | null = null
  const approvals = createApprovals(async ({ id, person, approved }) => {
    if (!provider) return
    const request = await provider.BackchannelAuthenticationRequest.find(id)
    if (!request?.clientId) return
    if (!approved) {
      await provider.backchannelResult(request, new errors.AccessDenied())
      return
    }
    const grant = new provider.Grant({ clientId: request.clientId, accountId: subjectOf(person) })
    grant.addOIDCScope('openid scope_all')
    await grant.save()
    await provider.backchannelResult(request, grant, {
      acr: 'eidas1',
      authTime: Math.floor(Date.now() / 1000),
    })
  })

  const login = async (
    current: Provider,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    const interaction = await current.interactionDetails(request, response)
    const { login_hint: hint } = interaction.params
    const show = (problem: string): void => {
      const known = typeof hint === 'string' ? (findProfessional(hint)?.key ?? '') : ''
      const page = loginPage(request.url ?? '', known || 'anne', problem)
      response.writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      })
      response.end(page)
    }
    if (request.method !== 'POST') return show('')
    const form = new URLSearchParams((await readBody(request)).toString())
    if (form.has('cancel')) {
      const error = { error: 'access_denied', error_description: 'Connexion annulée' }
      return current.interactionFinished(request, response, error, { mergeWithLastSubmission: false })
    }
    const person = findProfessional(form.get('login') ?? '')
    if (!person) return show('Professionnel inconnu de cette simulation.')
    const result = { login: { accountId: subjectOf(person), acr: 'eidas1', amr: ['card'], remember: true } }
    return current.interactionFinished(request, response, result, { mergeWithLastSubmission: false })
  }

  const server = createServer((request, response) => {
    if (outage || !provider) {
      response.writeHead(503, { 'content-type': 'text/plain; charset=utf-8' })
      response.end('Pro Santé Connect — simulation : service indisponible')
      return
    }
    // The real provider publishes its metadata under this name only.
    if (request.url === '/.well-known/wallet-openid-configuration') {
      request.url = '/.well-known/openid-configuration'
    }
    if (request.url?.startsWith('/e-cps')) {
      approvals.page(request, response).catch((error: unknown) => log(`e-cps: ${String(error)}`))
      return
    }
    if (!request.url?.startsWith('/connexion/')) {
      void provider.callback()(request, response)
      return
    }
    login(provider, request, response).catch((error: unknown) => {
      log(`psc: ${String(error)}`)
      if (!response.headersSent) response.writeHead(400, { 'content-type': 'text/plain; charset=utf-8' })
      response.end('Demande de connexion inconnue ou expirée')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const secrets = { operator: operatorSecret, backEnd: backEndSecret, backEndUrl }
  provider = makeProvider(issuer, signingKey, secrets, lifetimes, storage.factory, approvals)
  const issued: string[] = []
  speakAsKeycloak(provider, lifetimes, issued, (what) => counts.set(what, (counts.get(what) ?? 0) + 1))
  provider.on('server_error', (_ctx, error) => log(`psc: ${String(error)}`))

  return {
    issuer,
    clientId,
    backEndClient: { id: backEndClientId, secret: backEndSecret },
    approvals,
    asked: (what) => counts.get(what) ?? 0,
    issued: () => [...issued],
    setCiba: ({ interval, lasts }) => {
      if (interval !== undefined) lifetimes.cibaInterval = interval
      if (lasts !== undefined) lifetimes.cibaLasts = lasts
    },
    scope: 'openid scope_all',
    acrValues: 'eidas1',
    introspect: async (token) => {
      const response = await fetch(`${issuer}${realm}/token/introspect`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(`operateur:${operatorSecret}`).toString('base64')}`,
        },
        body: new URLSearchParams({ token }),
      })
      if (!response.ok) throw new Error(`introspection: ${response.status}`)
      const { active, SubjectNameID, exp } = Introspection.parse(await response.json())
      const person = SubjectNameID === undefined ? undefined : findProfessional(SubjectNameID)
      if (!active || !person) return null
      return { person, expires: new Date((exp ?? 0) * 1000) }
    },
    setOutage: (out) => {
      outage = out
    },
    endSessions: storage.clear,
    setLifetimes: (seconds) => {
      Object.assign(lifetimes, seconds)
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
