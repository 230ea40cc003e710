import { afterAll, expect, it } from 'vitest'
import {
  composeEntity,
  messageFields,
  composeMessage,
  type MessageHeaders,
} from '../../app/mail/mime/compose.ts'
import { hiddenSubject, withProtectedHeaders } from '../../app/mail/mime/protected-headers.ts'
import { encryptEntity, openMessage, signEntity } from '../../app/smime/index.ts'
import {
  contextFor,
  createPeople,
  createPki,
  now,
  random,
  signWith,
  trustIn,
  value,
} from '../../app/smime/smime.fixture.ts'

// What the outbox writes (app/mail), the reader of S/MIME (app/smime) must understand: neither imports the other.
const pki = createPki()
afterAll(pki.remove)
const people = createPeople(pki)
const own = people.confidentiality
const context = contextFor(trustIn([people.root.der, people.authority.der]), 'alix@mss.test', {
  keys: [{ certificate: own.der, pkcs8: own.pkcs8 }],
})
const subject = 'Compte rendu fictif très attendu'
const headers: MessageHeaders = {
  from: { name: 'Alix Fictive', address: 'alix@mss.test' },
  to: [{ name: '', address: 'camille@mss.test' }],
  cc: [],
  subject,
  date: now.getTime(),
  messageId: '<1@mss.test>',
  inReplyTo: null,
  references: ['<0@mss.test>'],
  supersedes: null,
  readReceiptTo: null,
  extra: {},
}
const entity = composeEntity({ text: 'Bonjour', html: null, attachments: [] }, () => 'limite')
const signed = async (payload: Uint8Array): Promise<Uint8Array> =>
  value(
    await signEntity({
      entity: payload,
      certificate: people.signer.der,
      chain: [people.authority.der],
      sign: signWith(people.signer),
      signingTime: now,
      random,
    }),
  )

it('a signed message carries its header fields, and a change of the subject on the way shows', async () => {
  const body = await signed(withProtectedHeaders(entity, messageFields(headers), null))
  const sound = await openMessage(composeMessage(headers, body), context)
  expect(sound.signature.status).toBe('valid')
  expect(sound.headerProtection).toMatchObject({ kind: 'rfc9788', subject, differences: [], hidden: [] })
  const changed = await openMessage(composeMessage({ ...headers, subject: 'Autre chose' }, body), context)
  expect(changed.headerProtection.differences).toEqual([
    { field: 'subject', outer: 'Autre chose', inner: subject },
  ])
})

it.each([true, false])('an encrypted message says what it hides: subject hidden %s', async (hides) => {
  const outside = { ...headers, subject: hides ? hiddenSubject : subject }
  const payload = withProtectedHeaders(entity, messageFields(headers), messageFields(outside))
  const sealed = value(encryptEntity({ entity: await signed(payload), recipients: [own.der], random }))
  const raw = composeMessage(outside, sealed)
  expect(Buffer.from(raw).toString('latin1').includes('[...]')).toBe(hides)
  const opened = await openMessage(raw, context)
  expect(opened.signature.status).toBe('valid')
  expect(opened.headerProtection).toMatchObject({
    kind: 'rfc9788',
    subject,
    differences: [],
    hidden: hides ? ['subject'] : [],
  })
})
