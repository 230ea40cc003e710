import { Null, Sequence } from 'asn1js'
import { AlgorithmIdentifier, RSAESOAEPParams } from 'pkijs'
import { oids } from './algorithms.ts'

/** AlgorithmIdentifier of RSAES-OAEP with SHA-256 for both its uses (RFC 4055 §4.1). */
export const oaepSha256 = (): AlgorithmIdentifier => {
  const hashAlgorithm = new AlgorithmIdentifier({ algorithmId: oids.sha256, algorithmParams: new Null() })
  const maskGenAlgorithm = new AlgorithmIdentifier({
    algorithmId: oids.mgf1,
    algorithmParams: hashAlgorithm.toSchema(),
  })
  return new AlgorithmIdentifier({
    algorithmId: oids.rsaOaep,
    algorithmParams: new RSAESOAEPParams({ hashAlgorithm, maskGenAlgorithm }).toSchema(),
  })
}

/** What we read, best first (RFC 8551 §2.5.2). */
const ownAlgorithms = (): AlgorithmIdentifier[] => [
  ...[oids.aes256Gcm, oids.aes128Gcm, oids.aes256Cbc, oids.aes128Cbc].map(
    (algorithmId) => new AlgorithmIdentifier({ algorithmId }),
  ),
  oaepSha256(),
  new AlgorithmIdentifier({
    algorithmId: oids.ecdhSha256,
    algorithmParams: new AlgorithmIdentifier({ algorithmId: oids.aes256Wrap }).toSchema(),
  }),
]

/** SMIMECapabilities of what we write. */
export const ownCapabilities = (): Sequence =>
  new Sequence({ value: ownAlgorithms().map((algorithm) => algorithm.toSchema()) })

/** Object identifiers of the same: what may be sent to our own certificate, whoever reads it here. */
export const ownCapabilityOids = (): string[] => ownAlgorithms().map(({ algorithmId }) => algorithmId)
