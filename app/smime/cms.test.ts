import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { parsed } from './asn1.ts'
import { readContentInfo } from './cms.ts'
import { readCrl } from './path/revocation-list.ts'
import { encryptEntity } from './encrypt.ts'
import { openMessage } from './open.ts'
import { contextFor, createPeople, createPki, entity, random, trustIn, value } from './smime.fixture.ts'

const pki = createPki()
afterAll(pki.remove)
const people = createPeople(pki)
const own = people.confidentiality
const context = contextFor(trustIn([people.root.der]), 'alix@mss.test', {
  keys: [{ certificate: own.der, pkcs8: own.pkcs8 }],
})

test('a recipient of another kind (elliptic curve, password) does not hide ours', async () => {
  const [key, certificate] = [pki.file('ec.key'), pki.file('ec.pem')]
  const names = ['-subj', '/CN=Courbe fictive', '-days', '1', '-nodes', '-keyout', key, '-out', certificate]
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', ...names],
    {
      stdio: 'pipe',
    },
  )
  const recipients = ['-recip', certificate, '-recip', pki.put('r.pem', own.pem)]
  // openssl itself cannot give GCM to a password.
  for (const options of [['-aes-256-cbc', '-pwri_password', 'fictif'], ['-aes-256-gcm']]) {
    const raw = pki.openssl(['cms', '-encrypt', '-in', pki.put('e.txt', entity), ...recipients, ...options])
    const opened = await openMessage(raw, context)
    expect(opened.encryption, options.join(' ')).toMatchObject({ status: 'decrypted' })
    expect(Buffer.from(opened.content).equals(entity)).toBe(true)
  }
})

test('what we write is DER, the content in one piece', () => {
  const mail = Buffer.from(value(encryptEntity({ entity, recipients: [own.der, own.der], random })))
  const body = mail.toString('latin1').split('\r\n\r\n')[1] ?? ''
  const cms = Buffer.from(body, 'base64')
  expect(value(readContentInfo(cms)).type).toBe('1.2.840.113549.1.7.3')
  const lines = pki.openssl(['asn1parse', '-inform', 'DER'], cms).toString()
  expect(lines).not.toContain('inf')
  expect(lines).toMatch(/prim: +cont \[ 0 \]/)
})

test('changed bytes in PSS and OAEP parameters, signed attributes and list entries are judged or refused', async () => {
  const body = pki.put('e.txt', entity)
  const signer = [
    '-signer',
    pki.put('s.pem', people.signer.pem),
    '-inkey',
    pki.put('k.pem', people.signer.keyPem),
  ]
  const pss = ['-keyopt', 'rsa_padding_mode:pss', '-keyopt', 'rsa_pss_saltlen:32', '-nodetach']
  const oaep = [
    '-keyopt',
    'rsa_padding_mode:oaep',
    '-keyopt',
    'rsa_oaep_md:sha256',
    '-keyopt',
    'rsa_mgf1_md:sha256',
  ]
  const recipient = ['-recip', pki.put('r.pem', own.pem)]
  const structures = [
    pki.openssl(['cms', '-sign', '-md', 'sha256', '-in', body, ...signer, ...pss, '-outform', 'DER']),
    pki.openssl(['cms', '-encrypt', '-aes-256-gcm', '-in', body, ...recipient, ...oaep, '-outform', 'DER']),
  ]
  const list = pki.crl(people.authority, ['0A01', '0A02'])
  const changes = fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(255)), {
    minLength: 1,
    maxLength: 3,
  })
  const changed = (sound: Uint8Array, where: [number, number][]): Buffer => {
    const bytes = Buffer.from(sound)
    for (const [at, byte] of where) bytes[Math.floor(at * bytes.length)] = byte
    return bytes
  }
  const head = 'Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\n'
  await fc.assert(
    fc.asyncProperty(changes, async (where) => {
      for (const sound of structures) {
        const mail = Buffer.from(head + changed(sound, where).toString('base64'))
        const { signature, content } = await openMessage(mail, context)
        if (signature.status === 'valid') expect(Buffer.from(content).equals(entity)).toBe(true)
      }
      const read = readCrl(changed(list, where))
      const entry = read.ok ? parsed(() => read.value.entryOf(Buffer.from('0a01', 'hex'))) : read
      expect(!entry.ok || !Number.isNaN(entry.value?.revokedAt.getTime() ?? 0)).toBe(true)
    }),
    { numRuns: 150 },
  )
})
