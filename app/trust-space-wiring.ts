import { X509Certificate } from 'node:crypto'
import { getCACertificates, rootCertificates } from 'node:tls'
import {
  fail,
  ok,
  type MailDelta,
  type MessageRow,
  type MessageView,
  type Outcome,
  type Policy,
} from './contract/index.ts'
import { after } from './later.ts'
import { askWeb, createResolver, type PeerVerification, type ServerRules } from './mail/index.ts'
import { createTrustSpace, type TrustSpace } from './mssante/index.ts'
import { pemOf, readTrustAnchors } from './protection/index.ts'
import { createTrust } from './smime/index.ts'

type TrustDependencies = Parameters<typeof createTrust>[0]

/** Bytes and milliseconds of a list of domains. */
const largestList = 128 * 1024 * 1024
const longestFetch = 120_000

/** What every verification of servers has in common, and the authorities of mail. */
interface VerificationDependencies extends Pick<
  TrustDependencies,
  'now' | 'random' | 'store' | 'revocation' | 'environment' | 'fetch'
> {
  /** The workstation's proxy. */
  web: NonNullable<PeerVerification['web']>
  resolver: PeerVerification['resolver']
  anchors: readonly Uint8Array[]
}

const verificationBy = (
  { resolver, web, ...rest }: Omit<VerificationDependencies, 'anchors'>,
  anchors: Uint8Array[],
  authorities: 'igc-sante' | 'any',
): PeerVerification => {
  const trust = createTrust({ ...rest, anchors, authorities })
  const pem = anchors.map(pemOf)
  return { resolver, web, anchors: () => pem, verifyServer: (peer) => trust.verifyServer(peer) }
}

/** Authorities of the public web: the system's, else those that come with the program. */
const publicAuthorities = (): Uint8Array[] => {
  const system = getCACertificates('system')
  return (system.length > 0 ? system : rootCertificates).map(
    (pem) => new Uint8Array(new X509Certificate(pem).raw),
  )
}

/**
 * How web servers are verified that are asked before, or apart from, any mailbox: by the authorities somebody named for them,
 * else by those of mail. Throws when a file of the policy cannot be read.
 */
export const webVerification = async (
  deps: VerificationDependencies,
  files: readonly string[] | undefined,
): Promise<PeerVerification> =>
  files
    ? verificationBy(deps, await readTrustAnchors(files), 'any')
    : verificationBy(deps, [...deps.anchors], 'igc-sante')

/**
 * How a patient record proves who it is: by the authorities of its target (PEM), else by those of mail; revocation as for
 * servers of mail. It stands in the house: private addresses and the machine's own names are its own.
 */
export const recordVerification = (deps: VerificationDependencies): ((pem: string) => PeerVerification) => {
  const rest = { ...deps, resolver: createResolver() }
  const known = new Map<string, PeerVerification>()
  const made = (pem: string): PeerVerification => {
    const named = (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
      (block) => new Uint8Array(new X509Certificate(block).raw),
    )
    if (named.length === 0) return verificationBy(rest, [...deps.anchors], 'igc-sante')
    const byNamed = verificationBy(rest, named, 'any')
    return {
      ...byNamed,
      verifyServer: (peer) => {
        const [leaf] = peer.chain
        // The receiver's own certificate was named: nobody else vouches for it, so nobody revokes it.
        const itself = leaf !== undefined && named.some((one) => Buffer.compare(one, leaf) === 0)
        return itself ? Promise.resolve(ok(null)) : byNamed.verifyServer(peer)
      },
    }
  }
  return (pem) => {
    const verification = known.get(pem) ?? made(pem)
    known.set(pem, verification)
    return verification
  }
}

/** Which servers accounts may have. Throws when a file of the policy cannot be read. */
export const wireServerRules = async (
  deps: VerificationDependencies & { trustSpace: TrustSpace; policy: Policy },
): Promise<ServerRules> => {
  const { trustSpace, policy, ...rest } = deps
  const named = policy.publicAnchors && (await readTrustAnchors(policy.publicAnchors))
  let publicServers: PeerVerification | null = null
  return {
    classify: trustSpace.classify,
    allowsHost: trustSpace.allowsHost,
    genericMailboxes: policy.genericMailboxes ?? false,
    web: await webVerification(rest, policy.webAnchors),
    // Some hundred and fifty authorities, read by those alone who have such a mailbox.
    get publicServers() {
      return (publicServers ??= verificationBy(rest, named ?? publicAuthorities(), 'any'))
    },
  }
}

/** The trust space, with what it may not import itself. */
export const wireTrustSpace = (
  deps: Pick<
    Parameters<typeof createTrustSpace>[0],
    'vault' | 'policy' | 'now' | 'monotonic' | 'random' | 'emit' | 'onFault'
  > & { verification: PeerVerification },
): TrustSpace =>
  createTrustSpace({
    ...deps,
    after,
    breathe: () => new Promise((resolve) => void setImmediate(resolve)),
    fetchList: async (url, signal) => {
      const answer = await askWeb(deps.verification, {
        url,
        limit: largestList,
        milliseconds: longestFetch,
        signal,
      })
      if (!answer.ok) return answer
      if (answer.value.status === 200) return ok(answer.value.pieces)
      answer.value.close()
      return fail('net.unreachable', { retry: 'later', details: { status: answer.value.status } })
    },
  })

/** Rows and views of messages with what their senders' addresses say today: the list may be newer than the message. */
export const createSenderNotes = (trustSpace: Pick<TrustSpace, 'classify' | 'examine'>) => {
  const row = <T extends MessageRow>(one: T): T => {
    const warnings = trustSpace.examine(one.from)
    return {
      ...one,
      trust: trustSpace.classify(one.from.address),
      ...(warnings.length > 0 ? { warnings } : {}),
    }
  }
  return {
    rows: (outcome: Outcome<MessageRow[]>): Outcome<MessageRow[]> =>
      outcome.ok ? ok(outcome.value.map(row)) : outcome,
    page: <P extends { rows: MessageRow[] }>(outcome: Outcome<P>): Outcome<P> =>
      outcome.ok ? ok({ ...outcome.value, rows: outcome.value.rows.map(row) }) : outcome,
    delta: (delta: MailDelta): MailDelta => ({ ...delta, upserted: delta.upserted.map(row) }),
    view: (outcome: Outcome<MessageView>): Outcome<MessageView> => {
      if (!outcome.ok) return outcome
      const { value } = outcome
      const warnings = trustSpace.examine(value.from, value.replyTo)
      return ok({
        ...value,
        row: {
          ...value.row,
          trust: trustSpace.classify(value.from.address),
          ...(warnings.length > 0 ? { warnings } : {}),
        },
      })
    },
  }
}
