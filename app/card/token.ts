import pkcs11, { type Handle, type PKCS11, type TokenInfo } from 'pkcs11js'
import { modulusOf, parseCertificate, purposeOf, toModulus, validityOf } from './certificate.ts'
import { isCode } from './ckr.ts'
import type { Certificates, Purpose, SignatureScheme } from './protocol.ts'

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

const labelOf = (module: PKCS11, session: Handle, object: Handle): string =>
  attribute(module, session, object, pkcs11.CKA_LABEL)?.toString('utf8').slice(0, 64) ?? ''

/** Tries left by the token's flags: 0, 1, 2, or null when none was lost or the card does not tell (§1.5). */
export const triesOf = (info: TokenInfo): number | null => {
  if (info.flags & pkcs11.CKF_USER_PIN_LOCKED) return 0
  if (info.flags & pkcs11.CKF_USER_PIN_FINAL_TRY) return 1
  return info.flags & pkcs11.CKF_USER_PIN_COUNT_LOW ? 2 : null
}

/** The same of the PUK; how many a card accepts at first is not known, so that only 1 and 0 are told (§1.6). */
export const pukTriesOf = (info: TokenInfo): number | null => {
  if (info.flags & pkcs11.CKF_SO_PIN_LOCKED) return 0
  return info.flags & pkcs11.CKF_SO_PIN_FINAL_TRY ? 1 : null
}

/** The contactless side of a card holds no person: it asks no PIN (§1.13). */
export const isContactless = (info: TokenInfo): boolean => !(info.flags & pkcs11.CKF_LOGIN_REQUIRED)

interface TokenCertificate {
  label: string
  id: Buffer
  der: Buffer
  modulus: string | null
  notAfter: string
}
export type TokenCertificates = Record<Purpose, TokenCertificate | null>

const usualLabel: Record<Purpose, string> = {
  authentication: "Certificat d'Authentification CPS",
  signature: 'Certificat de Signature CPS',
}
/** Of the contactless side; no person's, wherever it is met (§1.13). */
const technicalLabel = 'Certificat Technique CPS'

/** The order in which the module lists certificates means nothing: the usual label first, then the one valid longest. */
const isBetter = (purpose: Purpose, one: TokenCertificate, other: TokenCertificate): boolean => {
  const usual = (each: TokenCertificate): boolean => each.label === usualLabel[purpose]
  if (usual(one) !== usual(other)) return usual(one)
  return one.notAfter === other.notAfter
    ? Buffer.compare(one.der, other.der) < 0
    : one.notAfter > other.notAfter
}

/** The certificates of a token by what they are for: key usage decides, then the label, then the dates (§1.7, §2.4). */
export const readCertificates = (module: PKCS11, session: Handle): TokenCertificates => {
  const chosen: TokenCertificates = { authentication: null, signature: null }
  for (const object of findAll(module, session, pkcs11.CKO_CERTIFICATE)) {
    const der = attribute(module, session, object, pkcs11.CKA_VALUE)
    const parsed = der && parseCertificate(der)
    const purpose = parsed && purposeOf(parsed)
    if (!purpose) continue
    const label = labelOf(module, session, object)
    if (label === technicalLabel) continue
    const id = attribute(module, session, object, pkcs11.CKA_ID) ?? Buffer.alloc(0)
    const candidate = { label, id, der, modulus: modulusOf(parsed), notAfter: validityOf(parsed).notAfter }
    const former = chosen[purpose]
    if (!former || isBetter(purpose, candidate, former)) chosen[purpose] = candidate
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

/**
 * What each key can do, best first (§1.8). PSS is the authentication key's alone, and of cards that list it (CPS4); the
 * authentication key of a CPS3 signs any DigestInfo up to 102 bytes, its signature key SHA-256 at most.
 */
export const schemesOf = (
  module: PKCS11,
  slot: Handle,
  certificates: TokenCertificates,
): Record<Purpose, SignatureScheme[]> => {
  const mechanisms = module.C_GetMechanismList(slot)
  const plain = mechanisms.includes(pkcs11.CKM_RSA_PKCS)
  const pss = mechanisms.includes(pkcs11.CKM_RSA_PKCS_PSS)
  const authentication: SignatureScheme[] = []
  if (pss) authentication.push('rsa_pss_rsae_sha256')
  if (plain) authentication.push('rsa_pkcs1_sha256')
  if (plain && !pss) authentication.push('rsa_pkcs1_sha384', 'rsa_pkcs1_sha512')
  return {
    authentication: certificates.authentication?.modulus ? authentication : [],
    signature: certificates.signature?.modulus && plain ? ['rsa_pkcs1_sha256'] : [],
  }
}

/** Labels of the data objects, without reading them: a value may take the card seconds (§1.7). */
export const dataLabels = (module: PKCS11, session: Handle): string[] =>
  findAll(module, session, pkcs11.CKO_DATA)
    .map((object) => labelOf(module, session, object))
    .filter((label) => label !== '')

/** A card's data object is some hundred bytes. */
const largestData = 4096

/** Value of the data object of this label; null when there is none, or a larger one than any card's. */
export const dataOf = (module: PKCS11, session: Handle, label: string): Uint8Array<ArrayBuffer> | null => {
  for (const object of findAll(module, session, pkcs11.CKO_DATA)) {
    if (labelOf(module, session, object) !== label) continue
    const value = attribute(module, session, object, pkcs11.CKA_VALUE)
    return value && value.length <= largestData ? Uint8Array.from(value) : null
  }
  return null
}
