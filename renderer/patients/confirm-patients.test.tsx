// @vitest-environment jsdom
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Account, DraftContent, Outcome } from '../../app/contract/index.ts'
import { accountStore } from '../data/index.ts'
import { setLanguage } from '../i18n/index.ts'
import { createFakeCore } from '../testing/fake-core.ts'
import { ConfirmPatients } from './confirm-patients.tsx'

let host: HTMLElement
let root: Root
let account: Account

beforeEach(async () => {
  window.matchMedia = () =>
    ({ matches: false, addEventListener: () => undefined, removeEventListener: () => undefined }) as never
  const core = createFakeCore('mailbox', new Date(2026, 10, 22, 10))
  window.souspli = core
  setLanguage('fr')
  const listed = (await core.invoke('accounts.list', null)) as Outcome<Account[]>
  const [first] = listed.ok ? listed.value : []
  if (!first) throw new Error('no mailbox in the canned ones')
  account = first
  host = document.createElement('div')
  document.body.append(host)
  root = createRoot(host)
})
afterEach(() => {
  root.unmount()
  document.body.replaceChildren()
  accountStore.set([])
  delete window.souspli
})

/** What the confirmation says before a message to a patient leaves this mailbox. */
const confirmation = async (replyTo: string | null): Promise<string> => {
  accountStore.set([{ ...account, replyTo }])
  const content = { accountId: account.id, subject: 'Votre traitement' } as DraftContent
  root.render(
    <ConfirmPatients
      content={content}
      addresses={['190067511300117@patient.mssante.test']}
      onClose={() => undefined}
      onConfirm={() => undefined}
    />,
  )
  await expect.poll(() => document.querySelector('.confirm-line')).not.toBeNull()
  return [...document.querySelectorAll('.confirm-line')].map((line) => line.textContent).join('\n')
}

it('ENS-9-replyto: says that the answer address becomes the contact of the patient, where there is one', async () => {
  expect(await confirmation('secretariat@hopital.mssante.test')).toContain('secretariat@hopital.mssante.test')
})
it('ENS-9-replyto: says nothing of it where answers come back to the mailbox itself', async () => {
  expect(await confirmation(null)).not.toContain('@')
})
