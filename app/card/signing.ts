import pkcs11, { type Handle, type Mechanism, type PKCS11, type RsaPSS } from 'pkcs11js'
import type { SignatureScheme } from './protocol.ts'

/** DigestInfo before the digest (RFC 8017 §9.2): the authentication key of a CPS3 hashes nothing itself (cps-card.md §1.8). */
const digestInfos = {
  rsa_pkcs1_sha256: '3031300d060960864801650304020105000420',
  rsa_pkcs1_sha384: '3041300d060960864801650304020205000430',
  rsa_pkcs1_sha512: '3051300d060960864801650304020305000440',
} as const

const pssParameters: RsaPSS = {
  type: pkcs11.CK_PARAMS_RSA_PSS,
  hashAlg: pkcs11.CKM_SHA256,
  mgf: pkcs11.CKG_MGF1_SHA256,
  saltLen: 32,
}
const pss: Mechanism = { mechanism: pkcs11.CKM_RSA_PKCS_PSS, parameter: pssParameters }

/** One signature over a digest of the scheme's length. Throws PKCS#11 errors. */
export const signDigest = (
  library: PKCS11,
  session: Handle,
  key: Handle,
  scheme: SignatureScheme,
  digest: Uint8Array,
): Uint8Array<ArrayBuffer> => {
  const [mechanism, input] =
    scheme === 'rsa_pss_rsae_sha256'
      ? [pss, Buffer.from(digest)]
      : [
          { mechanism: pkcs11.CKM_RSA_PKCS },
          Buffer.concat([Buffer.from(digestInfos[scheme], 'hex'), Buffer.from(digest)]),
        ]
  library.C_SignInit(session, mechanism, key)
  return Uint8Array.from(library.C_Sign(session, input, Buffer.alloc(1024)))
}
