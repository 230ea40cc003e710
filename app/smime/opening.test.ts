import { afterAll, expect, test } from 'vitest'
import { createCorrespondence, forwarded, letter, mixed, said, textEntity } from './letters.fixture.ts'
import { openMessage, type OpenedMessage } from './open.ts'
import { signEntity } from './sign.ts'
import { contextFor, now, random, signWith, value, type Issued } from './smime.fixture.ts'

// What comes out of a message beside its verdict: parts, stretches, protected headers, certificates to remember.
const made = createCorrespondence()
afterAll(made.pki.remove)
const { people, signed, encryptedCbc } = made

const open = (raw: Uint8Array): Promise<OpenedMessage> =>
  openMessage(raw, { ...contextFor(made.trust, '', { keys: made.keys }), fromAddresses: [] })
const shown = ({ content }: OpenedMessage): string => Buffer.from(content).toString()
const changed = (raw: Uint8Array, from: string, to: string): Buffer =>
  Buffer.from(Buffer.from(raw).toString('latin1').replace(from, to), 'latin1')
const fromIs = async (from: string, signer: Issued): Promise<Buffer> =>
  letter(await signed(textEntity(), signer), from)
const protectedFields = (subject: string): string =>
  `From: Alix <alix@mss.test>\nTo: bob@mss.test\nSubject: ${subject}\nDate: Sun, 22 Nov 2026 08:00:00 +0000\n`

test('what is not decrypted stays out of sight, and a part below the root is only told', async () => {
  const inside = await open(letter(mixed([textEntity('Avant.'), encryptedCbc(textEntity('Secret.'))])))
  expect(inside.parts).toMatchObject([{ path: '2', encrypted: true, signature: { status: 'none' } }])
  expect(shown(inside)).not.toContain('Secret')
  const twice = await open(letter(encryptedCbc(encryptedCbc(textEntity('Secret.')))))
  expect(shown(twice)).not.toContain('Secret')
})

test('a forwarded message is judged against its own sender, and its status is not the message’s', async () => {
  const own = await open(letter(mixed([textEntity(), forwarded(letter(await signed()))]), 'eve@bad.test'))
  expect(own.parts).toMatchObject([
    { path: '2.1', forwardedFrom: 'alix@mss.test', signature: { status: 'valid', scope: 'part' } },
  ])
  expect(own.certificates).toEqual([])
  const forged = await open(letter(forwarded(await fromIs('bob@mss.test', people.eve))))
  expect(forged.parts).toMatchObject([{ signature: { status: 'unbound', reasons: ['address-mismatch'] } }])
})

test('the stretch under a signature is the very bytes that were signed', async () => {
  const opened = await open(letter(mixed([textEntity('Avant.'), await signed(), textEntity('Après.')])))
  expect(opened.stretches).toHaveLength(1)
  expect(Buffer.from(opened.stretches[0]?.content ?? []).equals(textEntity())).toBe(true)
  const { start = 0, end = 0 } = opened.stretches[0] ?? {}
  expect(shown(opened).slice(start, end)).toContain('multipart/signed')
})

test('the protected subject is given when the protection holds, and what travelled hidden is told', async () => {
  const fields = `${protectedFields('Le vrai objet')}HP-Outer: Subject: [...]\nHP-Outer: From: Alix <alix@mss.test>\n`
  const inner = await signed(textEntity(said, fields, '; hp="cipher"'))
  const raw = changed(letter(encryptedCbc(inner)), 'Subject: Objet', 'Subject: [...]')
  expect((await open(raw)).headerProtection).toEqual({
    kind: 'rfc9788',
    subject: 'Le vrai objet',
    differences: [],
    hidden: ['subject'],
  })
  // Not what the sender had put outside: somebody changed it.
  const tampered = changed(raw, 'Subject: [...]', 'Subject: Urgent')
  expect((await open(tampered)).headerProtection).toMatchObject({
    differences: [{ field: 'subject', outer: 'Urgent', inner: 'Le vrai objet' }],
    hidden: [],
  })
  const broken = changed(
    letter(await signed(textEntity(said, protectedFields('Vrai'), '; hp="clear"'))),
    '14 h',
    '15 h',
  )
  expect((await open(broken)).headerProtection.subject).toBeNull()
})

test('older ways of protecting headers are read: memory hole, an enclosed message', async () => {
  const hole = letter(
    await signed(textEntity(said, protectedFields('Le vrai objet'), '; protected-headers="v1"')),
  )
  expect((await open(hole)).headerProtection).toMatchObject({ kind: 'memory-hole', subject: 'Le vrai objet' })
  const inner = letter(textEntity(), undefined, 'X-Inside: oui\n')
  const enclosed = Buffer.concat([Buffer.from('Content-Type: message/rfc822; forwarded=no\r\n\r\n'), inner])
  const opened = await open(
    changed(letter(await signed(enclosed)), 'Subject: Objet', 'Subject: [liste] Objet'),
  )
  expect(opened.headerProtection).toMatchObject({
    kind: 'enclosed-message',
    subject: 'Objet',
    differences: [{ field: 'subject' }],
  })
  expect(shown(opened)).toMatch(/^From: Alix/)
  expect(opened.signature.status).toBe('valid')
  // Somebody else's message, forwarded and signed, stays a forwarded message.
  const other = changed(forwarded(letter(textEntity(), 'eve@bad.test')), 'fictif@', 'autre@')
  const passedOn = await open(letter(await signed(other)))
  expect(passedOn.headerProtection.kind).toBe('none')
  expect(shown(passedOn)).toMatch(/^Content-Type: message\/rfc822/)
})

test('at the date of the reading nothing was known of the future', async () => {
  const late = await signed(textEntity(), people.signer, new Date(now.getTime() + 48 * 3_600_000))
  expect((await open(letter(late))).signature).toMatchObject({
    status: 'untrusted',
    reasons: ['not-yet-valid'],
  })
})

test('a card brings its holder’s encryption certificate along; somebody else’s message brings nobody’s', async () => {
  const by = async (signer: Issued): Promise<Uint8Array> => {
    const outcome = await signEntity({
      entity: textEntity(),
      certificate: signer.der,
      chain: [people.confidentiality.der, people.stranger.der, people.authority.der],
      sign: signWith(signer),
      signingTime: now,
      random,
    })
    return letter(value(outcome))
  }
  const hex = ({ certificates }: OpenedMessage): string[] =>
    certificates.map((der) => Buffer.from(der).toString('hex'))
  const own = Buffer.from(people.confidentiality.der).toString('hex')
  expect(hex(await open(await by(people.card)))).toEqual([own])
  expect(hex(await open(await by(people.eve)))).toEqual([])
  expect(hex(await open(await by(people.nameless)))).toEqual([])
})
