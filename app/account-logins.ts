import { createCardTls } from './card-tls/index.ts'
import type { CardService } from './card/index.ts'
import type { AuthKind, CoreStart } from './contract/index.ts'
import {
  createCardProofs,
  createIdentity,
  type Identity,
  type IdentityDependencies,
} from './identity/index.ts'
import type { Logins } from './mail/index.ts'

/** How the accounts of this workstation log in: card, Pro Santé Connect, password, as far as the policy allows. */
export const createAccountLogins = (
  deps: Pick<IdentityDependencies, 'now' | 'random'> & {
    host: Pick<IdentityDependencies, 'openExternal'>
    start: Pick<CoreStart, 'policy' | 'cardTlsAddon'>
    card: CardService
    /** DER of the authorities trusted here. */
    anchors: readonly Uint8Array[]
  },
): {
  identity: Identity
  logins: Logins
  watchCard: (tell: (serial: string | null) => void) => () => void
} => {
  const { start, card, anchors, host, now, random } = deps
  const { policy } = start
  const cardProofs = createCardProofs({
    card,
    cardTls: () => createCardTls({ addonPath: start.cardTlsAddon }),
    anchors,
  })
  const identity = createIdentity({
    psc: policy.psc,
    card: cardProofs,
    openExternal: host.openExternal,
    now,
    random,
  })
  const wanted: readonly AuthKind[] = policy.logins ?? ['card', 'psc', 'password']
  return {
    identity,
    logins: {
      logins: wanted.filter((kind) => kind !== 'psc' || policy.psc !== undefined),
      prove: identity.prove,
      login: identity.login,
      openCard: identity.openCard,
      externalIdentity: policy.externalIdentity ?? null,
    },
    watchCard: cardProofs.watch,
  }
}
