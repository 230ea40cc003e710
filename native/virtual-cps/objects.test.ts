import { constants, privateDecrypt, publicEncrypt, verify, X509Certificate } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pkcs11, { type Handle, type PKCS11 } from 'pkcs11js'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  find,
  holder,
  keyOf,
  labels,
  makeStage,
  objectNamed,
  readOnly,
  readWrite,
  result,
  run,
  slotAt,
  type Stage,
} from './cards.fixture.ts'
import { makeTestCard, makeTestCardPki, type CardContents, type TestCardPki } from './index.ts'

const now = new Date()
const employer = { name: 'HOPITAL FICTIF', id: '10B0099881', department: 'Paris (75)' }
const staff = { ...holder, nationalId: '30B0099881/CPET0002', profession: 'Personnel fictif', employer }

let pki: TestCardPki
let cards: Record<'A' | 'B' | 'C' | 'D', CardContents>
let stage: Stage
let cps: PKCS11
let session: Handle

beforeAll(async () => {
  pki = await makeTestCardPki(now)
  const activities = [
    { number: 1, name: 'Cabinet fictif', structureId: '6997000008081001', sector: 'SA07' },
    { number: 3, name: 'Hôpital fictif', structureId: '1750099999', sector: 'SA01' },
  ]
  cards = {
    A: makeTestCard(pki, holder, { now, activities }),
    B: makeTestCard(pki, { ...holder, serial: '2900000909' }, { now, variant: 'no-decryption' }),
    C: makeTestCard(pki, { ...holder, serial: '2900000303' }, { now, variant: 'encryption' }),
    D: makeTestCard(pki, { ...staff, serial: '2600000404' }, { now }),
  }
  stage = await makeStage({ cards })
})
beforeEach(async () => {
  await stage.virtual.insert('A')
  await stage.virtual.setCard({ profile: 'cps3' })
  cps = stage.enter()
  session = cps.C_OpenSession(slotAt(cps), readWrite)
})
afterEach(() => {
  stage.leave()
})
afterAll(() => stage.end())

const logIn = (): void => {
  cps.C_Login(session, pkcs11.CKU_USER, '1234')
}
const use = async (card: 'A' | 'B' | 'C' | 'D'): Promise<void> => {
  await stage.virtual.insert(card)
  session = cps.C_OpenSession(slotAt(cps), readWrite)
  logIn()
}
const valueOf = (object: Handle, type: number): Buffer => {
  const [read] = cps.C_GetAttributeValue(session, object, [{ type }])
  if (!read || !Buffer.isBuffer(read.value)) throw new Error('bytes expected')
  return read.value
}
const attribute = (object: Handle, type: number): string =>
  result(() => cps.C_GetAttributeValue(session, object, [{ type }]))

describe('data objects', () => {
  const free = ['CPS_DATA', 'CPS_ID_CARD', 'CPS_INFO_PS', 'CPS_LANG_PS', 'CPS_NAME_PS']
  const closed = ['CPS_ACTIVITY_01_PS', 'CPS_ACTIVITY_03_PS', 'CPS_SIT_FACT']

  test('are partly free and partly behind the PIN; a CPS4 has more', async () => {
    expect(labels(cps, session, pkcs11.CKO_DATA)).toEqual(free)
    logIn()
    expect(labels(cps, session, pkcs11.CKO_DATA)).toEqual(
      [...closed.slice(0, 2), ...free, 'CPS_SIT_FACT'].sort(),
    )
    await stage.virtual.setCard({ profile: 'cps4' })
    const more = ['CPS2TER_ACTIVITY_01_PS', 'CPS2TER_ID', 'CPS2TER_NAME']
    expect(labels(cps, session, pkcs11.CKO_DATA)).toEqual([...closed, ...free, ...more].sort())
  })

  test('are TLV: an activity has its name, structure and sector; the end of the information is the specialty', () => {
    logIn()
    const activity = valueOf(
      objectNamed(cps, session, pkcs11.CKO_DATA, 'CPS_ACTIVITY_03_PS'),
      pkcs11.CKA_VALUE,
    )
    expect(activity.toString('latin1')).toContain('\x86\x04SA01')
    expect([activity[0], activity[1], activity[2]]).toEqual([0xee, activity.length - 2, 0x84])
    const information = valueOf(objectNamed(cps, session, pkcs11.CKO_DATA, 'CPS_INFO_PS'), pkcs11.CKA_VALUE)
    expect(information.toString('latin1').slice(-4)).toBe('SM26')
    expect(
      valueOf(objectNamed(cps, session, pkcs11.CKO_DATA, 'CPS_DATA'), pkcs11.CKA_APPLICATION).toString(),
    ).toBe('CPS')
  })

  test('cannot be written, but for the value of CPS_DATA', () => {
    const write = (label: string, value: Buffer, type = pkcs11.CKA_VALUE): string =>
      result(() => {
        cps.C_SetAttributeValue(session, objectNamed(cps, session, pkcs11.CKO_DATA, label), [{ type, value }])
      })
    const read = (): string =>
      valueOf(objectNamed(cps, session, pkcs11.CKO_DATA, 'CPS_DATA'), pkcs11.CKA_VALUE).toString()
    expect(write('CPS_DATA', Buffer.from('nouvelle valeur fictive'))).toBe('CKR_OK')
    expect(read()).toBe('nouvelle valeur fictive')
    expect(write('CPS_NAME_PS', Buffer.from('x'))).toBe('CKR_FUNCTION_NOT_SUPPORTED')
    expect(write('CPS_DATA', Buffer.from('x'), pkcs11.CKA_LABEL)).toBe('CKR_FUNCTION_NOT_SUPPORTED')
    expect(write('CPS_DATA', Buffer.alloc(5000))).toBe('CKR_ATTRIBUTE_VALUE_INVALID')
    cps = stage.enter()
    session = cps.C_OpenSession(slotAt(cps), readOnly)
    expect(write('CPS_DATA', Buffer.from('x'))).toBe('CKR_SESSION_READ_ONLY')
    expect(read()).toBe('nouvelle valeur fictive')
  })
})

test('only the attributes a Cryptolib answers are answered', () => {
  const [certificate] = find(cps, session, pkcs11.CKO_CERTIFICATE)
  logIn()
  const key = keyOf(cps, session, 'CPS_PRIV_AUT')
  if (!certificate) throw new Error('a certificate expected')
  expect(
    [pkcs11.CKA_VALUE, pkcs11.CKA_ISSUER, pkcs11.CKA_ID].map((type) => attribute(certificate, type)),
  ).toEqual(Array(3).fill('CKR_OK'))
  const unknown = [pkcs11.CKA_MODULUS, pkcs11.CKA_CERTIFICATE_CATEGORY, pkcs11.CKA_SIGN]
  expect(unknown.map((type) => attribute(certificate, type))).toEqual(
    Array(3).fill('CKR_ATTRIBUTE_TYPE_INVALID'),
  )
  expect(
    [pkcs11.CKA_ALWAYS_AUTHENTICATE, pkcs11.CKA_ALLOWED_MECHANISMS].map((type) => attribute(key, type)),
  ).toEqual(Array(2).fill('CKR_ATTRIBUTE_TYPE_INVALID'))
  expect([pkcs11.CKA_PRIVATE_EXPONENT, pkcs11.CKA_PRIME_1].map((type) => attribute(key, type))).toEqual(
    Array(2).fill('CKR_ATTRIBUTE_SENSITIVE'),
  )
  const flags = [
    pkcs11.CKA_LOCAL,
    pkcs11.CKA_SENSITIVE,
    pkcs11.CKA_ALWAYS_SENSITIVE,
    pkcs11.CKA_NEVER_EXTRACTABLE,
  ]
  expect(flags.map((type) => valueOf(key, type)[0])).toEqual([1, 1, 1, 1])
  expect(valueOf(key, pkcs11.CKA_EXTRACTABLE)[0]).toBe(0)
  expect(valueOf(key, pkcs11.CKA_KEY_GEN_MECHANISM)).toEqual(Buffer.alloc(8, 0xff))
  expect(valueOf(key, pkcs11.CKA_SUBJECT)).toHaveLength(0)
  cps.C_FindObjectsInit(session, [{ type: pkcs11.CKA_ALWAYS_AUTHENTICATE, value: false }])
  expect(cps.C_FindObjects(session, 9)).toEqual([])
  cps.C_FindObjectsFinal(session)
})

test('the side without contact shows its technical certificate alone, and its key needs no PIN', async () => {
  await stage.virtual.setCard({ profile: 'contactless' })
  expect(labels(cps, session, pkcs11.CKO_CERTIFICATE)).toEqual(['Certificat Technique CPS'])
  expect(labels(cps, session, pkcs11.CKO_PUBLIC_KEY)).toEqual(['Cle publique - Certificat Technique CPS'])
  expect(labels(cps, session, pkcs11.CKO_DATA)).toEqual([])
  const key = keyOf(cps, session, 'CPS_PRIV_TECH_AUT')
  cps.C_SignInit(session, { mechanism: pkcs11.CKM_RSA_PKCS }, key)
  expect(cps.C_Sign(session, Buffer.from('fictif'), Buffer.alloc(256))).toHaveLength(256)
})

describe('keys', () => {
  const sign = (label: string, mechanism: pkcs11.Mechanism | number, data: Buffer): Buffer => {
    cps.C_SignInit(
      session,
      typeof mechanism === 'number' ? { mechanism } : mechanism,
      keyOf(cps, session, label),
    )
    return cps.C_Sign(session, data, Buffer.alloc(512))
  }

  test('of a CPS4: PSS and hashing mechanisms with the authentication key, more bytes, no PSS with the other', async () => {
    await stage.virtual.setCard({ profile: 'cps4' })
    logIn()
    const text = Buffer.from('fictif')
    const { publicKey } = new X509Certificate(cards.A.authentication?.certificateDer ?? '')
    const parameter = {
      type: pkcs11.CK_PARAMS_RSA_PSS,
      hashAlg: pkcs11.CKM_SHA256,
      mgf: pkcs11.CKG_MGF1_SHA256,
      saltLen: 32,
    }
    const pss = sign('CPS_PRIV_AUT', { mechanism: pkcs11.CKM_SHA256_RSA_PKCS_PSS, parameter }, text)
    const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
    expect(verify('sha256', text, { key: publicKey, ...padding }, pss)).toBe(true)
    expect(verify('sha256', text, publicKey, sign('CPS_PRIV_AUT', pkcs11.CKM_SHA256_RSA_PKCS, text))).toBe(
      true,
    )
    expect(result(() => sign('CPS_PRIV_AUT', pkcs11.CKM_RSA_PKCS, Buffer.alloc(245)))).toBe('CKR_OK')
    expect(result(() => sign('CPS_PRIV_AUT', pkcs11.CKM_RSA_PKCS, Buffer.alloc(246)))).toBe(
      'CKR_DATA_LEN_RANGE',
    )
    const signature = { mechanism: pkcs11.CKM_SHA256_RSA_PKCS_PSS, parameter }
    expect(result(() => sign('CPS_PRIV_SIG', signature, text))).toBe('CKR_KEY_TYPE_INCONSISTENT')
  })

  test('sign piece by piece within the same limits', () => {
    logIn()
    const pieces = (label: string, ...parts: number[]): string =>
      result(() => {
        cps.C_SignInit(session, { mechanism: pkcs11.CKM_RSA_PKCS }, keyOf(cps, session, label))
        for (const part of parts) cps.C_SignUpdate(session, Buffer.alloc(part))
        cps.C_SignFinal(session, Buffer.alloc(256))
      })
    expect(pieces('CPS_PRIV_AUT', 50, 52)).toBe('CKR_OK')
    expect(pieces('CPS_PRIV_AUT', 50, 53)).toBe('CKR_DATA_LEN_RANGE')
    expect(pieces('CPS_PRIV_AUT', 400, 200)).toBe('CKR_DATA_LEN_RANGE')
    expect(pieces('CPS_PRIV_SIG', 16, 16)).toBe('CKR_OK')
    expect(pieces('CPS_PRIV_SIG', 16, 17)).toBe('CKR_DATA_INVALID')
  })

  test('say the size of a signature, and that a buffer is too small, without the chip', async () => {
    logIn()
    await stage.virtual.setCard({ signMilliseconds: 60_000 })
    const begun = performance.now()
    cps.C_SignInit(session, { mechanism: pkcs11.CKM_RSA_PKCS }, keyOf(cps, session, 'CPS_PRIV_AUT'))
    expect(result(() => cps.C_Sign(session, Buffer.from('x'), Buffer.alloc(8)))).toBe('CKR_BUFFER_TOO_SMALL')
    await stage.virtual.setCard({ signMilliseconds: 0 })
    expect(result(() => cps.C_Sign(session, Buffer.from('x'), Buffer.alloc(256)))).toBe('CKR_OK')
    expect(performance.now() - begun).toBeLessThan(30_000)
  })

  const decrypt = (label: string, secret: Buffer): string =>
    result(() => {
      cps.C_DecryptInit(session, { mechanism: pkcs11.CKM_RSA_PKCS }, keyOf(cps, session, label))
      expect(cps.C_Decrypt(session, secret, Buffer.alloc(256)).toString()).toBe('secret fictif')
    })
  const secretFor = (der: Uint8Array | undefined): Buffer =>
    publicEncrypt(
      { key: new X509Certificate(der ?? '').publicKey, padding: constants.RSA_PKCS1_PADDING },
      Buffer.from('secret fictif'),
    )

  test('of a card without decryption decrypt nothing', async () => {
    await use('B')
    const secret = secretFor(cards.B.authentication?.certificateDer)
    expect(decrypt('CPS_PRIV_AUT', secret)).toBe('CKR_KEY_TYPE_INCONSISTENT')
  })

  test('of a contrast token decrypt what is encrypted to it, and do not sign', async () => {
    await use('C')
    const other = cards.C.others?.[0]
    expect(decrypt('PRIV_CONF', secretFor(other?.certificateDer))).toBe('CKR_OK')
    expect(result(() => sign('PRIV_CONF', pkcs11.CKM_RSA_PKCS, Buffer.alloc(20)))).toBe(
      'CKR_KEY_TYPE_INCONSISTENT',
    )
  })

  test('encrypt with the public half, by PKCS #1 v1.5 only', () => {
    const key = objectNamed(
      cps,
      session,
      pkcs11.CKO_PUBLIC_KEY,
      "Cle publique - Certificat d'Authentification CPS",
    )
    cps.C_EncryptInit(session, { mechanism: pkcs11.CKM_RSA_PKCS }, key)
    const secret = cps.C_Encrypt(session, Buffer.from('secret fictif'), Buffer.alloc(256))
    const padding = constants.RSA_PKCS1_PADDING
    const private_ = { key: cards.A.authentication?.keyPem ?? '', padding }
    expect(privateDecrypt(private_, secret).toString()).toBe('secret fictif')
    expect(result(() => cps.C_EncryptInit(session, { mechanism: pkcs11.CKM_RSA_PKCS_OAEP }, key))).toBe(
      'CKR_MECHANISM_INVALID',
    )
    expect(result(() => cps.C_DigestInit(session, { mechanism: pkcs11.CKM_SHA512 }))).toBe(
      'CKR_MECHANISM_INVALID',
    )
  })
})

describe('the certificates of test cards', () => {
  const text = async (der: Uint8Array | undefined): Promise<string> => {
    const folder = await mkdtemp(join(tmpdir(), 'souspli-card-certificate-'))
    await writeFile(join(folder, 'one.der'), der ?? '')
    const shown = [
      '-noout',
      '-text',
      '-certopt',
      'no_pubkey,no_sigdump',
      '-nameopt',
      'utf8,sep_comma_plus,sname',
    ]
    const { stdout } = await run('openssl', [
      'x509',
      '-inform',
      'der',
      '-in',
      join(folder, 'one.der'),
      ...shown,
    ])
    await rm(folder, { recursive: true })
    return stdout.replaceAll(/\s+/g, ' ')
  }

  test('have the layout of a CPS: names in one RDN, one usage each, no address', async () => {
    const authentication = await text(cards.A.authentication?.certificateDer)
    expect(authentication).toMatch(
      /Subject: C=FR,title=Médecin,(?:(?:GN=Paul|CN=899700000808|SN=TESTEUR)[+ ]){3}/,
    )
    expect(authentication).toContain('CN=TEST AC IGC-SANTE FORT PERSONNES')
    expect(authentication).toContain('Key Usage: critical Digital Signature X509v3')
    expect(authentication).toContain('TLS Web Client Authentication, Microsoft Smartcard Login')
    expect(authentication).toContain('othername: UPN::899700000808@carte-cps.fr')
    expect(authentication).toContain('1.2.250.1.71.1.2.3: ..8025000001/2900000808')
    for (const last of [2, 5, 7]) expect(authentication).toContain(`1.2.250.1.71.1.2.${String(last)}:`)
    const signature = await text(cards.A.signature?.certificateDer)
    expect(signature).toContain('Key Usage: critical Non Repudiation X509v3')
    expect(signature).toContain('Extended Key Usage: E-mail Protection X509v3')
    expect(signature).toContain('Private Key Usage Period')
    expect(signature).not.toMatch(/email:|Subject Alternative Name/)
  })

  test('of a CPE come from another authority and name the employer', async () => {
    const authentication = await text(cards.D.authentication?.certificateDer)
    expect(authentication).toContain('CN=TEST AC IGC-SANTE STANDARD PERSONNES')
    expect(authentication).toMatch(
      /Subject: C=FR,ST=Paris \(75\),O=HOPITAL FICTIF,OU=10B0099881,title=Personnel fictif,/,
    )
    expect(authentication).toContain('UPN::30B0099881/CPET0002@carte-cps.fr')
    expect(authentication).not.toContain('1.2.250.1.71.1.2.7')
    expect(cards.D).toMatchObject({ profile: 'cpe', label: 'CPE3v3-2600000404' })
  })

  test('may be expired, to come, or on the list of their authority', () => {
    const validity = (variant: 'expired' | 'not-yet-valid'): string => {
      const { signature } = makeTestCard(pki, holder, { now, variant })
      const { validFromDate, validToDate } = new X509Certificate(signature?.certificateDer ?? '')
      return validToDate < now ? 'past' : validFromDate > now ? 'future' : 'present'
    }
    expect([validity('expired'), validity('not-yet-valid')]).toEqual(['past', 'future'])
    const revoked = makeTestCard(pki, holder, { now, variant: 'revoked' })
    for (const key of [revoked.signature, revoked.authentication]) {
      const { serialNumber } = new X509Certificate(key?.certificateDer ?? '')
      expect(pki.crl().toString('hex')).toContain(serialNumber.toLowerCase())
    }
    const { serialNumber } = new X509Certificate(cards.A.signature?.certificateDer ?? '')
    expect(pki.crl().toString('hex')).not.toContain(serialNumber.toLowerCase())
  })
})
