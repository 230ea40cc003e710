import { expect, it } from 'vitest'
import type { CdaPerson } from './cda-facts.ts'
import { filableDocuments, type FilableDocument, type OpenedMail } from './filable.ts'
import { letterWith, openRaw, reports, value } from './practice.fixture.ts'
import { mayRemove } from './withdrawal.ts'

/** A document in a message, as filed or as its sender wants it taken out. */
const inMail = async (set: string, variant?: 'removal') => {
  const { first } = await reports(set)
  const mail = await openRaw(variant ? 2 : 1, await letterWith([first], set, variant ? { variant } : {}))
  const [document] = value(filableDocuments(mail))
  if (!document) throw new Error('no document')
  return { mail, document }
}

it('LGC.MSS/UX.05: only who wrote and sent a document of a patient may have it taken out', async () => {
  const original = await inMail('may-remove')
  const order = await inMail('may-remove', 'removal')
  const { facts } = order.document
  if (!facts?.author) throw new Error('a CDA with an author')
  expect(order.document.removal).toBe(true)
  const may = (changed: { mail?: Partial<OpenedMail>; document?: Partial<FilableDocument> }): boolean =>
    mayRemove(
      { mail: { ...order.mail, ...changed.mail }, document: { ...order.document, ...changed.document } },
      original,
    )
  const from = (address: string) =>
    may({ mail: { mail: { ...order.mail.mail, sender: { name: '', address } } } })
  const by = (author: CdaPerson | null) => may({ document: { facts: { ...facts, author } } })
  expect(may({})).toBe(true)
  const { sender } = original.mail.mail
  expect(from(sender.address.toUpperCase())).toBe(true)
  // Another mailbox, even of the same domain; another patient; a message in doubt.
  expect(from(`autre.${sender.address}`)).toBe(false)
  expect(may({ document: { patientKey: '1.2.250.1.213.1.4.8^278112A99900210' } })).toBe(false)
  expect(may({ document: { ofMail: ['signature-invalid'] } })).toBe(false)
  // The author or his organisation, by their numbers: names prove nothing.
  const stranger = { root: '1.2.250.1.71.4.2.1', extension: '899700009999', authority: null }
  const { author } = facts
  const elsewhere: CdaPerson = { ...author, id: stranger, organisation: null }
  expect(by(elsewhere)).toBe(false)
  expect(by({ ...author, id: null, organisation: null })).toBe(false)
  expect(by(null)).toBe(false)
  expect(by({ ...elsewhere, organisation: author.organisation })).toBe(true)
  expect(by({ ...author, organisation: null })).toBe(true)
  // A CDA is not taken out by what is none.
  expect(may({ document: { facts: null } })).toBe(false)
  const bare = { ...original, document: { ...original.document, facts: null } }
  expect(mayRemove({ ...order, document: { ...order.document, facts: null } }, bare)).toBe(true)
})
