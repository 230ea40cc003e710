import { must } from '../../app/mail/net/failure.ts'
import type { Vault } from '../../app/vault/index.ts'
import { folderNames, type Operator, type Person } from '../operator/index.ts'
import { difference, lines, type Mailbox, type Place } from './actions.ts'
import { playground } from './letters.ts'
import { readServer } from './server-truth.ts'

interface Row {
  subject: string
  place: Place
}

/** What is wrong in a vault that should have come to rest on the server's truth; '' when nothing is. */
export const unrest = async (
  operator: Operator,
  who: Person,
  vault: Vault,
  wanted: Mailbox | null,
): Promise<string> => {
  const here: { path: string; uids: number[]; rows: Row[] }[] = []
  const folders = must(await vault.run('folders.list', {}))
  for (const { id, path } of folders.filter(({ mailbox }) => mailbox === null)) {
    const uids = must(await vault.run('messages.uids', { folderId: id }))
    const page = { folderId: id, before: null, limit: 10_000, filter: 'all' } as const
    const { rows } = must(await vault.run('messages.page', page))
    const pending = rows.filter((row) => row.pending).length
    if (pending > 0) return `${pending} actions wait`
    const placed = rows.map(({ subject, seen, flagged }) => ({
      subject,
      place: { folder: path, seen, flagged },
    }))
    here.push({ path, uids, rows: placed })
  }
  const waiting = must(await vault.run('store.check', {}))
  if (waiting.bodies !== waiting.messages) return `${waiting.bodies} bodies of ${waiting.messages} messages`
  const { messages, sent } = await readServer(operator, who)
  for (const { path, uids, rows } of here) {
    if (path !== folderNames.sent && !playground.includes(path)) continue
    const there = messages.filter(({ place }) => place.folder === path)
    const wrong = difference(
      (path === folderNames.sent ? sent : there).map(({ uid }) => String(uid)),
      uids.map(String),
    )
    if (wrong !== '') return `UIDs of ${path}: ${wrong}`
    const shown = uids.length - there.filter(({ deleted }) => deleted).length
    if (rows.length !== shown) return `${rows.length} rows for ${shown} messages in ${path}`
  }
  const text = (list: readonly Row[]): string[] =>
    lines(list.map(({ subject, place }) => [subject, place] as const))
  const server = text(messages.filter(({ deleted }) => !deleted))
  const shown = here.filter(({ path }) => playground.includes(path)).flatMap(({ rows }) => rows)
  const view = difference(server, text(shown))
  if (view !== '') return `the view is not the server's: ${view}`
  // Reports that servers send by themselves nobody asked for.
  const letters = text(messages.filter((one) => !one.deleted && one.subject.startsWith('Lettre ')))
  const asked = wanted === null ? '' : difference(lines(wanted), letters)
  if (asked !== '') return `the server is not as asked: ${asked}`
  const check = must(await vault.run('store.check', {}))
  const { damage, indexMismatches, wrongCounts } = check
  if (damage.length + indexMismatches + wrongCounts.length > 0) return JSON.stringify(check)
  return ''
}
