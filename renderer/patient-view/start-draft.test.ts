// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Draft } from '../../app/contract/index.ts'
import { createFakeCore } from '../testing/fake-core.ts'
import { patientsOf } from '../testing/fixture-patients.ts'
import { endExchanges, writeToPatient } from './start-draft.ts'

const now = new Date(2026, 10, 22, 10)

beforeEach(() => {
  window.souspli = createFakeCore('offline', now)
})
afterEach(() => {
  delete window.souspli
})

const patient = () => {
  const found = patientsOf(now).find(({ mail }) => mail.address !== null)
  if (!found) throw new Error('no patient with an address')
  return found
}
const contentOf = async (id: number | null) => {
  const reply = (await window.souspli?.invoke('drafts.get', { id })) as { value: Draft }
  return reply.value.content
}

test('ENS-7-fin: the message that ends all exchanges has the subject [FIN] exactly, to the patient alone', async () => {
  const one = patient()
  const content = await contentOf(await endExchanges(one))
  expect(content.subject).toBe('[FIN]')
  expect([...content.to, ...content.cc, ...content.bcc].map(({ address }) => address)).toEqual([
    one.mail.address,
  ])
  expect(content.closesExchange).toBe(true)
  expect(content.endsExchanges).toBe(true)
  expect(content.text.trim()).not.toBe('')
})

test('any other message to the patient begins without a subject', async () => {
  const content = await contentOf(await writeToPatient(patient()))
  expect(content.subject).toBe('')
  expect(content.closesExchange).not.toBe(true)
})
