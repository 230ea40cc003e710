import { expect, it } from 'vitest'
import { applyFindings, personFacts, type ApiMailbox } from './apply.ts'
import { extractionOf, newBase, physician, take, temporary } from './base.fixture.ts'
import { mailboxAt } from './read.ts'

const monday = Date.parse('2026-11-16T02:00:00Z')
const day = 86_400_000
const anne = '899700000101'
const line = physician('MARTIN', 'Anne', { 'Identification nationale PP': anne })
const mailbox = (address: string): ApiMailbox => ({
  ...{ address, type: 'PER', nationalId: anne, structure: null, service: null, paperless: null },
  ...{ rank: null, unlisted: false },
})
const facts = (professions: { code: string; label: string }[] = []) => ({
  ...{ active: true, lastName: 'MARTIN', firstName: 'Anne', civility: null },
  ...{ professions, specialties: [], situations: [] },
})
const heard = (addresses: readonly string[], at = monday) => ({
  ...{ at, unit: true, deltaAt: null, persons: [{ nationalId: anne, facts: facts() }] },
  mailboxes: addresses.map(mailbox),
})
const base = async () => {
  const folder = temporary()
  const db = newBase(folder)
  await take(db, folder, extractionOf([line]), { date: monday })
  return { folder, db }
}

it('takes a mailbox for gone that only the API knew, once it tells all of the person without it', async () => {
  const { db } = await base()
  applyFindings(db, heard(['am@ch.mssante.test', 'anne.martin@medecin.mssante.test']))
  expect(mailboxAt(db, 'am@ch.mssante.test')).toMatchObject({ goneSince: null, lastName: 'MARTIN' })
  // Neither does the API take away what the extraction holds.
  applyFindings(db, heard([], monday + day))
  expect(mailboxAt(db, 'am@ch.mssante.test')?.goneSince).toBe(monday + day)
  expect(mailboxAt(db, 'anne.martin@medecin.mssante.test')?.goneSince).toBeNull()
})

it('keeps what the extraction lost and the API still has, from one extraction to the next', async () => {
  const { db, folder } = await base()
  const other = physician('PETIT', 'Léa')
  await take(db, folder, extractionOf([other]), { date: monday + day })
  expect(mailboxAt(db, 'anne.martin@medecin.mssante.test')?.goneSince).toBe(monday)
  applyFindings(db, heard(['anne.martin@medecin.mssante.test'], monday + day))
  await take(db, folder, extractionOf([other]), { date: monday + 2 * day })
  expect(mailboxAt(db, 'anne.martin@medecin.mssante.test')).toMatchObject({
    goneSince: null,
    firstSeen: monday,
  })
})

it('names codes that came without a label as the extraction does', async () => {
  const { db } = await base()
  const professions = [
    { code: '10', label: '10' },
    { code: '99', label: '99' },
  ]
  applyFindings(db, { ...heard([]), persons: [{ nationalId: anne, facts: facts(professions) }] })
  expect(personFacts(db, anne)?.facts.professions.map(({ label }) => label)).toEqual(['Médecin', '99'])
})
