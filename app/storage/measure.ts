import { ok, type AccountSize, type Outcome } from '../contract/index.ts'
import type { FolderSize, Vault } from '../vault/index.ts'
import { walkSlices } from './slices.ts'

/** Rows and index blocks looked at in one go: some milliseconds of the store each. */
const messagesAtATime = 2000
const blocksAtATime = 500

/** Sizes by mailbox; months of rules are added by whoever shows them. */
export interface Measured {
  accounts: Omit<AccountSize, 'months'>[]
  index: number
}

const emptySize = { messages: 0, bodies: 0, bodyBytes: 0, attachmentBytes: 0 }

/** Adds up what each mailbox holds, in slices between which everything else goes first. */
export const measure = async (vault: Vault): Promise<Outcome<Measured>> => {
  const accounts = new Map<number, Omit<AccountSize, 'months'>>()
  const add = (row: FolderSize): void => {
    const { accountId, folderId } = row
    const account = accounts.get(accountId) ?? { accountId, ...emptySize, indexBytes: 0, folders: [] }
    accounts.set(accountId, account)
    let folder = account.folders.find((one) => one.folderId === folderId)
    if (!folder) {
      folder = { folderId, ...emptySize }
      account.folders.push(folder)
    }
    for (const size of [account, folder]) {
      size.messages += row.messages
      size.bodies += row.bodies
      size.bodyBytes += row.bodyBytes
      size.attachmentBytes += row.attachmentBytes
    }
  }
  const walked = await walkSlices(
    (after) => vault.run('storage.sizes', { after, limit: messagesAtATime }),
    (slice) => slice.folders.forEach(add),
  )
  if (!walked.ok) return walked
  let index = 0
  const weighed = await walkSlices(
    (after) => vault.run('storage.indexSize', { after, limit: blocksAtATime }),
    (slice) => {
      index += slice.bytes
    },
  )
  if (!weighed.ok) return weighed
  const all = [...accounts.values()]
  const total = all.reduce((sum, account) => sum + account.messages, 0)
  for (const account of all) {
    account.indexBytes = total === 0 ? 0 : Math.round((index * account.messages) / total)
  }
  return ok({ accounts: all, index })
}
