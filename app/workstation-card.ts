import { createCardService, type CardPort, type CardService } from './card/index.ts'
import type { Policy } from './contract/index.ts'
import { localFiles } from './local-files.ts'
import { createBinding } from './session/index.ts'
import { readCertificate, type Trust } from './smime/index.ts'
import type { Owners, Vaults } from './vault/index.ts'

/** The card service of this workstation: whose mailbox a card opens, and what its authority says of it. */
export const workstationCard = (deps: {
  host: { startCardProcess: () => Promise<CardPort> }
  policy: Policy
  vaults: Pick<Vaults, 'list'>
  owners: Pick<Owners, 'storeOf'>
  trust: Trust
  now: () => number
  after: (milliseconds: number, run: () => void) => () => void
}): CardService =>
  createCardService({
    startProcess: deps.host.startCardProcess,
    policy: deps.policy,
    platform: process.platform,
    arch: process.arch,
    ...localFiles,
    clock: { after: deps.after },
    now: deps.now,
    binding: createBinding(deps.vaults, deps.owners),
    revocation: async (der) => {
      const certificate = readCertificate(der)
      if (!certificate.ok) return 'unknown'
      const { reasons, revocation } = await deps.trust.verifySigner({
        certificate: certificate.value,
        candidates: [],
        at: new Date(deps.now()),
        signedAt: null,
      })
      return reasons.includes('revoked') ? 'revoked' : revocation
    },
  })
