import { writeFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import type { MessageInspection } from '../app/contract/index.ts'
import { createCorrespondence, letter, mixed, said, textEntity } from '../app/smime/letters.fixture.ts'
import { inspectMessageCommand } from './inspect-message.ts'
import { Unusable } from './inspect-input.ts'

const made = createCorrespondence()
afterAll(made.pki.remove)
const { pki, people } = made
const anchor = pki.put('root.pem', people.root.pem)
const authority = pki.put('authority.pem', people.authority.pem)

const run = async (message: Uint8Array | string, ...options: string[]): Promise<MessageInspection> => {
  const file = typeof message === 'string' ? message : pki.put('message.eml', message)
  const { exitCode, report } = await inspectMessageCommand([file, ...options])
  expect(exitCode).toBe(0)
  return report as MessageInspection
}

test('a message is judged offline by the anchors given alone, as of a date asked for', async () => {
  const raw = letter(await made.signed())
  expect((await run(raw, '--at', '2026-11-22T09:00:00Z')).reasons).toEqual(['untrusted-authority'])
  const found = await run(raw, '--anchor', anchor, '--at', '2026-11-22T09:00:00Z')
  expect(found).toMatchObject({ verdict: 'valid', notices: ['revocation-unknown'] })
  expect(found.signature).toMatchObject({ chain: [{}, {}, {}], binding: 'certificate' })
  expect((await run(raw, '--anchor', anchor, '--at', '2031-01-01')).reasons).toContain('expired')
  expect((await run(raw, '--anchor', anchor, '--at', '2026-11-01')).notices).toContain('signed-later')
})

test('lists count whatever address they came from', async () => {
  const gone = people.person(
    '/CN=Parti',
    ['keyUsage=digitalSignature', 'subjectAltName=email:alix@mss.test'],
    {
      serial: '0C01',
    },
  )
  const lists = [pki.crl(people.root, []), pki.crl(people.authority, ['0C01'])].map((der) =>
    pki.put('list.crl', der),
  )
  const options = [
    '--anchor',
    anchor,
    '--crl',
    lists[0] ?? '',
    '--crl',
    lists[1] ?? '',
    '--at',
    '2026-11-22T09:00:00Z',
  ]
  const revoked = await run(letter(await made.signed(textEntity(), gone)), ...options)
  expect(revoked).toMatchObject({ verdict: 'untrusted', reasons: ['revoked'] })
  const good = await run(letter(await made.signed()), ...options)
  expect(good).toMatchObject({ verdict: 'valid', signature: { revocation: 'good' } })
})

test('keys open what is encrypted: PKCS#12 with its passphrase from the environment, or PEM', async () => {
  const raw = letter(made.encryptedCbc(textEntity()))
  expect((await run(raw)).encryption).toMatchObject({ error: { code: 'smime.no-key' } })
  const pem = pki.put('key.pem', people.confidentiality.pem + people.confidentiality.keyPem)
  expect((await run(raw, '--key', pem)).displayed).toMatchObject([{ text: `${said}\n`, decrypted: true }])
  const files = [
    '-in',
    pki.put('c.pem', people.confidentiality.pem),
    '-inkey',
    pki.put('k.pem', people.confidentiality.keyPem),
  ]
  const p12 = pki.put('key.p12', pki.openssl(['pkcs12', '-export', ...files, '-passout', 'pass:fictif']))
  process.env['SOUSPLI_TEST_PHRASE'] = 'fictif'
  expect((await run(raw, '--key', p12, '--password-env', 'SOUSPLI_TEST_PHRASE')).displayed).toHaveLength(1)
  await expect(inspectMessageCommand([pki.put('m', raw), '--key', p12])).rejects.toThrow(
    /p12\.wrong-passphrase/,
  )
  delete process.env['SOUSPLI_TEST_PHRASE']
  const missing = ['--key', p12, '--password-env', 'SOUSPLI_TEST_PHRASE']
  await expect(inspectMessageCommand([pki.put('m', raw), ...missing])).rejects.toThrow(Unusable)
})

test('HTML is read as the window shows it: sanitised, what is hidden left out', async () => {
  const html = Buffer.from(
    'Content-Type: text/html; charset=utf-8\r\n\r\n<p>Vu</p><p style="display:none">Caché</p><form>Non<input value="x"></form><script>non()</script>\r\n',
  )
  const found = await run(letter(mixed([html])))
  expect(found.htmlText).toBe('sanitised')
  expect(found.displayed[0]?.text).toMatch(/^Vu/)
  expect(found.displayed[0]?.text).not.toMatch(/Caché|non\(\)/)
})

test('an mbox gives the message asked for, a bare CMS file its content', async () => {
  const one = letter(textEntity('Un.')).toString('latin1')
  const two = letter(textEntity('Deux.\n\n>From ici')).toString('latin1')
  const mbox = Buffer.from(
    `From a@b Sun Nov 22 08:00:00 2026\r\n${one}\r\nFrom a@b Sun Nov 22 08:01:00 2026\r\n${two}\r\n`,
    'latin1',
  )
  const file = pki.put('box.mbox', mbox)
  expect((await run(file)).displayed[0]?.text.trim()).toBe('Un.')
  expect((await run(file, '--index', '2')).displayed[0]?.text.trim()).toBe('Deux.\n\nFrom ici')
  await expect(inspectMessageCommand([file, '--index', '3'])).rejects.toThrow(Unusable)
  const bare = await run(
    made.cms(textEntity(), [people.signer], ['-nodetach']),
    '--anchor',
    anchor,
    '--intermediate',
    authority,
  )
  expect(bare.displayed).toMatchObject([{ path: '1', text: `${said}\n` }])
})

test('what cannot be used is said, and nothing is printed', async () => {
  const empty = pki.put('empty.eml', '')
  writeFileSync(empty, '')
  for (const argv of [
    [],
    ['/nowhere.eml'],
    [empty],
    [empty, '--at', 'hier'],
    [anchor, '--anchor', '/nowhere.pem'],
  ])
    await expect(inspectMessageCommand(argv)).rejects.toThrow(Unusable)
})
