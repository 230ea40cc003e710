import type { ImapFlow } from 'imapflow'
import { expect, it } from 'vitest'
import { ok } from '../../contract/errors.ts'
import type { Vault } from '../../vault/index.ts'
import { fileSent } from './filing.ts'

/** One message at the outbox, in a mailbox whose Sent folder has its copy already or has not. */
const mailbox = (state: 'accepted' | 'unknown', there: boolean, appends = true) => {
  const told = { appended: [] as string[], settled: [] as unknown[] }
  const item = { id: 1, messageId: '<a@essai.test>', state, filedAt: null, nextAttemptAt: null, queuedAt: 0 }
  const run = (name: string, params: Record<string, unknown>) => {
    if (name === 'outbox.next') return Promise.resolve(ok(params['state'] === state ? item : null))
    if (name === 'outbox.mime')
      return Promise.resolve(ok({ mime: Buffer.from('Subject: a\r\n\r\n'), mimeFile: null }))
    told.settled.push(params['state'])
    return Promise.resolve(ok({ ids: [], files: [] }))
  }
  const client = {
    ...{ usable: true, mailbox: false, noop: () => Promise.resolve() },
    getMailboxLock: () => Promise.resolve({ release: () => undefined }),
    search: ({ header }: { header: Record<string, string> }) =>
      Promise.resolve(there && header['message-id'] === item.messageId ? [7] : []),
    append: (path: string) => Promise.resolve(appends && told.appended.push(path) > 0),
  } as unknown as ImapFlow
  const deps = {
    ...{ vault: { run } as unknown as Vault, accountId: 1, looks: [0] },
    onChange: () => Promise.resolve(),
  }
  return { told, file: () => fileSent(deps, client, 'Sent') }
}

it('SENT-COPY: an accepted message is put into Sent once, and not where the server has filed it itself', async () => {
  const alone = mailbox('accepted', false)
  expect(await alone.file()).toBe(true)
  expect(alone.told).toEqual({ appended: ['Sent'], settled: ['filed'] })
  const filed = mailbox('accepted', true)
  expect(await filed.file()).toBe(true)
  expect(filed.told).toEqual({ appended: [], settled: ['filed'] })
})

it('SENT-COPY: a message whose copy the server does not take stays accepted, and is tried again', async () => {
  const refused = mailbox('accepted', false, false)
  await expect(refused.file()).rejects.toThrow()
  expect(refused.told.settled).toEqual([])
})

it('SENT-COPY: a message of unknown outcome is sent by nobody again where its copy is there; else the user is asked', async () => {
  const left = mailbox('unknown', true)
  expect(await left.file()).toBe(true)
  expect(left.told).toEqual({ appended: [], settled: ['filed'] })
  const doubtful = mailbox('unknown', false)
  expect(await doubtful.file()).toBe(true)
  expect(doubtful.told).toEqual({ appended: [], settled: ['unknown'] })
})
