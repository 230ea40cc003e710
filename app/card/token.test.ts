import { createPublicKey, X509Certificate } from 'node:crypto'
import fc from 'fast-check'
import pkcs11, { type PKCS11, type TokenInfo } from 'pkcs11js'
import { describe, expect, test } from 'vitest'
import { makeTestKey } from '../../native/virtual-cps/index.ts'
import { dataLabels, dataOf, pairKeys, pukTriesOf, readCertificates, schemesOf, triesOf } from './token.ts'

const person = {
  nationalId: '899700000101',
  familyName: 'MARTIN',
  givenName: 'Anne',
  profession: 'Médecin',
  serial: '2900000101',
}
const handle = Buffer.alloc(8)

type Attributes = Readonly<Record<number, Buffer>>

/** A module whose objects come in the order given; attributes it does not have are an error, as in the Cryptolib. */
const moduleOf = (
  objects: readonly { kind: number; attributes: Attributes }[],
  mechanisms: number[] = [],
) => {
  let found: Buffer[] = []
  const indexOf = (object: Buffer): number => object.readUInt32LE(0)
  const module = {
    C_FindObjectsInit: (_session: Buffer, [template]: { value: number }[]) => {
      found = objects.flatMap(({ kind }, index) => {
        const object = Buffer.alloc(8)
        object.writeUInt32LE(index)
        return kind === template?.value ? [object] : []
      })
    },
    C_FindObjects: (_session: Buffer, most: number) => found.slice(0, most),
    C_FindObjectsFinal: () => undefined,
    C_GetAttributeValue: (_session: Buffer, object: Buffer, [{ type }]: [{ type: number }]) => {
      const value = objects[indexOf(object)]?.attributes[type]
      if (value) return [{ type, value }]
      throw new pkcs11.Pkcs11Error(
        'CKR_ATTRIBUTE_TYPE_INVALID',
        pkcs11.CKR_ATTRIBUTE_TYPE_INVALID,
        'C_GetAttributeValue',
      )
    },
    C_GetMechanismList: () => mechanisms,
  }
  return module as unknown as PKCS11
}

const certificate = (label: string, id: string, der: Uint8Array) => ({
  kind: pkcs11.CKO_CERTIFICATE,
  attributes: {
    [pkcs11.CKA_LABEL]: Buffer.from(label),
    [pkcs11.CKA_ID]: Buffer.from(id, 'hex'),
    [pkcs11.CKA_VALUE]: Buffer.from(der),
  },
})
const modulusOf = (der: Uint8Array): Buffer =>
  Buffer.from(
    createPublicKey(new X509Certificate(der).publicKey.export({ type: 'spki', format: 'pem' })).export({
      format: 'jwk',
    }).n ?? '',
    'base64url',
  )
const privateKey = (id: string, modulus: Buffer) => ({
  kind: pkcs11.CKO_PRIVATE_KEY,
  attributes: { [pkcs11.CKA_ID]: Buffer.from(id, 'hex'), [pkcs11.CKA_MODULUS]: modulus },
})

const authentication = makeTestKey('authentication', person).certificateDer
const signature = makeTestKey('signature', person).certificateDer
const otherSignature = makeTestKey('signature', person).certificateDer
const technical = makeTestKey('technical', person).certificateDer

describe('the certificates of a card', () => {
  test('are taken by key usage, then by the usual label, in whatever order they come', () => {
    const objects = [
      certificate("Certificat d'Authentification CPS", '1020', authentication),
      certificate('Certificat de Signature CPS', '1010', signature),
      certificate('Autre', '1011', otherSignature),
      certificate('Certificat Technique CPS', '1030', technical),
      { kind: pkcs11.CKO_CERTIFICATE, attributes: { [pkcs11.CKA_VALUE]: Buffer.from('no certificate') } },
      { kind: pkcs11.CKO_CERTIFICATE, attributes: {} },
    ]
    fc.assert(
      fc.property(fc.shuffledSubarray(objects, { minLength: objects.length }), (shuffled) => {
        const read = readCertificates(moduleOf(shuffled), handle)
        expect(read.authentication?.id.toString('hex')).toBe('1020')
        expect(read.signature?.id.toString('hex')).toBe('1010')
      }),
      { numRuns: 50 },
    )
  })

  test('without usual labels, are the same two whatever their order', () => {
    const objects = [certificate('a', '01', signature), certificate('b', '02', otherSignature)]
    const chosen = [objects, objects.toReversed()].map((each) =>
      readCertificates(moduleOf(each), handle).signature?.id.toString('hex'),
    )
    expect(new Set(chosen).size).toBe(1)
  })

  test('are paired with the key of the same identifier and modulus, and with no other', () => {
    const certificates = [
      certificate("Certificat d'Authentification CPS", '1020', authentication),
      certificate('Certificat de Signature CPS', '1010', signature),
    ]
    const pair = (...keys: ReturnType<typeof privateKey>[]) => {
      const module = moduleOf([...certificates, ...keys])
      const paired = pairKeys(module, handle, readCertificates(module, handle))
      return [paired.authentication?.readUInt32LE(0) ?? null, paired.signature?.readUInt32LE(0) ?? null]
    }
    expect(
      pair(privateKey('1010', modulusOf(signature)), privateKey('1020', modulusOf(authentication))),
    ).toEqual([3, 2])
    // A leading zero is no difference; another modulus, or another identifier, is.
    expect(pair(privateKey('1010', Buffer.concat([Buffer.alloc(1), modulusOf(signature)])))).toEqual([
      null,
      2,
    ])
    expect(pair(privateKey('1010', modulusOf(otherSignature)))).toEqual([null, null])
    expect(pair(privateKey('1011', modulusOf(signature)))).toEqual([null, null])
  })
})

test('schemes follow the mechanisms and the keys there are', () => {
  const certificates = [
    certificate("Certificat d'Authentification CPS", '1020', authentication),
    certificate('Certificat de Signature CPS', '1010', signature),
  ]
  const schemes = (mechanisms: number[], objects = certificates) => {
    const module = moduleOf(objects, mechanisms)
    return schemesOf(module, handle, readCertificates(module, handle))
  }
  expect(schemes([pkcs11.CKM_RSA_PKCS])).toEqual({
    authentication: ['rsa_pkcs1_sha256', 'rsa_pkcs1_sha384', 'rsa_pkcs1_sha512'],
    signature: ['rsa_pkcs1_sha256'],
  })
  expect(schemes([pkcs11.CKM_RSA_PKCS, pkcs11.CKM_RSA_PKCS_PSS]).authentication).toEqual([
    'rsa_pss_rsae_sha256',
    'rsa_pkcs1_sha256',
  ])
  expect(schemes([])).toEqual({ authentication: [], signature: [] })
  expect(schemes([pkcs11.CKM_RSA_PKCS], [])).toEqual({ authentication: [], signature: [] })
})

test('data objects are found by their label, and read within limits', () => {
  const data = (label: string, value: Buffer) => ({
    kind: pkcs11.CKO_DATA,
    attributes: { [pkcs11.CKA_LABEL]: Buffer.from(label), [pkcs11.CKA_VALUE]: value },
  })
  const module = moduleOf([data('CPS_INFO_PS', Buffer.from('SM26')), data('CPS_DATA', Buffer.alloc(5000))])
  expect(dataLabels(module, handle)).toEqual(['CPS_INFO_PS', 'CPS_DATA'])
  expect(Buffer.from(dataOf(module, handle, 'CPS_INFO_PS') ?? []).toString()).toBe('SM26')
  expect(dataOf(module, handle, 'CPS_DATA')).toBeNull()
  expect(dataOf(module, handle, 'CPS_NAME_PS')).toBeNull()
})

test('tries left are those the flags tell', () => {
  const info = (flags: number) => ({ flags }) as TokenInfo
  expect(
    [
      0,
      pkcs11.CKF_USER_PIN_COUNT_LOW,
      pkcs11.CKF_USER_PIN_COUNT_LOW | pkcs11.CKF_USER_PIN_FINAL_TRY,
      pkcs11.CKF_USER_PIN_LOCKED,
    ].map((flags) => triesOf(info(flags))),
  ).toEqual([null, 2, 1, 0])
  expect(
    [0, pkcs11.CKF_SO_PIN_COUNT_LOW, pkcs11.CKF_SO_PIN_FINAL_TRY, pkcs11.CKF_SO_PIN_LOCKED].map((flags) =>
      pukTriesOf(info(flags)),
    ),
  ).toEqual([null, null, 1, 0])
})
