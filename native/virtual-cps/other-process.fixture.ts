/** A process of its own with the module of virtual cards: runs steps, tells what each returned. Started by cards.fixture.ts. */
import pkcs11, { type Handle } from 'pkcs11js'

export type Step =
  | readonly ['login', pin: string]
  | readonly ['setPin', before: string, after: string]
  | readonly ['sign']
  | readonly ['event']
  | readonly ['info']

const [path = '', given = '[]'] = process.argv.slice(2)
const cps = new pkcs11.PKCS11()
cps.load(path)

const result = (call: () => unknown): string => {
  try {
    const value = call()
    return typeof value === 'string' ? value : 'CKR_OK'
  } catch (cause) {
    return cause instanceof Error ? (cause.message.split(':')[0] ?? '') : String(cause)
  }
}

const keyOf = (session: Handle): Handle => {
  cps.C_FindObjectsInit(session, [
    { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_PRIVATE_KEY },
    { type: pkcs11.CKA_LABEL, value: 'CPS_PRIV_SIG' },
  ])
  const [key] = cps.C_FindObjects(session, 1)
  cps.C_FindObjectsFinal(session)
  if (!key) throw new Error('no key')
  return key
}

const perform = (session: Handle, step: Step): unknown => {
  switch (step[0]) {
    case 'login':
      cps.C_Login(session, pkcs11.CKU_USER, step[1])
      return null
    case 'setPin':
      cps.C_SetPIN(session, step[1], step[2])
      return null
    case 'sign':
      cps.C_SignInit(session, { mechanism: pkcs11.CKM_SHA256_RSA_PKCS }, keyOf(session))
      cps.C_Sign(session, Buffer.from('fictif'), Buffer.alloc(512))
      return null
    case 'event':
      return cps.C_WaitForSlotEvent(0)?.readUInt8(0).toString() ?? 'none'
    case 'info':
      return cps.C_GetInfo().manufacturerID.trim()
  }
}

process.send?.(result(() => cps.C_Initialize({ flags: pkcs11.CKF_OS_LOCKING_OK })))
const [slot] = cps.C_GetSlotList(true)
if (slot) {
  const session = cps.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION | pkcs11.CKF_RW_SESSION)
  for (const step of JSON.parse(given) as Step[]) process.send?.(result(() => perform(session, step)))
}
cps.C_Finalize()
process.disconnect()
