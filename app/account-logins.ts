import { createCardTls } from './card-tls/index.ts'
import type { CardService } from './card/index.ts'
import { fail, ok, Professional, type AuthKind, type CoreStart, type SignInState } from './contract/index.ts'
import {
  createCardProofs,
  createIdentity,
  type Identity,
  type IdentityDependencies,
  type KnownProfessional,
} from './identity/index.ts'
import type { Logins } from './mail/index.ts'
import { createOrganisationCertificates, type OrganisationCertificates } from './organisation-certificates.ts'
import type { Trust } from './smime/index.ts'
import type { Vault } from './vault/index.ts'

/** Where the vault keeps who signed in last: encrypted with the rest, never a token. */
const professionalEntry = 'professional'

/**
 * Who is known in this mailbox: the holder of the card that opened it, else who signed in before and still has a mailbox here
 * by Pro Santé Connect.
 */
const knownProfessional = (deps: {
  vault: Vault
  card: Pick<CardService, 'state'>
  /** Of the card that opened this mailbox; null without one. */
  holder: () => string | null
  onFault: (error: unknown) => void
}): KnownProfessional => {
  const recall = async (): Promise<Professional | null> => {
    const kept = await deps.vault.run('meta.get', { name: professionalEntry })
    if (!kept.ok || kept.value === null) {
      if (!kept.ok) deps.onFault(kept.error)
      return null
    }
    return Professional.nullable().catch(null).parse(JSON.parse(kept.value))
  }
  return {
    recall,
    keep: async (professional) => {
      const kept = await deps.vault.run('meta.set', {
        name: professionalEntry,
        value: JSON.stringify(professional),
      })
      if (!kept.ok) deps.onFault(kept.error)
    },
    owner: async () => {
      const holder = deps.holder()
      if (holder !== null) return holder
      const accounts = await deps.vault.run('accounts.list', {})
      const signs = accounts.ok && accounts.value.some(({ auth }) => auth === 'psc')
      return signs ? ((await recall())?.nationalId ?? null) : null
    },
    hint: () => {
      const state = deps.card.state()
      return 'token' in state ? (state.token.holder?.nationalId ?? null) : null
    },
  }
}

/** How the accounts of this workstation log in: card, Pro Santé Connect, passwords and codes, as far as the policy allows. */
export const createAccountLogins = (
  deps: Pick<IdentityDependencies, 'now' | 'random' | 'after' | 'onProofs' | 'web'> & {
    host: Pick<IdentityDependencies, 'openExternal'>
    start: Pick<CoreStart, 'policy' | 'cardTlsAddon'>
    vault: Vault
    card: CardService
    /** National identifier of the holder of the card that opened this mailbox; null without one. */
    holder: () => string | null
    /** DER of the authorities trusted here. */
    anchors: readonly Uint8Array[]
    /** Says which certificates are of authorities trusted here. */
    trust: Pick<Trust, 'knows'>
    emit: (event: 'signIn.changed', state: SignInState) => void
    onFault: (error: unknown) => void
  },
): {
  identity: Identity
  logins: Logins
  certificates: OrganisationCertificates
  watchCard: (tell: (serial: string | null) => void) => () => void
} => {
  const { start, card, anchors, host, now, random, after } = deps
  const { policy } = start
  const cardProofs = createCardProofs({
    card,
    cardTls: () => createCardTls({ addonPath: start.cardTlsAddon }),
    anchors,
  })
  const certificates = createOrganisationCertificates({
    cardTls: () => createCardTls({ addonPath: start.cardTlsAddon }),
    ...{ vault: deps.vault, trust: deps.trust, now, random },
  })
  const identity = createIdentity({
    policy,
    known: knownProfessional(deps),
    web: deps.web,
    card: cardProofs,
    openExternal: host.openExternal,
    now,
    random,
    after,
    onChange: (state) => deps.emit('signIn.changed', state),
    onProofs: deps.onProofs,
  })
  const wanted: readonly AuthKind[] = policy.logins ?? ['card', 'psc', 'p12', 'password-otp', 'password']
  return {
    identity,
    certificates,
    logins: {
      logins: wanted.filter(
        (kind) =>
          (kind !== 'psc' || policy.psc !== undefined) &&
          (kind !== 'password-otp' || policy.oneTimeCode !== undefined),
      ),
      prove: (account, refused) => {
        if (account.auth !== 'p12') return identity.prove(account, refused)
        return Promise.resolve(
          account.p12
            ? certificates.proofOf(account.p12)
            : fail('auth.mechanism-unavailable', { retry: 'after-change' }),
        )
      },
      login: async (account) => (account.auth === 'p12' ? ok(null) : await identity.login(account)),
      takeP12: certificates.take,
      describeP12: certificates.describe,
      openCard: identity.openCard,
      externalIdentity: policy.externalIdentity ?? null,
    },
    watchCard: cardProofs.watch,
  }
}
