import { fail, ok, type CoreMethod, type Input, type Outcome, type Output } from './contract/index.ts'
import type { Identity } from './identity/index.ts'
import type { Vault } from './vault/index.ts'

type Method = Extract<CoreMethod, `signIn.${string}`> | 'accounts.cancelLogin'
type Handlers = { [M in Method]: (input: Input<M>) => Promise<Outcome<Output<M>>> | Outcome<Output<M>> }

/** The calls of contract/sign-in.ts. */
export const signInHandlers = ({ identity, vault }: { identity: Identity; vault: Vault }): Handlers => ({
  'signIn.state': () => ok(identity.state()),
  'signIn.start': identity.start,
  'signIn.cancel': () => {
    identity.cancel()
    return ok(null)
  },
  'accounts.cancelLogin': () => {
    identity.cancel()
    return ok(null)
  },
  'signIn.signOut': identity.signOut,
  'signIn.askCode': async ({ address, user, password }) => {
    const accounts = await vault.run('accounts.list', {})
    if (!accounts.ok) return accounts
    const account = accounts.value.find((one) => one.address === address.toLowerCase())
    const kept = password ?? account?.password ?? null
    if (kept === null) return fail('auth.failed', { retry: 'after-login' })
    return await identity.askCode({ address, user: user ?? account?.loginName ?? null, password: kept })
  },
  'signIn.giveCode': ({ address, code }) => identity.giveCode(address, code),
})
