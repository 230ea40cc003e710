import { execFileSync } from 'node:child_process'
import { afterAll, expect, test } from 'vitest'
import { readContentInfo } from './cms.ts'
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
