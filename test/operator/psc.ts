import { createPrivateKey, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider, interactionPolicy } from 'oidc-provider'
import { z } from 'zod'
import { loadKeys } from '../pki/index.ts'
import { people } from './people.ts'
import type { Person } from './people.ts'
import type { AdapterFactory } from 'oidc-provider'
import { memoryStorage } from './psc-storage.ts'
import { readBody } from './web.ts'

/**
 * Pro Santé Connect, simulated: an OpenID provider with its endpoints' paths, claims and lifetimes (mssante-client.md
 * §3). It differs where it must: plain http on loopback, a public client with PKCE (the real one wants a confidential
 * client behind a proxy) and a login page that asks for a name instead of a card.
 */
export interface Psc {
  issuer: string
  clientId: string
  scope: string
  acrValues: string
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
const claimNames = [
  'preferred_username',
  'given_name',
  'family_name',
  'email_verified',
  'SubjectNameID',
  'SubjectRole',
  'SubjectOrganization',
  'SubjectOrganizationID',
  'SubjectRefPro',
  'Secteur_Activite',
  'Mode_Acces_Raison',
  'Acces_Regulation_Medicale',
  'UITVersion',
  'Palier_Authentification',
  'PSI_Locale',
  'otherIds',
]

const professionals = Object.values<Person>(people).filter(({ rpps }) => rpps !== null)
const nationalId = ({ rpps }: Person): string => `8${rpps ?? ''}`

const subjectPrefix = 'f:550e8400-e29b-41d4-a716-446655440000:'
const subjectOf = (person: Person): string => `${subjectPrefix}${nationalId(person)}`

/** By short name, RPPS, national identifier, subject, address or displayed name. */
const findProfessional = (typed: string): Person | undefined => {
  const wanted = typed.trim().toLowerCase().replace(subjectPrefix, '')
  return professionals.find((person) =>
    [person.key, person.rpps, nationalId(person), person.address, person.displayName.toLowerCase()].includes(
      wanted,
    ),
  )
}

const claimsOf = (person: Person) => ({
  sub: subjectOf(person),
  preferred_username: nationalId(person),
  SubjectNameID: nationalId(person),
  given_name: person.givenName,
  family_name: person.familyName,
  email_verified: false,
  SubjectRole: [`${String(person.professionCode)}^1.2.250.1.213.1.1.5.5`],
  SubjectOrganization: person.structure,
  SubjectOrganizationID: '',
  Secteur_Activite: 'SA07^1.2.250.1.71.4.2.4',
  Mode_Acces_Raison: '',
  Acces_Regulation_Medicale: 'FAUX',
  UITVersion: '1.0',
  Palier_Authentification: 'APPPRIP3^1.2.250.1.213.1.5.1.1.1',
  PSI_Locale: '1.2.250.1.213.1.3.1.1',
  otherIds: [{ identifiant: nationalId(person), origine: 'RPPS', qualite: 1 }],
  SubjectRefPro: {
    codeCivilite: null,
    exercices: [
      {
        codeProfession: String(person.professionCode),
        codeCategorieProfessionnelle: 'C',
        codeCiviliteDexercice: 'DR',
        nomDexercice: person.familyName,
        prenomDexercice: person.givenName,
        codeTypeSavoirFaire: '',
        codeSavoirFaire: '',
        activities: [
          {
            codeModeExercice: 'L',
            codeSecteurDactivite: 'SA07',
            codeRole: '',
            raisonSocialeSite: person.structure,
            codePays: '99000',
            adresseEMail: person.address,
          },
        ],
      },
    ],
  },
})

const escape = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)

const loginPage = (action: string, hint: string, problem: string): string => `<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><title>Pro Santé Connect — simulation</title>
<style>body{font:16px sans-serif;max-width:28rem;margin:12vh auto;padding:0 1rem;color:#123}
input,button{font:inherit;padding:.6rem;width:100%;box-sizing:border-box;margin:.4rem 0}
button{background:#0b5cad;color:#fff;border:0;border-radius:.3rem}.note{color:#555}</style></head>
<body><main><h1>Pro Santé Connect — simulation</h1>
<p class="note">Fournisseur d’identité de démonstration, sans lien avec l’ANS. Personnes fictives.</p>
${problem ? `<p id="error" role="alert">${escape(problem)}</p>` : ''}
<form method="post" action="${escape(action)}">
<label for="login">Professionnel (nom court, RPPS ou adresse)</label>
<input id="login" name="login" list="professionals" value="${escape(hint)}" autofocus required>
<datalist id="professionals">${professionals
  .map(({ key, displayName }) => `<option value="${key}">${escape(displayName)}</option>`)
  .join('')}</datalist>
<button id="submit" type="submit">Se connecter</button>
<button id="cancel" type="submit" name="cancel" value="yes" formnovalidate>Annuler</button>
</form></main></body></html>`

const Introspection = z.object({
  active: z.boolean(),
  SubjectNameID: z.string().optional(),
  exp: z.number().optional(),
})

const makeProvider = (
  issuer: string,
  signingKeyPem: string,
  operatorSecret: string,
  lifetimes: { access: number; refresh: number },
  storage: AdapterFactory,
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
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
      },
      {
        client_id: 'operateur',
        client_secret: operatorSecret,
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
      introspection: { enabled: true, allowedPolicy: (_ctx, client) => client.clientId === 'operateur' },
      revocation: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
    },
    interactions: { policy, url: (_ctx, interaction) => `/connexion/${interaction.uid}` },
    routes: {
      authorization: '/auth',
      token: `${realm}/token`,
      introspection: `${realm}/token/introspect`,
      revocation: `${realm}/revoke`,
      userinfo: `${realm}/userinfo`,
      end_session: `${realm}/logout`,
      jwks: `${realm}/certs`,
    },
    ttl: {
      AccessToken: () => lifetimes.access,
      RefreshToken: () => lifetimes.refresh,
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
  // A desktop client listens wherever it can: any port and path of the loopback address (RFC 8252 §7.3).
  Object.defineProperty(provider.Client.prototype, 'redirectUriAllowed', {
    value: (uri: string) => /^http:\/\/127\.0\.0\.1(?::\d+)?\//.test(uri),
  })
  return provider
}

/** Starts the provider on a free port of 127.0.0.1. */
export const startPsc = async (log: (line: string) => void): Promise<Psc> => {
  const lifetimes = { access: 120, refresh: 1800 }
  const storage = memoryStorage()
  const operatorSecret = randomBytes(16).toString('hex')
  const signingKey = (await loadKeys(['psc'], new Date())).get('psc') ?? ''
  let outage = false
  let provider: Provider | null = null

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
  provider = makeProvider(issuer, signingKey, operatorSecret, lifetimes, storage.factory)
  provider.on('server_error', (_ctx, error) => log(`psc: ${String(error)}`))

  return {
    issuer,
    clientId,
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
