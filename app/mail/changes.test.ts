import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { ok, type MailDelta } from '../contract/index.ts'
import type { Vault } from '../vault/index.ts'
import { createAnnounce } from './changes.ts'

it('never tells older counts of a folder after newer ones, whatever another step tells meanwhile', async () => {
  // One thing at a time, in the order asked, as the store answers.
  let unread = 1
  let last: Promise<unknown> = Promise.resolve()
  const queued = <T>(work: () => T): Promise<T> => {
    const done = last.then(() => turn()).then(work)
    last = done
    return done
  }
  const vault = {
    run: (name: string) => queued(() => ok(name === 'folders.byIds' ? [{ id: 1, unread }] : [{ id: 7 }])),
  } as unknown as Vault
  const told: MailDelta[] = []
  const announce = createAnnounce(vault, (delta) => told.push(delta))
  const message = announce({ ids: [7], folderIds: [1] })
  const marked = queued(() => {
    unread = 0
  })
  await Promise.all([message, marked, announce({ folderIds: [1] })])
  expect(told.flatMap(({ folders }) => folders.map((folder) => folder.unread))).toEqual([1, 0])
})
