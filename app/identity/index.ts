import type { AccountCard, AuthKind, CodeChallenge, Policy, SignInState } from '../contract/index.ts'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import type { CardProof, CardProofs } from './card-proof.ts'
import type { P12Proof } from './p12-proof.ts'
import { createOneTimeCodes, type CodeProof } from './one-time-code.ts'
import { createSignIn, type KnownProfessional, type SignInDependencies } from './sign-in.ts'

export interface IdentityDependencies extends Omit<
  SignInDependencies,
  'psc' | 'onChange' | 'onSession' | 'known'
> {
  /** Without Pro Santé Connect or one-time codes, accounts that want them answer `auth.mechanism-unavailable`. */
  policy: Pick<Policy, 'psc' | 'oneTimeCode' | 'tokenMechanisms'>
  known: KnownProfessional
  /** Accounts that log in with the card. */
  card: CardProofs
  onChange: (state: SignInState) => void
  /** What accounts of a kind (or one of them) prove themselves with is there again, or is gone. */
  onProofs: (concerned: { auth: AuthKind; address?: string }, there: boolean) => void
}

/** An account as far as its proof goes. */
interface AccountProof {
  address: string
  auth: AuthKind
  /** Of card accounts. */
  card: AccountCard | null
}

export type Proof =
  | { kind: 'password'; password: string; user?: string; once?: boolean }
  | { kind: 'token'; accessToken: string; mechanisms?: readonly ('XOAUTH2' | 'OAUTHBEARER')[] }
  | CardProof
  | P12Proof

export interface Identity {
  /**
   * Opens the account's login: Pro Santé Connect by the policy's first way, unless its session is still good or can be renewed
   * silently. Errors: those of `signIn.start`. A card account needs its card to be open: `card.login-required` and the like say
   * what is wanted. An account with a one-time code wants `giveCode` first: `auth.login-required`.
   */
  login: (account: AccountProof) => Promise<Outcome<null>>
  /**
   * What to log in with, renewed silently when it nears its end or when a server just refused it;
   * `auth.login-required` when the user must log in.
   */
  prove: (account: AccountProof & { password: string | null }, refused?: Proof) => Promise<Outcome<Proof>>
  /** Whose card is open now, for a new account. Errors: card.*. */
  openCard: () => Promise<Outcome<AccountCard>>
  /** The calls of contract/sign-in.ts. */
  state: () => SignInState
  start: (wish: {
    way: SignInState['ways'][number]
    nationalId?: string | undefined
  }) => Promise<Outcome<null>>
  signOut: () => Promise<Outcome<{ told: boolean }>>
  askCode: (wish: {
    address: string
    user: string | null
    password: string
  }) => Promise<Outcome<CodeChallenge>>
  giveCode: (address: string, code: string) => Promise<Outcome<null>>
  /** Gives up a sign-in under way. */
  cancel: () => void
  /** The professional did something: only that prolongs the session. */
  activity: () => void
  /** The mailbox is open: who signed in before is recalled. */
  begin: () => Promise<void>
  /** Forgets every token, code and TLS session, and gives up any sign-in under way. */
  end: () => void
}

const unavailable = (): Outcome<never> => fail('auth.mechanism-unavailable', { retry: 'after-change' })
const loginRequired = (): Outcome<never> => fail('auth.login-required', { retry: 'after-login' })

/** How the accounts prove who is there: the card, Pro Santé Connect, one-time codes, passwords. Secrets stay in memory. */
export const createIdentity = (deps: IdentityDependencies): Identity => {
  const { policy } = deps
  const codes = policy.oneTimeCode
    ? createOneTimeCodes({ policy: policy.oneTimeCode, web: deps.web, now: deps.now })
    : null
  const change = (): void => deps.onChange(state())
  const signIn = policy.psc
    ? createSignIn({
        ...deps,
        psc: policy.psc,
        onChange: change,
        onSession: (open) => deps.onProofs({ auth: 'psc' }, open),
      })
    : null

  const state = (): SignInState => ({
    ways: [],
    session: { state: 'closed', reason: 'start' },
    professional: null,
    awaySince: null,
    underWay: null,
    ...signIn?.state(),
    oneTimeCode: policy.oneTimeCode
      ? {
          digits: policy.oneTimeCode.digits ?? 6,
          asksUser: policy.oneTimeCode.user === 'typed',
          keepsPassword: policy.oneTimeCode.keepPassword === true,
        }
      : null,
  })

  const withMechanisms = (proof: CodeProof): Proof =>
    proof.kind === 'token' && policy.tokenMechanisms
      ? { ...proof, mechanisms: policy.tokenMechanisms }
      : proof

  const cardProof = (account: AccountProof): Promise<Outcome<CardProof>> =>
    account.card ? deps.card.proofOf(account.card) : Promise.resolve(unavailable())

  const prove: Identity['prove'] = async (account, refused) => {
    switch (account.auth) {
      case 'card':
        return await cardProof(account)
      case 'password':
        return account.password === null
          ? loginRequired()
          : ok({ kind: 'password', password: account.password })
      case 'password-otp': {
        const proof = codes ? codes.proofOf(account.address, refused) : unavailable()
        return proof.ok ? ok(withMechanisms(proof.value)) : proof
      }
      case 'psc': {
        if (!signIn) return unavailable()
        const token = await signIn.token(refused?.kind === 'token' ? refused.accessToken : undefined)
        return token.ok ? ok(withMechanisms({ kind: 'token', accessToken: token.value })) : token
      }
      case 'p12':
        return unavailable()
    }
  }

  return {
    login: async (account) => {
      if (account.auth === 'psc') return signIn ? await signIn.startIfNeeded() : unavailable()
      if (account.auth === 'password') return ok(null)
      const proof = await prove({ ...account, password: null })
      return proof.ok ? ok(null) : proof
    },
    prove,
    openCard: deps.card.openCard,
    state,
    start: ({ way, nationalId }) => (signIn ? signIn.start(way, nationalId) : Promise.resolve(unavailable())),
    signOut: () => (signIn ? signIn.signOut() : Promise.resolve(ok({ told: true }))),
    askCode: ({ address, user, password }) =>
      codes ? codes.ask({ address, user: user ?? address, password }) : Promise.resolve(unavailable()),
    giveCode: async (address, code) => {
      const given = codes ? await codes.give(address, code) : unavailable()
      if (given.ok) deps.onProofs({ auth: 'password-otp', address }, true)
      return given
    },
    cancel: () => signIn?.cancel(),
    activity: () => signIn?.activity(),
    begin: async () => {
      await signIn?.begin()
    },
    end: () => {
      signIn?.end()
      codes?.forget()
      deps.card.forget()
    },
  }
}

export { createCardProofs, type CardProofs } from './card-proof.ts'
export { createP12Proofs, type P12Proof } from './p12-proof.ts'
export type { KnownProfessional } from './sign-in.ts'
