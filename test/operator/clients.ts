import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ImapFlow } from 'imapflow'
import { createTransport } from 'nodemailer'
import * as oidc from 'openid-client'
import { people } from './index.ts'
import type { Operator } from './index.ts'

/** Other people's clients, by which the operator is tested from outside. */

/** The PEM texts of the operator's trust list. */
export const trustOf = async (operator: Operator): Promise<string[]> =>
  Promise.all((operator.policy.trustAnchors ?? []).map((file) => readFile(file, 'utf8')))

/** An imapflow client, logged in over STARTTLS with the operator's authorities. Throws as imapflow does. */
export const imapClient = async (
  operator: Operator,
  auth: { user: string } & ({ pass: string } | { accessToken: string }),
): Promise<ImapFlow> => {
  const client = new ImapFlow({
    host: operator.imap.address,
    port: operator.imap.port,
    servername: operator.imap.host,
    secure: false,
    doSTARTTLS: true,
    auth,
    tls: { ca: await trustOf(operator) },
    logger: false,
  })
  client.on('error', () => undefined) // reported by the call that fails
  try {
    await client.connect()
  } catch (error) {
    client.close()
    throw error
  }
  return client
}

/** Submits a plain mail with nodemailer, by password unless `auth` says otherwise. Throws as nodemailer does. */
export const submitMail = async (
  operator: Operator,
  mail: { from: string; to: string[]; text?: string; subject?: string; size?: number; dsn?: object },
  auth: object = {
    user: mail.from,
    pass: Object.values(people).find((p) => p.address === mail.from)?.password,
  },
): Promise<{ accepted: string[]; rejected: string[] }> => {
  const transport = createTransport({
    host: operator.smtp.address,
    port: operator.smtp.port,
    requireTLS: true,
    auth,
    tls: { ca: await trustOf(operator), servername: operator.smtp.host },
  })
  try {
    const info = await transport.sendMail({
      from: mail.from,
      to: mail.to,
      subject: mail.subject ?? 'Essai',
      text: mail.text ?? 'Bonjour',
      ...(mail.size ? { attachments: [{ filename: 'gros.bin', content: Buffer.alloc(mail.size) }] } : {}),
      ...(mail.dsn ? { dsn: mail.dsn } : {}),
    })
    return { accepted: info.accepted.map(String), rejected: info.rejected.map(String) }
  } finally {
    transport.close()
  }
}

/** Obtains tokens as the product does: PKCE, loopback redirect, the login form filled in by the « browser ». */
export const logIn = async (
  operator: Operator,
  login: string,
): Promise<{
  tokens: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers
  config: oidc.Configuration
}> => {
  const config = await oidc.discovery(
    new URL(operator.psc.issuer),
    operator.psc.clientId,
    undefined,
    oidc.None(),
    { execute: [oidc.allowInsecureRequests] },
  )
  const verifier = oidc.randomPKCECodeVerifier()
  const state = oidc.randomState()
  let arrived: (url: URL) => void
  const redirected = new Promise<URL>((resolve) => (arrived = resolve))
  const listener = createServer((request, response) => {
    arrived(new URL(request.url ?? '/', `http://127.0.0.1:${(listener.address() as AddressInfo).port}`))
    response.end()
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const redirect = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/retour`
  const start = oidc.buildAuthorizationUrl(config, {
    redirect_uri: redirect,
    scope: operator.psc.scope,
    acr_values: operator.psc.acrValues,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
  })
  const cookies = new Map<string, string>()
  const browse = async (url: URL, form?: URLSearchParams): Promise<{ url: URL; page: string }> => {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form ? { method: 'POST', body: form } : {}),
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name, value)
    }
    const next = response.headers.get('location')
    if (next !== null) return browse(new URL(next, url))
    return { url, page: await response.text() }
  }
  const { url, page } = await browse(start)
  if (!page.includes('id="login"') || !page.includes('id="submit"')) throw new Error('not the login page')
  await browse(url, new URLSearchParams({ login }))
  const back = await redirected
  listener.close()
  const tokens = await oidc.authorizationCodeGrant(config, back, {
    pkceCodeVerifier: verifier,
    expectedState: state,
  })
  return { tokens, config }
}
