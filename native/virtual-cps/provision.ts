/**
 * Child process of createVirtualCps: writes a CPS's objects (cps-card.md §1.7) into a new SoftHSM2 token. It is a process
 * of its own because SoftHSM2's settings come from the environment and PKCS#11 state belongs to the process.
 */
import { createPrivateKey } from 'node:crypto'
import { fromBER } from 'asn1js'
import * as pkijs from 'pkijs'
import pkcs11, { type PKCS11 } from 'pkcs11js'
import type { CardContents, CardKey, Provisioning } from './index.ts'

interface Role {
  privateLabel: string
  certificateLabel: string
  /** A third party reports the last bytes (§1.7). */
  idEnd: readonly [number, number]
  signs: boolean
  decrypts: boolean
  afterPin: boolean
}
const roles: Record<'authentication' | 'signature' | 'technical', Role> = {
  authentication: {
    privateLabel: 'CPS_PRIV_AUT',
    certificateLabel: "Certificat d'Authentification CPS",
    idEnd: [0x10, 0x20],
    signs: true,
    decrypts: true,
    afterPin: true,
  },
  signature: {
    privateLabel: 'CPS_PRIV_SIG',
    certificateLabel: 'Certificat de Signature CPS',
    idEnd: [0x10, 0x10],
    signs: true,
    decrypts: false,
    afterPin: true,
  },
  technical: {
    privateLabel: 'CPS_PRIV_TECH_AUT',
    certificateLabel: 'Certificat Technique CPS',
    idEnd: [0x10, 0x30],
    signs: true,
    decrypts: false,
    afterPin: false,
  },
}

type Attributes = readonly (readonly [type: number, value: number | boolean | string | Buffer])[]

const bytesOf = (part: string | undefined): Buffer => Buffer.from(part ?? '', 'base64url')

const writeKey = (
  create: (attributes: Attributes) => void,
  serial: string,
  role: Role,
  { certificateDer, keyPem }: CardKey,
): void => {
  const id = Buffer.from([...Buffer.from(serial, 'latin1'), ...role.idEnd])
  const jwk = createPrivateKey(keyPem).export({ format: 'jwk' })
  const certificate = new pkijs.Certificate({ schema: fromBER(certificateDer).result })
  const name = (value: pkijs.RelativeDistinguishedNames): Buffer => Buffer.from(value.toSchema().toBER())
  create([
    [pkcs11.CKA_CLASS, pkcs11.CKO_CERTIFICATE],
    [pkcs11.CKA_TOKEN, true],
    [pkcs11.CKA_PRIVATE, false],
    [pkcs11.CKA_CERTIFICATE_TYPE, pkcs11.CKC_X_509],
    [pkcs11.CKA_LABEL, role.certificateLabel],
    [pkcs11.CKA_ID, id],
    [pkcs11.CKA_SUBJECT, name(certificate.subject)],
    [pkcs11.CKA_ISSUER, name(certificate.issuer)],
    [pkcs11.CKA_SERIAL_NUMBER, Buffer.from(certificate.serialNumber.toBER())],
    [pkcs11.CKA_VALUE, Buffer.from(certificateDer)],
  ])
  create([
    [pkcs11.CKA_CLASS, pkcs11.CKO_PUBLIC_KEY],
    [pkcs11.CKA_TOKEN, true],
    [pkcs11.CKA_PRIVATE, false],
    [pkcs11.CKA_KEY_TYPE, pkcs11.CKK_RSA],
    [pkcs11.CKA_LABEL, `Cle publique - ${role.certificateLabel}`],
    [pkcs11.CKA_ID, id],
    [pkcs11.CKA_VERIFY, role.signs],
    [pkcs11.CKA_ENCRYPT, role.decrypts],
    [pkcs11.CKA_WRAP, false],
    [pkcs11.CKA_MODULUS, bytesOf(jwk.n)],
    [pkcs11.CKA_PUBLIC_EXPONENT, bytesOf(jwk.e)],
  ])
  create([
    [pkcs11.CKA_CLASS, pkcs11.CKO_PRIVATE_KEY],
    [pkcs11.CKA_TOKEN, true],
    [pkcs11.CKA_PRIVATE, role.afterPin],
    [pkcs11.CKA_SENSITIVE, true],
    [pkcs11.CKA_EXTRACTABLE, false],
    [pkcs11.CKA_MODIFIABLE, false],
    [pkcs11.CKA_KEY_TYPE, pkcs11.CKK_RSA],
    [pkcs11.CKA_LABEL, role.privateLabel],
    [pkcs11.CKA_ID, id],
    [pkcs11.CKA_SIGN, role.signs],
    [pkcs11.CKA_DECRYPT, role.decrypts],
    [pkcs11.CKA_UNWRAP, false],
    [pkcs11.CKA_MODULUS, bytesOf(jwk.n)],
    [pkcs11.CKA_PUBLIC_EXPONENT, bytesOf(jwk.e)],
    [pkcs11.CKA_PRIVATE_EXPONENT, bytesOf(jwk.d)],
    [pkcs11.CKA_PRIME_1, bytesOf(jwk.p)],
    [pkcs11.CKA_PRIME_2, bytesOf(jwk.q)],
    [pkcs11.CKA_EXPONENT_1, bytesOf(jwk.dp)],
    [pkcs11.CKA_EXPONENT_2, bytesOf(jwk.dq)],
    [pkcs11.CKA_COEFFICIENT, bytesOf(jwk.qi)],
  ])
}

/** Of the backend only: the card's own PIN is checked by the module (virtual-cps.h, BACKEND_PIN). */
const backendPin = 'virtual-cps-backend'

const provisionCard = (module: PKCS11, token: string, card: CardContents): void => {
  const empty = module.C_GetSlotList(true).at(-1)
  if (!empty) throw new Error('SoftHSM2 offers no slot for a new token')
  module.C_InitToken(empty, backendPin, token.padEnd(32))
  const slot = module.C_GetSlotList(true).find((one) => module.C_GetTokenInfo(one).label.trim() === token)
  if (!slot) throw new Error('SoftHSM2 did not keep the new token')
  const session = module.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION | pkcs11.CKF_RW_SESSION)
  module.C_Login(session, pkcs11.CKU_SO, backendPin)
  module.C_InitPIN(session, backendPin)
  module.C_Logout(session)
  module.C_Login(session, pkcs11.CKU_USER, backendPin)
  const create = (attributes: Attributes): void => {
    module.C_CreateObject(
      session,
      attributes.map(([type, value]) => ({ type, value })),
    )
  }
  const { authenticationDecrypts: decrypts = true } = card
  if (card.authentication)
    writeKey(create, card.serial, { ...roles.authentication, decrypts }, card.authentication)
  if (card.signature) writeKey(create, card.serial, roles.signature, card.signature)
  if (card.technical) writeKey(create, card.serial, roles.technical, card.technical)
  for (const [index, { label, certificateLabel, signs, decrypts, ...key }] of (card.others ?? []).entries())
    writeKey(
      create,
      card.serial,
      { privateLabel: label, certificateLabel, idEnd: [0x20, index], signs, decrypts, afterPin: true },
      key,
    )
  for (const object of card.dataObjects ?? [])
    create([
      [pkcs11.CKA_CLASS, pkcs11.CKO_DATA],
      [pkcs11.CKA_TOKEN, true],
      [pkcs11.CKA_PRIVATE, object.afterPin],
      [pkcs11.CKA_MODIFIABLE, object.label === 'CPS_DATA'],
      [pkcs11.CKA_APPLICATION, 'CPS'],
      [pkcs11.CKA_LABEL, object.label],
      [pkcs11.CKA_VALUE, Buffer.from(object.value)],
    ])
  module.C_CloseAllSessions(slot)
}

process.once('message', ({ backend, cards }: { backend: string; cards: Provisioning }) => {
  const module = new pkcs11.PKCS11()
  try {
    module.load(backend)
    module.C_Initialize({ flags: pkcs11.CKF_OS_LOCKING_OK })
    for (const { token, card } of cards) provisionCard(module, token, card)
    module.C_Finalize()
    process.send?.({ ok: true })
  } catch (cause) {
    process.send?.({ ok: false, reason: String(cause) })
  }
  process.disconnect()
})
