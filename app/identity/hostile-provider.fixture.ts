import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { PscPolicy } from './psc-provider.ts'

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const seconds = (): number => Math.floor(Date.now() / 1000)

/** A key of the provider, made once for a file of tests. */
export const makeKey = () => generateKeyPairSync('rsa', { modulusLength: 2048 })
type Key = ReturnType<typeof makeKey>

/** Signs as RS256, as HS256 with a public key for secret, or not at all. */
export const makeToken = (
  claims: object,
  how: { alg?: string; key: KeyObject | string; kid?: string },
): string => {
  const { alg = 'RS256', key, kid } = how
  const body = `${encoded({ alg, typ: 'JWT', ...(kid === undefined ? {} : { kid }) })}.${encoded(claims)}`
  if (typeof key === 'string') {
    const mac = alg === 'none' ? '' : createHmac('sha256', key).update(body).digest('base64url')
    return `${body}.${mac}`
  }
  return `${body}.${sign('sha256', Buffer.from(body), key).toString('base64url')}`
}

/**
 * A provider that says whatever a test wants: its answers are mended between calls. Plain http on loopback, or by a name with a
 * certificate (`secure`), one key, somebody fictitious.
 */
export const startHostileProvider = async (
  key: Key,
  secure: { host: string; cert: string; key: string } | null = null,
) => {
  const kid = 'one'
  const nationalId = '899700000101'
  const told = {
    keys: [{ ...key.publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' }] as object[],
    metadata: {} as Record<string, unknown>,
    /** Answers to the token endpoint, in order; the last one stays. A string is sent as HTML, null hangs up. */
    tokens: [] as { status: number; body: Record<string, unknown> | string | null }[],
    userInfo: { status: 200, body: { sub: 'somebody', SubjectNameID: nationalId } as object },
    ciba: { status: 200, body: { auth_req_id: 'x', expires_in: 120, interval: 1 } as object },
    asked: [] as string[],
    forms: [] as URLSearchParams[],
  }
  let issuer = ''
  const json = (response: ServerResponse, status: number, body: object): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  const respond = (request: IncomingMessage, response: ServerResponse): void => {
    const path = URL.parse(request.url ?? '/', 'http://127.0.0.1')?.pathname ?? ''
    told.asked.push(path)
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      if (path.startsWith('/.well-known/'))
        json(response, 200, {
          issuer,
          authorization_endpoint: `${issuer}/auth`,
          token_endpoint: `${issuer}/token`,
          userinfo_endpoint: `${issuer}/userinfo`,
          jwks_uri: `${issuer}/certs`,
          revocation_endpoint: `${issuer}/revoke`,
          backchannel_authentication_endpoint: `${issuer}/ciba`,
          id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
          ...told.metadata,
        })
      else if (path === '/certs') json(response, 200, { keys: told.keys })
      else if (path === '/userinfo') json(response, told.userInfo.status, told.userInfo.body)
      else if (path === '/ciba') json(response, told.ciba.status, told.ciba.body)
      else if (path === '/revoke') response.writeHead(200).end()
      else {
        told.forms.push(new URLSearchParams(Buffer.concat(pieces).toString()))
        const answer = told.tokens.length > 1 ? told.tokens.shift() : told.tokens[0]
        if (!answer || answer.body === null) request.socket.destroy()
        else if (typeof answer.body === 'string')
          response.writeHead(answer.status, { 'content-type': 'text/html' }).end(answer.body)
        else json(response, answer.status, answer.body)
      }
    })
  }
  const server = secure ? createSecureServer(secure, respond) : createServer(respond)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const place = `127.0.0.1:${String(typeof address === 'object' ? address?.port : 0)}`
  issuer = secure ? `https://${secure.host}` : `http://${place}`
  const policy: PscPolicy = {
    issuer,
    clientId: 'souspli',
    scope: 'openid scope_all',
    acrValues: 'eidas1',
    ways: ['browser', 'mobile'],
  }
  return {
    told,
    /** Where it really is, as `address:port`. */
    place,
    policy,
    nationalId,
    claims: (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
      iss: issuer,
      aud: 'souspli',
      sub: 'somebody',
      iat: seconds(),
      exp: seconds() + 120,
      acr: 'eidas1',
      SubjectNameID: nationalId,
      ...changes,
    }),
    answer: (idToken: string | undefined, changes: Record<string, unknown> = {}) => ({
      status: 200,
      body: {
        access_token: 'access',
        token_type: 'Bearer',
        expires_in: 120,
        refresh_token: 'refresh',
        ...(idToken === undefined ? {} : { id_token: idToken }),
        ...changes,
      },
    }),
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
