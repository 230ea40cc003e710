import { imapClient } from '../operator/clients.ts'
import { folderNames, type Operator, type Person } from '../operator/index.ts'
import type { Place } from './actions.ts'
import { playground } from './letters.ts'

/** What a server has, read over one connection. */
export interface ServerTruth {
  /** The folders of the playground. */
  messages: { uid: number; subject: string; place: Place; deleted: boolean }[]
  sent: { uid: number; subject: string; messageId: string }[]
}

export const readServer = async (operator: Operator, who: Person): Promise<ServerTruth> => {
  const client = await imapClient(operator, { user: who.address, pass: who.password })
  const truth: ServerTruth = { messages: [], sent: [] }
  try {
    for (const folder of [...playground, folderNames.sent]) {
      const opened = await client.mailboxOpen(folder, { readOnly: true })
      if (opened.exists === 0) continue
      const all = await client.fetchAll('1:*', { uid: true, flags: true, envelope: true })
      for (const { uid, flags, envelope } of all) {
        const subject = envelope?.subject ?? ''
        const has = (flag: string): boolean => flags?.has(flag) === true
        if (folder === folderNames.sent)
          truth.sent.push({ uid, subject, messageId: envelope?.messageId ?? '' })
        else
          truth.messages.push({
            uid,
            subject,
            place: { folder, seen: has('\\Seen'), flagged: has('\\Flagged') },
            deleted: has('\\Deleted'),
          })
      }
    }
  } finally {
    client.close()
  }
  return truth
}
