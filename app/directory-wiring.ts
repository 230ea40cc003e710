import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { rootCertificates } from 'node:tls'
import { ok, type CoreStart, type DirectoryState, type TrustClass } from './contract/index.ts'
import {
  apiPace,
  createBaseFile,
  createCertificateDirectory,
  createDirectory,
  createFhirClient,
  createPace,
} from './directory/index.ts'
import { after } from './later.ts'
import { askWeb, type PeerVerification } from './mail/index.ts'
import type { Vault, Vaults } from './vault/index.ts'

type Anchors = 'system' | string[] | undefined

/** The directory with what it may not import itself: verified connections by the policy's authorities, time, its threads. */
export const wireDirectory = async (deps: {
  start: CoreStart
  vault: Vault
  vaults: Pick<Vaults, 'chosen'>
  /** How servers are verified by the authorities of some files, or of mail without any. */
  web: (files: readonly string[] | undefined) => Promise<PeerVerification>
  classify: (address: string) => TrustClass
  random: (length: number) => Uint8Array
  now: () => number
  monotonic: () => number
  emit: (state: DirectoryState) => void
  onFault: (error: unknown) => void
}) => {
  const { start, vault, now } = deps
  const policy = start.policy.directory
  const verification = async (anchors: Anchors): Promise<PeerVerification> => {
    if (anchors !== 'system') return deps.web(anchors)
    const { resolver, web } = await deps.web(undefined)
    // Chain, dates and name are the handshake's own checks; public authorities have no list of ours.
    return {
      resolver,
      ...(web ? { web } : {}),
      anchors: () => [...rootCertificates],
      verifyServer: () => Promise.resolve(ok(null)),
    }
  }
  const asking = async (anchors: Anchors): Promise<Parameters<typeof createDirectory>[0]['ask']> => {
    const peer = await verification(anchors)
    return (wish) => askWeb(peer, wish)
  }
  const folder = (): string => join(start.profileFolder, 'directory', deps.vaults.chosen())
  const wait = async (milliseconds: number, signal: AbortSignal): Promise<void> => {
    // Called off: whoever waits looks at the signal.
    await sleep(milliseconds, undefined, { signal, ref: false }).catch(() => undefined)
  }
  const ldap = policy?.ldap
  const directory = createDirectory({
    vault,
    base: createBaseFile({ vault, folder, entry: start.directoryWorker, random: deps.random }),
    policy,
    folder,
    ask: await asking(policy?.anchors),
    fhir: policy?.fhir
      ? createFhirClient({
          ask: await asking(policy.fhir.anchors ?? policy.anchors),
          url: policy.fhir.url,
          apiKey: policy.fhir.apiKey,
          pace: createPace({ ...apiPace, monotonic: deps.monotonic, wait }),
          now,
          wait,
        })
      : null,
    hasLdap: ldap !== undefined,
    classify: deps.classify,
    ownAddresses: async () => {
      const accounts = await vault.run('accounts.list', {})
      return accounts.ok ? accounts.value.map(({ address }) => address) : []
    },
    now,
    after,
    emit: deps.emit,
    onFault: deps.onFault,
  })
  const certificateDirectory = ldap
    ? createCertificateDirectory({
        ...ldap,
        verification: await verification(ldap.anchors ?? policy.anchors),
      })
    : null
  return { directory, certificateDirectory }
}
