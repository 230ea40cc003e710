import { createHash, publicEncrypt, constants, verify, X509Certificate } from 'node:crypto'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pkcs11, { type Handle, type PKCS11 } from 'pkcs11js'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { holder, keyOf, labels, makeContents, result } from './cards.fixture.ts'
import { createVirtualCps, type CardContents, type VirtualCps } from './index.ts'

const { serial } = holder

const loginFlags = 0x00070000
const finalTry = 0x00020000
const countLow = 0x00010000
const locked = 0x00040000

let folder: string
let contents: CardContents
let module: PKCS11 | null = null

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'souspli-virtual-cps-'))
  contents = makeContents({
    dataObjects: [
      { label: 'CPS_NAME_PS', value: Buffer.from('30040c0254', 'hex'), afterPin: false },
      { label: 'CPS_ACTIVITY_01_PS', value: Buffer.from('ee00', 'hex'), afterPin: true },
    ],
  })
})
afterEach(() => {
  module?.C_Finalize()
  module = null
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const open = async (
  profile: CardContents['profile'] = 'cps3',
  signMilliseconds = 0,
): Promise<{ virtual: VirtualCps; cps: PKCS11; slot: Handle; session: Handle }> => {
  const virtual = await createVirtualCps({ folder, card: { ...contents, profile }, signMilliseconds })
  const cps = new pkcs11.PKCS11()
  cps.load(virtual.modulePath)
  cps.C_Initialize({ flags: pkcs11.CKF_OS_LOCKING_OK })
  module = cps
  const [slot] = cps.C_GetSlotList(true)
  if (!slot) throw new Error('a card expected')
  return { virtual, cps, slot, session: cps.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION) }
}

const sha256Info = Buffer.from('3031300d060960864801650304020105000420', 'hex')
const digestOf = (algorithm: string): Buffer => createHash(algorithm).update('fictif').digest()

describe('a virtual CPS3', () => {
  test('shows its public objects, and the private ones only after the PIN', async () => {
    const { cps, slot, session } = await open()
    expect(cps.C_GetInfo()).toMatchObject({ cryptokiVersion: { major: 2, minor: 20 } })
    expect(cps.C_GetTokenInfo(slot).serialNumber.trim()).toBe(serial)
    expect(labels(cps, session, pkcs11.CKO_CERTIFICATE)).toEqual([
      "Certificat d'Authentification CPS",
      'Certificat de Signature CPS',
    ])
    expect(labels(cps, session, pkcs11.CKO_PRIVATE_KEY)).toEqual([])
    expect(labels(cps, session, pkcs11.CKO_DATA)).toEqual(['CPS_NAME_PS'])
    cps.C_Login(session, pkcs11.CKU_USER, '1234')
    expect(labels(cps, session, pkcs11.CKO_PRIVATE_KEY)).toEqual(['CPS_PRIV_AUT', 'CPS_PRIV_SIG'])
    expect(labels(cps, session, pkcs11.CKO_DATA)).toEqual(['CPS_ACTIVITY_01_PS', 'CPS_NAME_PS'])
    expect(result(() => cps.C_Login(session, pkcs11.CKU_USER, '1234'))).toBe('CKR_USER_ALREADY_LOGGED_IN')
    const key = keyOf(cps, session, 'CPS_PRIV_AUT')
    const attribute = (type: number): string =>
      result(() => cps.C_GetAttributeValue(session, key, [{ type }]))
    expect(attribute(pkcs11.CKA_PRIVATE_EXPONENT)).toBe('CKR_ATTRIBUTE_SENSITIVE')
    expect(attribute(pkcs11.CKA_ALWAYS_AUTHENTICATE)).toBe('CKR_ATTRIBUTE_TYPE_INVALID')
    cps.C_Logout(session)
    expect(labels(cps, session, pkcs11.CKO_PRIVATE_KEY)).toEqual([])
  })

  test('limits what each key does', async () => {
    const { cps, session } = await open()
    cps.C_Login(session, pkcs11.CKU_USER, '1234')
    const sign = (label: string, mechanism: number, data: Buffer): string =>
      result(() => {
        cps.C_SignInit(session, { mechanism }, keyOf(cps, session, label))
        cps.C_Sign(session, data, Buffer.alloc(512))
      })
    const [aut, sig] = ['CPS_PRIV_AUT', 'CPS_PRIV_SIG']
    const text = Buffer.from('fictif')
    expect(sign(aut, pkcs11.CKM_SHA256_RSA_PKCS, text)).toBe('CKR_KEY_TYPE_INCONSISTENT')
    expect(sign(aut, pkcs11.CKM_RSA_PKCS, Buffer.alloc(102))).toBe('CKR_OK')
    expect(sign(aut, pkcs11.CKM_RSA_PKCS, Buffer.alloc(103))).toBe('CKR_DATA_LEN_RANGE')
    expect(sign(sig, pkcs11.CKM_SHA256_RSA_PKCS, text)).toBe('CKR_OK')
    expect(sign(sig, pkcs11.CKM_RSA_PKCS, digestOf('sha256'))).toBe('CKR_OK')
    expect(sign(sig, pkcs11.CKM_RSA_PKCS, digestOf('sha1'))).toBe('CKR_OK')
    expect(sign(sig, pkcs11.CKM_RSA_PKCS, digestOf('sha512'))).toBe('CKR_DATA_INVALID')
    expect(sign(sig, pkcs11.CKM_RSA_X_509, text)).toBe('CKR_KEY_TYPE_INCONSISTENT')
    expect(sign(sig, pkcs11.CKM_SHA256_RSA_PKCS_PSS, text)).toBe('CKR_MECHANISM_INVALID')
    // A refusal leaves no operation behind.
    expect(sign(sig, pkcs11.CKM_SHA256_RSA_PKCS, text)).toBe('CKR_OK')
  })

  test('signs the same bytes by digest, DigestInfo and hashing mechanism', async () => {
    const { cps, session } = await open()
    cps.C_Login(session, pkcs11.CKU_USER, '1234')
    const key = keyOf(cps, session, 'CPS_PRIV_SIG')
    const sign = (mechanism: number, data: Buffer): Buffer => {
      cps.C_SignInit(session, { mechanism }, key)
      return cps.C_Sign(session, data, Buffer.alloc(512))
    }
    const hashed = sign(pkcs11.CKM_SHA256_RSA_PKCS, Buffer.from('fictif'))
    expect(sign(pkcs11.CKM_RSA_PKCS, digestOf('sha256'))).toEqual(hashed)
    expect(sign(pkcs11.CKM_RSA_PKCS, Buffer.concat([sha256Info, digestOf('sha256')]))).toEqual(hashed)
    cps.C_SignInit(session, { mechanism: pkcs11.CKM_SHA256_RSA_PKCS }, key)
    cps.C_SignUpdate(session, Buffer.from('fic'))
    cps.C_SignUpdate(session, Buffer.from('tif'))
    expect(cps.C_SignFinal(session, Buffer.alloc(512))).toEqual(hashed)
    const { publicKey } = new X509Certificate(contents.signature?.certificateDer ?? '')
    expect(verify('sha256', Buffer.from('fictif'), publicKey, hashed)).toBe(true)
  })

  test('decrypts with the authentication key only', async () => {
    const { cps, session } = await open()
    cps.C_Login(session, pkcs11.CKU_USER, '1234')
    const { publicKey } = new X509Certificate(contents.authentication?.certificateDer ?? '')
    const secret = publicEncrypt(
      { key: publicKey, padding: constants.RSA_PKCS1_PADDING },
      Buffer.from('secret fictif'),
    )
    const mechanism = { mechanism: pkcs11.CKM_RSA_PKCS }
    cps.C_DecryptInit(session, mechanism, keyOf(cps, session, 'CPS_PRIV_AUT'))
    expect(cps.C_Decrypt(session, secret, Buffer.alloc(256)).toString()).toBe('secret fictif')
    const signature = keyOf(cps, session, 'CPS_PRIV_SIG')
    expect(result(() => cps.C_DecryptInit(session, mechanism, signature))).toBe('CKR_KEY_TYPE_INCONSISTENT')
  })

  test.each([
    ['cps3', 'CKR_PIN_INCORRECT'],
    ['cps4', 'CKR_PIN_LOCKED'],
  ] as const)('as %s locks after three wrong PINs, the third giving %s', async (profile, third) => {
    const { virtual, cps, slot, session } = await open(profile)
    const login = (pin: string): string => result(() => cps.C_Login(session, pkcs11.CKU_USER, pin))
    const flags = (): number => cps.C_GetTokenInfo(slot).flags & loginFlags
    expect(login('123')).toBe('CKR_PIN_INCORRECT')
    expect(flags()).toBe(0)
    expect([login('9999'), flags()]).toEqual(['CKR_PIN_INCORRECT', countLow])
    expect([login('9999'), flags()]).toEqual(['CKR_PIN_INCORRECT', countLow | finalTry])
    expect([login('9999'), flags()]).toEqual([third, locked])
    expect([login('1234'), flags()]).toEqual(['CKR_PIN_LOCKED', locked])
    expect(await virtual.triesLeft()).toBe(0)
    // Another process sees the same lock.
    const { stdout } = await promisify(execFile)('pkcs11-tool', ['--module', virtual.modulePath, '-L'])
    expect(stdout).toContain('user PIN locked')
  })

  test('tells one event per change, and its sessions die with it', async () => {
    const { virtual, cps, slot, session } = await open()
    const event = (): Handle | null => cps.C_WaitForSlotEvent(pkcs11.CKF_DONT_BLOCK)
    expect(event()).toBeNull()
    expect(result(() => cps.C_WaitForSlotEvent(0))).toBe('CKR_FUNCTION_NOT_SUPPORTED')
    cps.C_Login(session, pkcs11.CKU_USER, '1234')
    await virtual.remove()
    expect(event()).toEqual(slot)
    expect(event()).toBeNull()
    expect(result(() => cps.C_GetSessionInfo(session))).toBe('CKR_SESSION_HANDLE_INVALID')
    expect(result(() => cps.C_GetTokenInfo(slot))).toBe('CKR_TOKEN_NOT_PRESENT')
    expect(cps.C_GetSlotList(true)).toHaveLength(0)
    expect(cps.C_GetSlotList(false)).toHaveLength(1)
    await virtual.insert()
    expect(event()).toEqual(slot)
    expect(result(() => cps.C_GetSessionInfo(session))).toBe('CKR_SESSION_HANDLE_INVALID')
    const again = cps.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION)
    expect(labels(cps, again, pkcs11.CKO_PRIVATE_KEY)).toEqual([])
    await virtual.setReader(false)
    expect(cps.C_GetSlotList(false)).toHaveLength(0)
    expect(result(() => cps.C_GetSlotInfo(slot))).toBe('CKR_SLOT_ID_INVALID')
  })

  test('takes its time to sign, and stops when pulled meanwhile', async () => {
    const { virtual, cps, session } = await open('cps3', 200)
    cps.C_Login(session, pkcs11.CKU_USER, '1234')
    const key = keyOf(cps, session, 'CPS_PRIV_SIG')
    const sign = (): Promise<Buffer> => {
      cps.C_SignInit(session, { mechanism: pkcs11.CKM_SHA256_RSA_PKCS }, key)
      return cps.C_SignAsync(session, Buffer.from('fictif'), Buffer.alloc(512))
    }
    const begun = performance.now()
    await sign()
    expect(performance.now() - begun).toBeGreaterThanOrEqual(200)
    await virtual.setSignMilliseconds(60_000)
    const signing = sign()
    const refused = expect(signing).rejects.toThrow('CKR_TOKEN_NOT_PRESENT')
    await virtual.remove()
    await refused
    const last = (await virtual.journal()).findLast(({ fn }) => fn === 'C_Sign')
    expect(last).toMatchObject({ rv: pkcs11.CKR_TOKEN_NOT_PRESENT, keyLabel: 'CPS_PRIV_SIG', len: 6 })
    expect(last?.ms).toBeLessThan(30_000)
  })

  test('does not do what a Cryptolib does not', async () => {
    const { cps, session } = await open()
    expect(result(() => cps.C_GenerateKeyPair(session, { mechanism: 0 }, [], []))).toBe(
      'CKR_FUNCTION_NOT_SUPPORTED',
    )
    expect(result(() => cps.C_CreateObject(session, [{ type: pkcs11.CKA_LABEL, value: 'x' }]))).toBe(
      'CKR_FUNCTION_NOT_SUPPORTED',
    )
  })

  test('leaves no PIN in its files', async () => {
    const { virtual, cps, session } = await open()
    cps.C_Login(session, pkcs11.CKU_USER, '1234')
    for (const file of ['control', 'calls.jsonl', 'softhsm2.conf'])
      expect(await readFile(join(folder, file), 'utf8')).not.toContain('"1234"')
    expect((await stat(join(folder, 'tokens'))).mode & 0o077).toBe(0)
    expect((await virtual.journal()).map(({ fn }) => fn)).toContain('C_Login')
  })
})
