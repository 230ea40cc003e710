import type { SignatureScheme } from './protocol.ts'

/** How a scheme hashes. */
export const digestOf: Readonly<Record<SignatureScheme, { name: string; length: number }>> = {
  rsa_pkcs1_sha256: { name: 'sha256', length: 32 },
  rsa_pkcs1_sha384: { name: 'sha384', length: 48 },
  rsa_pkcs1_sha512: { name: 'sha512', length: 64 },
  rsa_pss_rsae_sha256: { name: 'sha256', length: 32 },
}
