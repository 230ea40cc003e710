import { constants, createVerify, type KeyObject } from 'node:crypto'
import { AlgorithmIdentifier, RSASSAPSSParams } from 'pkijs'
import {
  digests,
  ecdsaSignatures,
  oids,
  rsaSignatures,
  weakDigests,
  weakSignatures,
  type Digest,
} from './algorithms.ts'

interface PssParameters {
  digest: Digest
  saltLength: number
}

/**
 * RSASSA-PSS-params (RFC 4055 §3.1); null when the digest is not accepted, MGF1 uses another one, the salt is longer than any
 * key or the trailer is not the one there is; throws.
 */
const pssParameters = (schema: unknown): PssParameters | null => {
  const { hashAlgorithm, maskGenAlgorithm, saltLength, trailerField } = new RSASSAPSSParams(
    schema ? { schema } : {},
  )
  const digest = digests[hashAlgorithm.algorithmId]
  if (!digest || maskGenAlgorithm.algorithmId !== oids.mgf1 || trailerField !== 1) return null
  const mask = new AlgorithmIdentifier({ schema: maskGenAlgorithm.algorithmParams as unknown })
  // A negative length would ask OpenSSL to guess it.
  const sound = saltLength >= 0 && saltLength <= 512
  return sound && digests[mask.algorithmId] === digest ? { digest, saltLength } : null
}

/** What was signed, in one piece or several: a big content is never put together for it. */
export type SignedBytes = Uint8Array | Iterable<Uint8Array>

const verified = (
  digest: string,
  data: SignedBytes,
  key: Parameters<ReturnType<typeof createVerify>['verify']>[0],
  signature: Uint8Array,
): 'good' | 'wrong' => {
  const verifier = createVerify(digest)
  if (data instanceof Uint8Array) verifier.update(data)
  else for (const piece of data) verifier.update(piece)
  return verifier.verify(key, signature) ? 'good' : 'wrong'
}

/**
 * Checks a signature by the AlgorithmIdentifier found with it. `named` is the digest named elsewhere (CMS), which must
 * agree. « unsupported » covers SHA-1, MD5, DSA and the like; throws on malformed parameters.
 */
export const checkSignature = (params: {
  algorithm: AlgorithmIdentifier
  named: Digest | null
  key: KeyObject
  data: SignedBytes
  signature: Uint8Array
}): 'good' | 'wrong' | 'unsupported' => {
  const { key, data, signature, named } = params
  const { algorithmId } = params.algorithm
  if (algorithmId === oids.rsaPss) {
    const pss = pssParameters(params.algorithm.algorithmParams)
    if (!pss || (named && named !== pss.digest) || !key.asymmetricKeyType?.startsWith('rsa'))
      return 'unsupported'
    const padding = constants.RSA_PKCS1_PSS_PADDING
    return verified(pss.digest, data, { key, padding, saltLength: pss.saltLength }, signature)
  }
  const isRsa = algorithmId in rsaSignatures
  const digest = (isRsa ? rsaSignatures[algorithmId] : ecdsaSignatures[algorithmId]) ?? (isRsa ? named : null)
  if (!digest || (named && named !== digest)) return 'unsupported'
  if (key.asymmetricKeyType !== (isRsa ? 'rsa' : 'ec')) return 'unsupported'
  return verified(digest, data, key, signature)
}

/**
 * Checks a signature with a digest of former times (SHA-1, MD5), to tell an old message from an altered one; it is never
 * believed. Null when it is not one of those.
 */
export const checkWeakSignature = (params: {
  signatureAlgorithm: string
  digestAlgorithm: string
  key: KeyObject
  data: SignedBytes
  signature: Uint8Array
}): 'good' | 'wrong' | null => {
  const { key, data, signature, signatureAlgorithm, digestAlgorithm } = params
  const named = weakDigests[digestAlgorithm]
  const combined = weakSignatures[signatureAlgorithm]
  const plain = signatureAlgorithm === oids.rsa || signatureAlgorithm === oids.ec
  const digest = combined?.digest ?? (plain ? named : undefined)
  const type = combined?.key ?? (signatureAlgorithm === oids.ec ? 'ec' : 'rsa')
  if (!digest || key.asymmetricKeyType !== type) return null
  return verified(digest, data, key, signature)
}
