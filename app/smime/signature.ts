import { constants, verify, type KeyObject } from 'node:crypto'
import { AlgorithmIdentifier, RSASSAPSSParams } from 'pkijs'
import { digests, ecdsaSignatures, oids, rsaSignatures, type Digest } from './algorithms.ts'

interface PssParameters {
  digest: Digest
  saltLength: number
}

/** RSASSA-PSS-params (RFC 4055); null when the digest is not accepted or MGF1 uses another one; throws. */
const pssParameters = (schema: unknown): PssParameters | null => {
  const { hashAlgorithm, maskGenAlgorithm, saltLength } = new RSASSAPSSParams(schema ? { schema } : {})
  const digest = digests[hashAlgorithm.algorithmId]
  if (!digest || maskGenAlgorithm.algorithmId !== oids.mgf1) return null
  const mask = new AlgorithmIdentifier({ schema: maskGenAlgorithm.algorithmParams as unknown })
  // A negative length would ask OpenSSL to guess it.
  return digests[mask.algorithmId] === digest && saltLength >= 0 ? { digest, saltLength } : null
}

/**
 * Checks a signature by the AlgorithmIdentifier found with it. `named` is the digest named elsewhere (CMS), which must
 * agree. « unsupported » covers SHA-1, MD5, DSA and the like; throws on malformed parameters.
 */
export const checkSignature = (params: {
  algorithm: AlgorithmIdentifier
  named: Digest | null
  key: KeyObject
  data: Uint8Array
  signature: Uint8Array
}): 'good' | 'wrong' | 'unsupported' => {
  const { key, data, signature, named } = params
  const { algorithmId } = params.algorithm
  const answer = (good: boolean) => (good ? 'good' : 'wrong')
  if (algorithmId === oids.rsaPss) {
    const pss = pssParameters(params.algorithm.algorithmParams)
    if (!pss || (named && named !== pss.digest) || !key.asymmetricKeyType?.startsWith('rsa'))
      return 'unsupported'
    const padding = constants.RSA_PKCS1_PSS_PADDING
    return answer(verify(pss.digest, data, { key, padding, saltLength: pss.saltLength }, signature))
  }
  const isRsa = algorithmId in rsaSignatures
  const digest = (isRsa ? rsaSignatures[algorithmId] : ecdsaSignatures[algorithmId]) ?? (isRsa ? named : null)
  if (!digest || (named && named !== digest)) return 'unsupported'
  if (key.asymmetricKeyType !== (isRsa ? 'rsa' : 'ec')) return 'unsupported'
  return answer(verify(digest, data, key, signature))
}
