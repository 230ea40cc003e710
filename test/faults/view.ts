import { folderNames, type Operator, type Person } from '../operator/index.ts'
import { must } from '../../app/mail/net/failure.ts'
import type { Vault } from '../../app/vault/index.ts'
import { difference, lines, type Mailbox, type Place } from './actions.ts'
import { playground } from './letters.ts'

/** A message of the server, or of the vault. */
export interface Seen {
  uid: number
  subject: string
  place: Place
  /** Marked \Deleted by somebody whose expunge came too late (a move carries the mark along): shown nowhere. */
  deleted: boolean
}

/** The folders of the playground as the server has them. */
export const onServer = async (operator: Operator, who: Person['key']): Promise<Seen[]> => {
  const view = operator.mailbox(who)
  const seen: Seen[] = []
  for (const folder of playground)
    for (const { uid, subject, flags } of await view.list(folder))
      seen.push({
        uid,
        subject,
        place: { folder, seen: flags.includes('\\Seen'), flagged: flags.includes('\\Flagged') },
        deleted: flags.includes('\\Deleted'),
      })
  return seen
}

/** What is wrong in a vault that should have come to rest on the server's truth; '' when nothing is. */
export const unrest = async (
  operator: Operator,
  who: Person['key'],
  vault: Vault,
  wanted: Mailbox | null,
): Promise<string> => {
  const server = await onServer(operator, who)
  const here: Seen[] = []
  let pending = 0
  const folders = must(await vault.run('folders.list', {}))
  for (const { id, path } of folders.filter(({ mailbox }) => mailbox === null)) {
    const uids = must(await vault.run('messages.uids', { folderId: id }))
    const page = { folderId: id, before: null, limit: 10_000, filter: 'all' } as const
    const { rows } = must(await vault.run('messages.page', page))
    if (path === folderNames.sent || playground.some((name) => name === path)) {
      const true_ =
        path === folderNames.sent
          ? (await operator.mailbox(who).list(path)).map(({ uid }) => uid)
          : server.filter(({ place }) => place.folder === path).map(({ uid }) => uid)
      const wrong = difference(true_.map(String), uids.map(String))
      if (wrong !== '') return `UIDs of ${path}: ${wrong}`
      const shown = uids.length - server.filter((one) => one.deleted && one.place.folder === path).length
      if (rows.length !== shown) return `${rows.length} rows for ${shown} messages in ${path}`
    }
    for (const row of rows) {
      if (row.pending) pending++
      if (playground.some((name) => name === path))
        here.push({
          uid: 0,
          deleted: false,
          subject: row.subject,
          place: { folder: path, seen: row.seen, flagged: row.flagged },
        })
    }
  }
  if (pending > 0) return `${pending} actions wait`
  const text = (list: Seen[]): string[] =>
    lines(list.filter(({ deleted }) => !deleted).map(({ subject, place }) => [subject, place] as const))
  const view = difference(text(server), text(here))
  if (view !== '') return `the view is not the server's: ${view}`
  const asked = wanted === null ? '' : difference(lines(wanted), text(server))
  if (asked !== '') return `the server is not as asked: ${asked}`
  const check = must(await vault.run('store.check', {}))
  if (check.bodies !== check.messages) return `${check.bodies} bodies of ${check.messages} messages`
  const { damage, indexMismatches, wrongCounts } = check
  if (damage.length + indexMismatches + wrongCounts.length > 0) return JSON.stringify(check)
  return ''
}
