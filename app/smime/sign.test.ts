import { afterAll, expect, test } from 'vitest'
import { fail } from '../contract/errors.ts'
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
const trust = trustIn([people.root.der, people.authority.der])
const anchors = pki.put('anchors.pem', people.root.pem + people.authority.pem)

const signed = async (content: Uint8Array = entity, signer = people.signer): Promise<Uint8Array> =>
  value(
    await signEntity({
      entity: content,
      certificate: signer.der,
      chain: [people.authority.der],
      sign: signWith(signer),
      signingTime: now,
      random,
    }),
  )
const message = (body: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from('From: Alix <alix@mss.test>\r\nSubject: essai\r\nMIME-Version: 1.0\r\n'), body])
const at = String(Math.floor(now.getTime() / 1000))

test('what is signed verifies here, with its scope, its signer and its time', async () => {
  const opened = await openMessage(message(await signed()), contextFor(trust, 'Alix@mss.test'))
  expect(opened.signature).toMatchObject({
    status: 'valid',
    signerName: 'Alix FICTIVE',
    signedAt: now.toISOString(),
    binding: 'certificate',
    scope: 'message',
    revocation: 'unknown',
    signer: { nationalId: '899700000001', profession: 'Médecin', emails: ['alix@mss.test'] },
  })
  expect(Buffer.from(opened.content).equals(entity)).toBe(true)
  expect(opened.certificates.map((der) => Buffer.from(der).equals(people.signer.der))).toEqual([true])
  expect(opened.encryption).toEqual({ status: 'none' })
})

test('openssl verifies what we sign, with a certificate chain and its purpose', async () => {
  const mail = pki.put('signed.eml', message(await signed()))
  const args = ['cms', '-verify', '-in', mail, '-CAfile', anchors, '-attime', at, '-purpose', 'smimesign']
  expect(pki.openssl(args).toString()).toContain('Compte rendu fictif')
})

test('we verify what openssl signs, detached and opaque, RSA and PSS', async () => {
  const signer = [
    '-signer',
    pki.put('s.pem', people.signer.pem),
    '-inkey',
    pki.put('k.pem', people.signer.keyPem),
  ]
  const input = ['-in', pki.put('e.txt', entity), '-certfile', pki.put('c.pem', people.authority.pem)]
  const variants = [
    [],
    ['-md', 'sha512'],
    ['-nodetach'],
    ['-keyopt', 'rsa_padding_mode:pss', '-keyopt', 'rsa_pss_saltlen:32', '-md', 'sha256'],
    ['-stream', '-nodetach'],
    ['-noattr'],
  ]
  for (const variant of variants) {
    // openssl's clock is the machine's: only the time of signing differs, and it lies in the certificate's validity.
    const mail = pki.openssl(['cms', '-sign', '-crlfeol', ...input, ...signer, ...variant])
    const raw = message(mail)
    const context = contextFor(trust, 'alix@mss.test', { now: new Date() })
    const opened = await openMessage(raw, {
      ...context,
      trust: trustIn([people.root.der, people.authority.der], { at: new Date() }),
    })
    expect(opened.signature, variant.join(' ')).toMatchObject({ status: 'valid', scope: 'message' })
    expect(Buffer.from(opened.content).toString()).toContain('Compte rendu fictif')
  }
})

test('a card certificate, which holds no address, is tied otherwise and says so', async () => {
  const raw = message(await signed(entity, people.card))
  const opened = await openMessage(raw, contextFor(trust, 'alix@mss.test'))
  expect(opened.signature).toMatchObject({
    status: 'unbound',
    binding: 'none',
    reasons: ['identity-not-linked'],
  })
  const production = trustIn([people.root.der], { environment: 'production' })
  expect(production.anchors).toEqual({ accepted: 0, refused: 1 })
  expect((await openMessage(raw, contextFor(production, 'alix@mss.test'))).signature).toMatchObject({
    status: 'untrusted',
    reasons: ['untrusted-authority', 'identity-not-linked'],
  })
})

const reasons = async (raw: Uint8Array, from: string[], with_ = trust): Promise<string[]> => {
  const { signature } = await openMessage(raw, { ...contextFor(with_, ''), fromAddresses: from })
  return signature.status === 'none' || signature.reasons.length === 0
    ? [signature.status]
    : signature.reasons
}

test('another address, several, or none cannot be bound', async () => {
  const raw = message(await signed())
  expect(await reasons(raw, ['alix@mss.test'])).toEqual(['valid'])
  expect(await reasons(raw, ['eve@mss.test'])).toEqual(['address-mismatch'])
  expect(await reasons(raw, ['alix@mss.test', 'eve@mss.test'])).toEqual(['several-from'])
  // Nobody was shown a sender: the message's own counts.
  expect(await reasons(raw, [])).toEqual(['valid'])
})

test('each defect of the signer has its own reason', async () => {
  const extensions = ['keyUsage=digitalSignature', 'subjectAltName=email:alix@mss.test']
  const kinds = {
    expired: people.person('/CN=Expire', extensions, { to: '2026-01-01' }),
    'not-yet-valid': people.person('/CN=Futur', extensions, { from: '2026-12-01' }),
    'wrong-usage': people.person('/CN=Serveur', [...extensions, 'extendedKeyUsage=serverAuth']),
    'untrusted-authority': pki.issue({ subject: '/CN=Seul', extensions }),
  }
  for (const [reason, signer] of Object.entries(kinds)) {
    const raw = message(await signed(entity, signer))
    expect(await reasons(raw, ['alix@mss.test']), reason).toEqual([reason])
  }
})

test('a changed content, line ends apart, is seen', async () => {
  const raw = Buffer.from(message(await signed())).toString('latin1')
  const variant = (text: string) => reasons(Buffer.from(text, 'latin1'), ['alix@mss.test'])
  expect(await variant(raw.replaceAll('\r\n', '\n'))).toEqual(['valid'])
  expect(await variant(raw.replace('fictif', 'fictiF'))).toEqual(['content-altered'])
  expect(await variant(raw.replace('fictif\r\n', 'fictif \r\n'))).toEqual(['content-altered'])
  expect(await variant(raw.replace('charset=utf-8', 'charset=utf-7'))).toEqual(['content-altered'])
  expect(
    await variant(
      raw.replace('application/pkcs7-signature; name', 'text/plain; name').replace(/smime\.p7s/g, 'x'),
    ),
  ).toEqual(['malformed'])
})

test('parts wrapped around or put beside a signed part are never covered', async () => {
  const inner = await signed()
  const footer = Buffer.concat([
    Buffer.from(
      'Content-Type: multipart/mixed; boundary=out\r\n\r\n--out\r\nContent-Type: text/plain\r\n\r\nAjout\r\n--out\r\n',
    ),
    inner,
    Buffer.from('\r\n--out--\r\n'),
  ])
  const beside = await openMessage(message(footer), contextFor(trust, 'alix@mss.test'))
  expect(beside.signature).toMatchObject({ status: 'partial', scope: 'part' })
  expect(Buffer.from(beside.content).toString()).toContain('Ajout')

  const text = Buffer.from(inner).toString('latin1')
  const boundary = /boundary="([^"]+)"/.exec(text)?.[1] ?? ''
  const third = `--${boundary}\r\nContent-Type: text/plain\r\n\r\nTrois\r\n--${boundary}--`
  const three = text.replace(`--${boundary}--`, third)
  expect(await reasons(message(Buffer.from(three, 'latin1')), ['alix@mss.test'])).toEqual(['malformed'])
  // Outside the parts nothing is shown at all.
  const epilogue = await openMessage(
    message(Buffer.from(`${text}Epilogue\r\n`, 'latin1')),
    contextFor(trust, 'alix@mss.test'),
  )
  expect(Buffer.from(epilogue.content).equals(entity)).toBe(true)
})

test('two signers are not judged, no signer is no signature', async () => {
  const body = pki.put('e.txt', entity)
  const key = pki.put('k.pem', people.signer.keyPem)
  const one = ['-signer', pki.put('a.pem', people.signer.pem), '-inkey', key]
  const two = [...one, '-signer', pki.put('b.pem', people.card.pem), '-inkey', key]
  const twice = message(pki.openssl(['cms', '-sign', '-in', body, ...two]))
  expect(await reasons(twice, ['alix@mss.test'])).toEqual(['several-signers'])
  const certificates = pki.openssl([
    'crl2pkcs7',
    '-nocrl',
    '-certfile',
    pki.put('a.pem', people.signer.pem),
    '-outform',
    'DER',
  ])
  const raw = Buffer.from(
    `Content-Type: application/pkcs7-mime; smime-type=certs-only\r\nContent-Transfer-Encoding: base64\r\n\r\n${certificates.toString('base64')}\r\n`,
  )
  const opened = await openMessage(raw, contextFor(trust, 'alix@mss.test'))
  expect(opened.signature).toEqual({ status: 'none' })
  expect(opened.certificates).toEqual([])
})

test('only certificates of the signer’s own address and of our authorities are vouched for', async () => {
  const stranger = pki.issue({ subject: '/CN=Eve', extensions: ['subjectAltName=email:alix@mss.test'] })
  const colleague = people.person('/CN=Bob', ['subjectAltName=email:bob@mss.test'])
  const chain = [people.confidentiality.der, stranger.der, colleague.der, people.authority.der]
  const params = { entity, certificate: people.signer.der, chain, sign: signWith(people.signer) }
  const raw = message(value(await signEntity({ ...params, signingTime: now, random })))
  const { signature, certificates } = await openMessage(raw, contextFor(trust, 'alix@mss.test'))
  expect(signature.status).toBe('valid')
  const vouched = [people.signer.der, people.confidentiality.der]
  expect(certificates.map((der) => Buffer.from(der).toString('hex'))).toEqual(
    vouched.map((der) => Buffer.from(der).toString('hex')),
  )
})

test('signing refuses lone line feeds, a stranger’s signature and passes the card’s errors on', async () => {
  const params = { entity, certificate: people.signer.der, chain: [], signingTime: now, random }
  const bare = Buffer.from('Content-Type: text/plain\n\nx\n')
  expect(code(await signEntity({ ...params, entity: bare, sign: signWith(people.signer) }))).toBe(
    'smime.malformed',
  )
  expect(code(await signEntity({ ...params, sign: signWith(people.authority) }))).toBe('smime.sign-failed')
  const removed = () => Promise.resolve(fail<Uint8Array>('card.removed'))
  expect(code(await signEntity({ ...params, sign: removed }))).toBe('card.removed')
  expect(code(await signEntity({ ...params, certificate: new Uint8Array(3), sign: removed }))).toBe(
    'smime.malformed',
  )
})
