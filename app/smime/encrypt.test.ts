import { randomBytes } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { encryptEntity } from './encrypt.ts'
import { openMessage } from './open.ts'
import { signEntity } from './sign.ts'
import {
  code,
  contextFor,
  createPeople,
  createPki,
  entity,
  now,
  random,
  signWith,
  trustIn,
  value,
} from './smime.fixture.ts'

const pki = createPki()
afterAll(pki.remove)
const people = createPeople(pki)
const own = people.confidentiality
const trust = trustIn([people.root.der, people.authority.der])
const context = contextFor(trust, 'alix@mss.test', { keys: [{ certificate: own.der, pkcs8: own.pkcs8 }] })
const recipient = pki.put('r.pem', own.pem)
const key = pki.put('k.pem', own.keyPem)

test('what is encrypted comes back, here and in openssl, and is said not to be authenticated', async () => {
  const raw = value(encryptEntity({ entity, recipients: [own.der, people.person('/CN=B', []).der], random }))
  const opened = await openMessage(raw, context)
  const cbc = { status: 'decrypted', algorithm: 'AES-256-CBC', authenticated: false }
  expect(opened.encryption).toMatchObject(cbc)
  expect(Buffer.from(opened.content).equals(entity)).toBe(true)
  const args = ['cms', '-decrypt', '-in', pki.put('m.eml', raw), '-recip', recipient, '-inkey', key]
  expect(pki.openssl(args).equals(entity)).toBe(true)
})

test('we read what openssl encrypts: CBC, 3DES, GCM, OAEP, by key identifier, streamed', async () => {
  const variants: [string[], string, boolean][] = [
    [['-aes-256-cbc'], 'AES-256-CBC', false],
    [['-aes-128-cbc', '-keyid'], 'AES-128-CBC', false],
    [['-des3'], '3DES-CBC', false],
    [['-aes-256-gcm'], 'AES-256-GCM', true],
    [['-aes-128-gcm'], 'AES-128-GCM', true],
    [['-aes-256-cbc', '-stream'], 'AES-256-CBC', false],
    [['-aes-256-cbc', '-keyopt', 'rsa_padding_mode:oaep'], 'AES-256-CBC', false],
    [
      [
        '-aes-256-gcm',
        '-keyopt',
        'rsa_padding_mode:oaep',
        '-keyopt',
        'rsa_oaep_md:sha256',
        '-keyopt',
        'rsa_mgf1_md:sha256',
      ],
      'AES-256-GCM',
      true,
    ],
  ]
  for (const [options, algorithm, authenticated] of variants) {
    const raw = pki.openssl([
      'cms',
      '-encrypt',
      '-in',
      pki.put('e.txt', entity),
      '-recip',
      recipient,
      ...options,
    ])
    const opened = await openMessage(raw, context)
    const expected = { status: 'decrypted', algorithm, authenticated, weak: algorithm.includes('DES') }
    expect(opened.encryption, options.join(' ')).toMatchObject(expected)
    expect(Buffer.from(opened.content).equals(entity)).toBe(true)
  }
})

test('a signed message inside an encrypted one keeps its signature; a second decryption never happens', async () => {
  const signed = value(
    await signEntity({
      entity,
      certificate: people.signer.der,
      chain: [],
      sign: signWith(people.signer),
      signingTime: now,
      random,
    }),
  )
  const once = value(encryptEntity({ entity: signed, recipients: [own.der], random }))
  const opened = await openMessage(once, context)
  expect(opened.encryption.status).toBe('decrypted')
  expect(opened.signature).toMatchObject({ status: 'valid', scope: 'message' })
  expect(Buffer.from(opened.content).equals(entity)).toBe(true)
  const twice = value(encryptEntity({ entity: once, recipients: [own.der], random }))
  expect(Buffer.from((await openMessage(twice, context)).content).equals(once)).toBe(true)
})

test('an encrypted part that is not the root is never decrypted', async () => {
  const secret = value(encryptEntity({ entity, recipients: [own.der], random }))
  const raw = Buffer.concat([
    Buffer.from(
      'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<img src="\r\n--b\r\n',
    ),
    secret,
    Buffer.from('\r\n--b--\r\n'),
  ])
  const opened = await openMessage(raw, context)
  expect(opened.encryption).toEqual({ status: 'none' })
  expect(Buffer.from(opened.content).equals(raw)).toBe(true)
})

test('every way decryption can fail gives one and the same error', async () => {
  const gcm = pki.openssl([
    'cms',
    '-encrypt',
    '-in',
    pki.put('e.txt', entity),
    '-aes-256-gcm',
    '-recip',
    recipient,
    '-outform',
    'DER',
  ])
  const cbc = pki.openssl([
    'cms',
    '-encrypt',
    '-in',
    pki.put('e.txt', entity),
    '-aes-256-cbc',
    '-recip',
    recipient,
    '-outform',
    'DER',
  ])
  const opened = async (cms: Uint8Array) => {
    const head = 'Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    return openMessage(Buffer.from(head + Buffer.from(cms).toString('base64')), context)
  }
  for (let at = gcm.length - 60; at < gcm.length; at += 3) {
    const changed = Buffer.from(gcm)
    changed[at] = (changed[at] ?? 0) ^ 0x40
    const { encryption, content } = await opened(changed)
    expect(encryption.status).toBe('failed')
    expect(Buffer.from(content).toString()).not.toContain('Compte')
  }
  const flipped = Buffer.from(cbc)
  // The last block holds the padding.
  flipped[cbc.length - 17] = (flipped[cbc.length - 17] ?? 0) ^ 0xff
  expect((await opened(flipped)).encryption).toEqual({
    status: 'failed',
    error: { code: 'smime.decrypt-failed', retry: 'no' },
  })
  const stranger = await openMessage(value(encryptEntity({ entity, recipients: [own.der], random })), {
    ...context,
    keys: [],
  })
  expect(stranger.encryption).toMatchObject({ status: 'failed', error: { code: 'smime.no-key' } })
})

test('an old cipher that we refuse is named as such', async () => {
  const raw = pki.openssl([
    'cms',
    '-encrypt',
    '-in',
    pki.put('e.txt', entity),
    '-camellia128',
    '-recip',
    recipient,
  ])
  expect((await openMessage(raw, context)).encryption).toMatchObject({
    status: 'failed',
    error: { code: 'smime.unsupported' },
  })
})

test('nothing is encrypted for a certificate that may not receive', () => {
  const attempt = (recipients: Uint8Array[]) => code(encryptEntity({ entity, recipients, random }))
  expect(attempt([])).toBe('smime.no-recipient-certificate')
  expect(attempt([people.card.der])).toBe('smime.no-recipient-certificate')
  expect(attempt([new Uint8Array(randomBytes(20))])).toBe('smime.malformed')
})
