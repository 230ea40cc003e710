import { constants, verify, type KeyObject } from 'node:crypto'
import { digests, ecdsaSignatures, oids, rsaSignatures, type Digest } from './algorithms.ts'
import { isContext, oid, sequence, smallInteger, type Node } from './asn1.ts'

interface PssParameters {
  digest: Digest
  saltLength: number
}

/** RSASSA-PSS-params (RFC 4055); null when the digest is not accepted or MGF1 uses another one. */
const pssParameters = (node: Node | undefined): PssParameters | null => {
  const fields = node ? sequence(node) : []
  const explicit = (number: number): Node | undefined =>
    fields.find((field) => isContext(field, number))?.children[0]
  const hash = explicit(0)
  const digest = hash ? digests[oid(sequence(hash)[0])] : undefined
  const mask = explicit(1)
  const [maskOid, maskHash] = mask ? sequence(mask) : []
  if (!digest || oid(maskOid) !== oids.mgf1) return null
  if (!maskHash || digests[oid(sequence(maskHash)[0])] !== digest) return null
  const salt = explicit(2)
  return { digest, saltLength: salt ? smallInteger(salt) : 20 }
}

/**
 * Checks a signature by the AlgorithmIdentifier found with it. `named` is the digest named elsewhere (CMS), which must
 * agree. « unsupported » covers SHA-1, MD5, DSA and the like; throws on malformed parameters.
 */
export const checkSignature = (params: {
  algorithm: Node
  named: Digest | null
  key: KeyObject
  data: Uint8Array
  signature: Uint8Array
}): 'good' | 'wrong' | 'unsupported' => {
  const { key, data, signature, named } = params
  const [type, parameters] = sequence(params.algorithm)
  const dotted = oid(type)
  const answer = (good: boolean) => (good ? 'good' : 'wrong')
  if (dotted === oids.rsaPss) {
    const pss = pssParameters(parameters)
    if (!pss || (named && named !== pss.digest) || !key.asymmetricKeyType?.startsWith('rsa'))
      return 'unsupported'
    const padding = constants.RSA_PKCS1_PSS_PADDING
    return answer(verify(pss.digest, data, { key, padding, saltLength: pss.saltLength }, signature))
  }
  const isRsa = dotted in rsaSignatures
  const digest = (isRsa ? rsaSignatures[dotted] : ecdsaSignatures[dotted]) ?? (isRsa ? named : null)
  if (!digest || (named && named !== digest)) return 'unsupported'
  if (key.asymmetricKeyType !== (isRsa ? 'rsa' : 'ec')) return 'unsupported'
  return answer(verify(digest, data, key, signature))
}
