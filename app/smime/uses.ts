import { ok, type Outcome } from '../contract/errors.ts'
import { oids } from './algorithms.ts'
import { keyUsageBits, readCertificate } from './certificate.ts'
import { canReceive } from './encrypt.ts'

const { digitalSignature, nonRepudiation } = keyUsageBits

/** What a DER certificate is for in mail, whatever its dates; null for nothing of it. Fails with `smime.malformed`. */
export const usesOf = (der: Uint8Array): Outcome<'sign' | 'encrypt' | 'both' | null> => {
  const read = readCertificate(der)
  if (!read.ok) return read
  const { keyUsage, extendedKeyUsage, isAuthority } = read.value
  if (isAuthority) return ok(null)
  const mail =
    extendedKeyUsage === null ||
    extendedKeyUsage.includes(oids.emailProtection) ||
    extendedKeyUsage.includes(oids.anyExtendedUsage)
  const signs = mail && (keyUsage === null || (keyUsage & (digitalSignature | nonRepudiation)) !== 0)
  const receives = canReceive(read.value)
  return ok(signs && receives ? 'both' : signs ? 'sign' : receives ? 'encrypt' : null)
}
