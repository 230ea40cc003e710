import {
  constants,
  createPrivateKey,
  createPublicKey,
  sign,
  X509Certificate,
  type KeyObject,
} from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { CardTls, SignatureScheme } from '../card-tls/index.ts'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import type { CardProof } from './card-proof.ts'

/** An organisation's certificate, nearest authority first, and its key. DER; the key as PKCS#8. */
interface P12Key {
  certificate: Uint8Array
  chain: readonly Uint8Array[]
  pkcs8: Uint8Array
}

/** An organisation's certificate, proving who is there to servers while TLS is set up; its key is in the vault. */
export type P12Proof = Omit<CardProof, 'kind'> & { kind: 'p12' }

const handshakeMilliseconds = 20_000

/** What a key can do in TLS, preferred first; none for a key of another kind. */
const schemesOf = (key: KeyObject): SignatureScheme[] => {
  if (key.asymmetricKeyType === 'rsa')
    return ['rsa_pss_rsae_sha256', 'rsa_pkcs1_sha256', 'rsa_pss_rsae_sha384', 'rsa_pkcs1_sha384']
  const byCurve: Readonly<Record<string, SignatureScheme>> = {
    prime256v1: 'ecdsa_secp256r1_sha256',
    secp384r1: 'ecdsa_secp384r1_sha384',
    secp521r1: 'ecdsa_secp521r1_sha512',
  }
  const scheme = byCurve[key.asymmetricKeyDetails?.namedCurve ?? '']
  return key.asymmetricKeyType === 'ec' && scheme ? [scheme] : []
}

const signatureBy = (key: KeyObject, scheme: SignatureScheme, message: Uint8Array): Uint8Array => {
  const digest = `sha${scheme.slice(-3)}`
  return new Uint8Array(
    scheme.startsWith('rsa_pss')
      ? sign(digest, message, {
          key,
          padding: constants.RSA_PKCS1_PSS_PADDING,
          saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
        })
      : sign(digest, message, key),
  )
}

/**
 * Proofs by certificates kept in the vault. The server is verified, revocation included, before the key signs anything: the
 * same TLS as the card's (docs/card-tls.md), with the key here.
 */
export const createP12Proofs = (deps: {
  /** Made when first needed; `tls.card-module-missing` on a computer without it. */
  cardTls: () => Outcome<CardTls>
  now: () => number
}): { proofOf: (held: P12Key) => Outcome<P12Proof>; forget: () => void } => {
  let made: Outcome<CardTls> | null = null
  const cardTls = (): Outcome<CardTls> => {
    if (made?.ok !== true) made = deps.cardTls()
    return made
  }
  const known = new Set<string>()
  const withoutSessions = new Set<string>()
  let connections = 0
  return {
    proofOf: (held) => {
      const leaf = new X509Certificate(held.certificate)
      const time = deps.now()
      if (time > leaf.validToDate.getTime() || time < leaf.validFromDate.getTime())
        return fail('account.certificate-expired', { retry: 'after-change' })
      let key: KeyObject
      try {
        key = createPrivateKey({ key: Buffer.from(held.pkcs8), format: 'der', type: 'pkcs8' })
        createPublicKey(key)
      } catch (cause) {
        return fail('p12.unsupported', { retry: 'after-change', cause })
      }
      const schemes = schemesOf(key)
      if (schemes.length === 0) return fail('p12.unsupported', { retry: 'after-change' })
      const tls = cardTls()
      if (!tls.ok) return tls
      const whose = leaf.fingerprint256
      return ok({
        kind: 'p12',
        secure: async (stream: Duplex, { host, port, verifyServer, signal }) => {
          const server = `${whose} ${host}:${String(port)}`
          const alone = withoutSessions.has(server)
          const identity = alone ? `${whose} ${String(connections++)}` : whose
          const connected = await tls.value.connect({
            stream,
            host,
            port,
            credential: {
              certificates: [held.certificate, ...held.chain],
              schemes,
              sign: ({ scheme, message }) => Promise.resolve(ok(signatureBy(key, scheme, message))),
              identity,
            },
            verifyServer: (chain) => verifyServer({ chain, host }),
            handshakeMilliseconds,
            signal,
          })
          if (alone) tls.value.forget(identity)
          else if (connected.ok) known.add(server)
          return connected
        },
        startAfresh: ({ host, port }) => {
          const server = `${whose} ${host}:${String(port)}`
          if (!known.delete(server)) return false
          withoutSessions.add(server)
          return true
        },
      })
    },
    forget: () => {
      known.clear()
      withoutSessions.clear()
      if (made?.ok) made.value.forget()
    },
  }
}
