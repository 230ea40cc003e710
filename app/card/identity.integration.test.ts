import { constants, verify, X509Certificate } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { makeTestCard } from '../../native/virtual-cps/index.ts'
import type { CardService } from './index.ts'
import {
  anne,
  anneRenewed,
  codeOf,
  makeCards,
  makeScene,
  paul,
  until,
  untilState,
  type Scene,
} from './scenes.fixture.ts'

// Rows of cps-card.md §6.4 about certificates and keys, and whom a card names.
const message = Buffer.from('Compte rendu fictif')
const now = new Date()
let scene: Scene
let revokedCertificates: Uint8Array[] = []

beforeAll(async () => {
  const { pki, cards } = await makeCards(now)
  const dead = makeTestCard(pki, { ...anneRenewed, serial: '3100000404' }, { now, variant: 'revoked' })
  revokedCertificates = [dead.authentication, dead.signature].map(
    (key) => key?.certificateDer ?? new Uint8Array(),
  )
  scene = await makeScene({
    A: cards.A,
    B: cards.B,
    C: makeTestCard(pki, { ...anne, serial: '2900000505' }, { now, variant: 'encryption' }),
    D: dead,
  })
})
afterEach(async () => {
  await scene.stopAll()
  await scene.virtual.insert('A')
})
afterAll(() => scene.remove())

const opened = async (options: Parameters<Scene['start']>[0] = {}): Promise<CardService> => {
  const service = scene.start(options)
  await until(service, 'pin-needed')
  expect(codeOf(await service.login({ pin: '1234' }))).toBe('ok')
  return service
}

describe('the professional', () => {
  test('is named before the PIN; specialty and situations d’exercice come after it, by themselves', async () => {
    const service = scene.start()
    const { token } = await until(service, 'pin-needed')
    expect(token.holder).toEqual({
      nationalId: anne.nationalId,
      rpps: '99700000101',
      familyName: 'MARTIN',
      givenName: 'Anne',
      profession: 'Médecin',
      organisation: null,
      cardKind: 'cps',
      specialty: null,
      activities: [],
    })
    await service.login({ pin: '1234' })
    await untilState(service, (state) => 'token' in state && state.token.holder?.specialty === 'SM26')
    expect(service.state()).toMatchObject({
      state: 'open',
      token: {
        holder: {
          specialty: 'SM26',
          activities: [
            {
              number: 1,
              organisation: 'Cabinet fictif des Lilas',
              structureId: '499700000101007',
              sector: 'SA07',
            },
            {
              number: 3,
              organisation: 'Hôpital fictif des Tilleuls',
              structureId: '1990000001',
              sector: 'SA01',
            },
          ],
        },
      },
    })
    // CPS_DATA takes a card four seconds: it is never read.
    const read = (await scene.virtual.journal()).filter(({ fn }) => fn === 'C_GetAttributeValue')
    expect(read.some(({ keyLabel }) => keyLabel === 'CPS_INFO_PS')).toBe(true)
  })
})

describe('keys', () => {
  test('of a CPS3 sign by PKCS#1 v1.5 alone; SHA-512 with the authentication key only', async () => {
    const service = await opened()
    const authentication = await service.credential({ purpose: 'authentication', serial: anne.serial })
    const signature = await service.credential({ purpose: 'signature', nationalId: anne.nationalId })
    if (!authentication.ok || !signature.ok) throw new Error('both keys expected')
    expect(authentication.value).toMatchObject({ serial: anne.serial, nationalId: anne.nationalId })
    expect(authentication.value.schemes).toEqual(['rsa_pkcs1_sha256', 'rsa_pkcs1_sha384', 'rsa_pkcs1_sha512'])
    expect(signature.value.schemes).toEqual(['rsa_pkcs1_sha256'])
    for (const [credential, digest] of [
      [authentication.value, 'sha256'],
      [authentication.value, 'sha384'],
      [authentication.value, 'sha512'],
      [signature.value, 'sha256'],
    ] as const) {
      const signed = await credential.sign({ scheme: `rsa_pkcs1_${digest}`, message })
      if (!signed.ok) throw new Error(signed.error.code)
      const { publicKey } = new X509Certificate(credential.certificate)
      expect(verify(digest, message, publicKey, signed.value)).toBe(true)
    }
    for (const scheme of ['rsa_pss_rsae_sha256', 'ecdsa_secp256r1_sha256'])
      expect(codeOf(await authentication.value.sign({ scheme, message }))).toBe('card.mechanism-unavailable')
    expect(codeOf(await signature.value.sign({ scheme: 'rsa_pkcs1_sha512', message }))).toBe(
      'card.mechanism-unavailable',
    )
  })

  test('of a CPS4 sign by PSS too, with a salt as long as the digest, over a message or its digest', async () => {
    await scene.virtual.swap('B')
    const service = await opened()
    const credential = await service.credential({ purpose: 'authentication', serial: paul.serial })
    if (!credential.ok) throw new Error(credential.error.code)
    const { publicKey } = new X509Certificate(credential.value.certificate)
    const key = { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', message))
    for (const input of [{ message }, { digest }]) {
      const signed = await credential.value.sign({ scheme: 'rsa_pss_rsae_sha256', ...input })
      if (!signed.ok) throw new Error(signed.error.code)
      expect(verify('sha256', message, key, signed.value)).toBe(true)
    }
    const short = await credential.value.sign({
      scheme: 'rsa_pkcs1_sha256',
      digest: digest.subarray(0, 20),
    })
    expect(codeOf(short)).toBe('card.operation-failed')
  })

  test('for encryption, on a token that has one, are taken for neither', async () => {
    await scene.virtual.swap('C')
    const service = await opened()
    for (const purpose of ['authentication', 'signature'] as const) {
      const credential = await service.credential({ purpose })
      if (!credential.ok) throw new Error(credential.error.code)
      const usages = new X509Certificate(credential.value.certificate).keyUsage
      expect(usages).toContain(purpose === 'authentication' ? '1.3.6.1.5.5.7.3.2' : '1.3.6.1.5.5.7.3.4')
      expect(codeOf(await credential.value.sign({ scheme: 'rsa_pkcs1_sha256', message }))).toBe('ok')
    }
    const labels = (await scene.virtual.journal()).filter(({ fn }) => fn === 'C_SignInit').slice(-2)
    expect(labels.map(({ keyLabel }) => keyLabel)).toEqual(['CPS_PRIV_AUT', 'CPS_PRIV_SIG'])
  })
})

describe('a certificate that is not valid today signs nothing for others, and still opens what is ours', () => {
  const year = 365 * 24 * 3_600_000
  test.each([
    ['expired', 4 * year, 'card.certificate-expired'],
    ['not-yet-valid', -year, 'card.certificate-not-yet-valid'],
  ] as const)('%s', async (validity, shift, code) => {
    const service = await opened({ now: () => now.getTime() + shift })
    expect(service.state()).toMatchObject({
      token: { authentication: { validity }, signature: { validity } },
    })
    for (const purpose of ['authentication', 'signature'] as const)
      expect(await service.credential({ purpose })).toMatchObject({
        ok: false,
        error: { code, details: { purpose } },
      })
    const before = (await scene.virtual.journal()).filter(({ fn }) => fn === 'C_Sign').length
    expect(codeOf(await service.sign({ purpose: 'authentication', data: message }))).toBe('ok')
    expect((await scene.virtual.journal()).filter(({ fn }) => fn === 'C_Sign')).toHaveLength(before + 1)
  })

  test('revoked, as soon as the authority says so', async () => {
    const answer = Promise.withResolvers<void>()
    const revocation = async (der: Uint8Array): Promise<'revoked' | 'good'> => {
      await answer.promise
      return revokedCertificates.some((one) => Buffer.from(one).equals(der)) ? 'revoked' : 'good'
    }
    await scene.virtual.swap('D')
    const service = await opened({ revocation })
    expect(service.state()).toMatchObject({
      token: { signature: { validity: 'valid', revocation: 'unknown' } },
    })
    const asked = service.credential({ purpose: 'signature' })
    answer.resolve()
    expect(codeOf(await asked)).toBe('card.certificate-revoked')
    expect(service.state()).toMatchObject({ state: 'open', token: { signature: { validity: 'revoked' } } })
    await scene.virtual.swap('A')
    await until(service, 'pin-needed', anne.serial)
    await service.login({ pin: '1234' })
    expect(codeOf(await service.credential({ purpose: 'signature' }))).toBe('ok')
    expect(service.state()).toMatchObject({ token: { signature: { validity: 'valid', revocation: 'good' } } })
  })
})
