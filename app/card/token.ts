import pkcs11, { type Handle, type PKCS11, type TokenInfo } from 'pkcs11js'
import { modulusOf, parseCertificate, purposeOf, toModulus } from './certificate.ts'
import type { Certificates, Purpose } from './protocol.ts'

/** Reading a token through PKCS#11. Attributes are asked one by one: one unknown would spoil the whole answer (§5.2). */

const attribute = (module: PKCS11, session: Handle, object: Handle, type: number): Buffer | null => {
  try {
    const [read] = module.C_GetAttributeValue(session, object, [{ type }])
    return read && Buffer.isBuffer(read.value) ? read.value : null
  } catch (cause) {
    if (isCode(cause, pkcs11.CKR_ATTRIBUTE_TYPE_INVALID, pkcs11.CKR_ATTRIBUTE_SENSITIVE)) return null
    throw cause
  }
}

/** At most 64 objects: a CPS has a dozen of each class. */
const findAll = (module: PKCS11, session: Handle, objectClass: number): Handle[] => {
  module.C_FindObjectsInit(session, [{ type: pkcs11.CKA_CLASS, value: objectClass }])
  try {
    return module.C_FindObjects(session, 64)
  } finally {
    module.C_FindObjectsFinal(session)
  }
}

/** Whether an error is one of these CKR_ values. */
export const isCode = (cause: unknown, ...codes: number[]): boolean =>
  cause instanceof pkcs11.Pkcs11Error && codes.includes(cause.code)

/** Codes that mean the card or its sessions are gone (cps-card.md §1.10). */
export const isRemoval = (cause: unknown): boolean =>
  isCode(
    cause,
    pkcs11.CKR_TOKEN_NOT_PRESENT,
    pkcs11.CKR_SESSION_HANDLE_INVALID,
    pkcs11.CKR_SESSION_CLOSED,
    pkcs11.CKR_DEVICE_REMOVED,
    pkcs11.CKR_DEVICE_ERROR,
    pkcs11.CKR_SLOT_ID_INVALID,
    pkcs11.CKR_TOKEN_NOT_RECOGNIZED,
  )

/** Tries left by the token's flags: 0, 1, 2, or null when none was lost or the card does not tell (§1.5). */
export const triesOf = (info: TokenInfo): number | null => {
  if (info.flags & pkcs11.CKF_USER_PIN_LOCKED) return 0
  if (info.flags & pkcs11.CKF_USER_PIN_FINAL_TRY) return 1
  return info.flags & pkcs11.CKF_USER_PIN_COUNT_LOW ? 2 : null
}

/** The contactless side of a card holds no person: it asks no PIN (§1.13). */
export const isContactless = (info: TokenInfo): boolean => !(info.flags & pkcs11.CKF_LOGIN_REQUIRED)

interface TokenCertificate {
  label: string
  id: Buffer
  der: Buffer
  modulus: string | null
}
export type TokenCertificates = Record<Purpose, TokenCertificate | null>

const usualLabel: Record<Purpose, string> = {
  authentication: "Certificat d'Authentification CPS",
  signature: 'Certificat de Signature CPS',
}

/** The certificates of a token by what they are for: key usage decides, the usual label breaks a tie (§1.7, §2.4). */
export const readCertificates = (module: PKCS11, session: Handle): TokenCertificates => {
  const chosen: TokenCertificates = { authentication: null, signature: null }
  for (const object of findAll(module, session, pkcs11.CKO_CERTIFICATE)) {
    const der = attribute(module, session, object, pkcs11.CKA_VALUE)
    const parsed = der && parseCertificate(der)
    const purpose = parsed && purposeOf(parsed)
    if (!purpose) continue
    const label = attribute(module, session, object, pkcs11.CKA_LABEL)?.toString('utf8') ?? ''
    if (chosen[purpose] && label !== usualLabel[purpose]) continue
    const id = attribute(module, session, object, pkcs11.CKA_ID) ?? Buffer.alloc(0)
    chosen[purpose] = { label, id, der, modulus: modulusOf(parsed) }
  }
  return chosen
}

/** DER only, for the core. */
export const toDer = (certificates: TokenCertificates): Certificates => ({
  signature: certificates.signature && Uint8Array.from(certificates.signature.der),
  authentication: certificates.authentication && Uint8Array.from(certificates.authentication.der),
})

/** The private keys of the certificates: same CKA_ID, then same modulus. Visible only after login. */
export const pairKeys = (
  module: PKCS11,
  session: Handle,
  certificates: TokenCertificates,
): Record<Purpose, Handle | null> => {
  const keys: Record<Purpose, Handle | null> = { authentication: null, signature: null }
  for (const object of findAll(module, session, pkcs11.CKO_PRIVATE_KEY)) {
    const id = attribute(module, session, object, pkcs11.CKA_ID)
    const modulus = attribute(module, session, object, pkcs11.CKA_MODULUS)
    for (const purpose of ['authentication', 'signature'] as const) {
      const certificate = certificates[purpose]
      if (!id || !modulus || !certificate?.id.equals(id)) continue
      if (certificate.modulus === toModulus(modulus)) keys[purpose] = object
    }
  }
  return keys
}
