import type { Outcome } from '../../contract/errors.ts'

export type Credentials = { kind: 'password'; password: string } | { kind: 'token'; accessToken: string }

/** What to log in with; told which proof a server just refused, another one or `auth.login-required`. */
export type AskCredentials = (refused?: Credentials) => Promise<Outcome<Credentials>>

/**
 * Logs in, and once more with a renewed token when the server refuses the one held: a session ended at the provider
 * looks like that (mssante-client.md §2). A refused password is not sent twice.
 */
export const loginWithRenewal = async <T>(
  credentials: AskCredentials,
  attempt: (ask: () => Promise<Outcome<Credentials>>) => Promise<Outcome<T>>,
): Promise<Outcome<T>> => {
  const used: Credentials[] = []
  const first = await attempt(async () => {
    const secret = await credentials()
    if (secret.ok) used.push(secret.value)
    return secret
  })
  const [refused] = used
  if (first.ok || first.error.code !== 'auth.failed' || refused?.kind !== 'token') return first
  return await attempt(() => credentials(refused))
}
