/** A program to be killed: a core at work on a mailbox, with a copy of an attachment opened. Argument: a JSON file. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { NewAccount, Policy } from '../../app/contract/index.ts'
import { openPractice } from './practice.fixture.ts'

const Orders = z.object({ folder: z.string(), policy: Policy, passphrase: z.string(), account: NewAccount })
const { folder, policy, passphrase, account } = Orders.parse(
  JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')),
)

const practice = await openPractice(policy, { folder })
await practice.call('session.createWithPassphrase', { passphrase })
await practice.call('accounts.create', account)
let id = 0
await practice.until('mail.delta', ({ upserted }) => {
  id = upserted.find(({ hasAttachments, preview }) => hasAttachments && preview !== '')?.id ?? id
  return id !== 0
})
const { parts } = await practice.call('messages.view', { id })
const [part] = parts
if (!part) throw new Error('no attachment')
const copied = await practice.core.copyPart(part.url, part.fileName ?? 'piece')
if (!copied.ok) throw new Error(copied.error.code)
const draft = await practice.call('drafts.create', { kind: 'reply-all', accountId: null, sourceId: id })
// Reads and writes until the end, which may come from the twentieth round on: searches, views, drafts, flags.
for (let round = 0; ; round++) {
  if (round === 20) process.send?.({ copied: copied.value })
  await practice.call('drafts.save', {
    id: draft.id,
    content: { ...draft.content, subject: `${draft.content.subject} ${round}` },
  })
  await practice.call('messages.search', { text: 'tapir', scope: { kind: 'all' }, before: null, limit: 50 })
  await practice.call('messages.setFlag', { ids: [id], flag: 'flagged', on: round % 2 === 0 })
  await practice.call('messages.view', { id })
}
