import type { SearchScope } from '../../contract/index.ts'
import type { SqlDatabase } from '../database.ts'
import { fold } from '../fold.ts'
import { matchWords } from './match.ts'
import type { FolderCondition, SearchQuery, StateCondition } from './query.ts'
import { wordsOf } from './words.ts'

const idsPerSecond = 1_048_576

/** How each state is looked up for one message found by its words: a partial index that holds little else. */
const stateIndexes = {
  unread: 'INDEXED BY messages_unread_everywhere WHERE flags & 1 = 0',
  flagged: 'INDEXED BY messages_flagged WHERE flags & 2 = 2',
  attachment: 'INDEXED BY messages_with_attachments WHERE has_attachments = 1',
} as const

const stateColumns = {
  unread: 'flags & 1 = 0',
  flagged: 'flags & 2 = 2',
  attachment: 'has_attachments = 1',
} as const

/** Names a folder is also known by, folded, by its role. */
const roleNames: Readonly<Record<string, readonly string[]>> = {
  inbox: ['inbox', 'reception', 'boite de reception', 'recus'],
  sent: ['sent', 'envoyes', 'envoye', 'messages envoyes'],
  drafts: ['drafts', 'brouillons', 'brouillon'],
  archive: ['archive', 'archives'],
  junk: ['junk', 'spam', 'indesirables', 'courrier indesirable'],
  trash: ['trash', 'corbeille', 'poubelle', 'elements supprimes'],
}

interface FolderRow {
  id: number
  account_id: number
  name: string
  path: string
  role: string
}

const named = (folder: FolderRow, name: string): boolean => {
  const own = [folder.name, folder.path].map((one) => wordsOf(fold(one)).join(' '))
  return [...own, ...(roleNames[folder.role] ?? [])].some((one) => one === name || one.startsWith(name))
}

/** Folders a search is in, or null for all of them. */
const foldersOf = (
  db: SqlDatabase,
  scope: SearchScope,
  conditions: readonly FolderCondition[],
): number[] | null => {
  if (scope.kind === 'folder' && conditions.length === 0) return [scope.folderId]
  if (scope.kind === 'all' && conditions.length === 0) return null
  const all = db.prepare('SELECT id, account_id, name, path, role FROM folders').all<FolderRow>()
  const inScope = all.filter((folder) =>
    scope.kind === 'folder'
      ? folder.id === scope.folderId
      : scope.kind === 'all' || folder.account_id === scope.accountId,
  )
  const wanted = conditions.filter((one) => !one.negated)
  const unwanted = conditions.filter((one) => one.negated)
  const left = inScope.filter(
    (folder) =>
      (wanted.length === 0 || wanted.some((one) => named(folder, one.name))) &&
      !unwanted.some((one) => named(folder, one.name)),
  )
  return left.length === all.length ? null : left.map((folder) => folder.id)
}

/** One statement for each combination of what is asked, so that SQLite keeps them compiled. */
export const searchSql = (shape: {
  wanted: boolean
  unwanted: boolean
  folders: 'all' | 'one' | 'several'
  states: readonly StateCondition[]
}): string => {
  const conditions: string[] = []
  if (shape.wanted) {
    if (shape.folders !== 'all')
      conditions.push(`EXISTS (SELECT 1 FROM messages INDEXED BY messages_by_folder
        WHERE folder_id ${shape.folders === 'one' ? '= $folder' : 'IN (SELECT value FROM json_each($folders))'} AND id = search.rowid)`)
    for (const { kind, negated } of shape.states)
      conditions.push(
        `${negated ? 'NOT ' : ''}EXISTS (SELECT 1 FROM messages ${stateIndexes[kind]} AND id = search.rowid)`,
      )
    // FTS5 walks its postings backwards: nothing is sorted, and it stops at the limit.
    return `SELECT rowid AS id FROM search WHERE search MATCH $match AND rowid < $before AND rowid >= $from
      ${conditions.map((one) => `AND ${one}`).join(' ')} ORDER BY rowid DESC LIMIT $limit`
  }
  if (shape.folders === 'one') conditions.push('folder_id = $folder')
  if (shape.folders === 'several') conditions.push('folder_id IN (SELECT value FROM json_each($folders))')
  for (const { kind, negated } of shape.states)
    conditions.push(negated ? `NOT (${stateColumns[kind]})` : stateColumns[kind])
  if (shape.unwanted) conditions.push('id NOT IN (SELECT rowid FROM search WHERE search MATCH $match)')
  // The rarest state leads, else the folder, else the messages themselves; all of them are in the order of ids.
  const positive = new Set(shape.states.filter((one) => !one.negated).map((one) => one.kind))
  const led = positive.has('flagged')
    ? 'INDEXED BY messages_flagged'
    : positive.has('unread')
      ? 'INDEXED BY messages_unread_everywhere'
      : shape.folders === 'one'
        ? 'INDEXED BY messages_by_folder'
        : positive.has('attachment')
          ? 'INDEXED BY messages_with_attachments'
          : 'NOT INDEXED'
  return `SELECT id FROM messages ${led} WHERE id < $before AND id >= $from AND flags & 16 = 0
    ${conditions.map((one) => `AND ${one}`).join(' ')} ORDER BY id DESC LIMIT $limit`
}

/** A state asked and denied at once, or asked twice, is one condition or none that can hold. */
const distinctStates = (states: readonly StateCondition[]): StateCondition[] | null => {
  const kept = new Map<StateCondition['kind'], StateCondition>()
  for (const state of states) {
    const known = kept.get(state.kind)
    if (known && known.negated !== state.negated) return null
    kept.set(state.kind, state)
  }
  return [...kept.values()].toSorted((a, b) => a.kind.localeCompare(b.kind))
}

/** Ids of the newest messages a query finds, older than `before`; one more than asked tells that there are more. */
export const selectFound = (
  db: SqlDatabase,
  query: SearchQuery,
  page: { scope: SearchScope; before: number | null; limit: number; unreadOnly?: boolean },
): { ids: number[]; more: boolean } => {
  const nothing = { ids: [], more: false }
  const match = matchWords(db, query.words)
  const asked = page.unreadOnly
    ? [...query.states, { kind: 'unread' as const, negated: false }]
    : query.states
  const states = distinctStates(asked)
  const bounded = query.from !== null || query.until !== null
  if (match === null && asked.length === 0 && query.folders.length === 0 && !bounded) return nothing
  if (states === null) return nothing
  const folders = foldersOf(db, page.scope, query.folders)
  if (folders?.length === 0) return nothing
  const shape = folders === null ? 'all' : folders.length === 1 ? 'one' : 'several'
  const until = query.until === null ? Number.MAX_SAFE_INTEGER : Math.ceil(query.until / 1000) * idsPerSecond
  const from = query.from === null ? 0 : Math.max(0, Math.ceil(query.from / 1000) * idsPerSecond)
  const wanted = match?.positive === true
  const statement = db.prepare(
    searchSql({ wanted, unwanted: match !== null && !wanted, folders: shape, states }),
  )
  const run = (text: string | null): { id: number }[] =>
    statement.all<{ id: number }>({
      ...(text === null ? {} : { match: text }),
      ...(shape === 'one' ? { folder: folders?.[0] ?? 0 } : {}),
      ...(shape === 'several' ? { folders: JSON.stringify(folders) } : {}),
      before: Math.max(0, Math.min(page.before ?? Number.MAX_SAFE_INTEGER, until)),
      from,
      limit: page.limit + 1,
    })
  let rows = run(match?.newest ?? null)
  if (match && match.newest !== match.everything) {
    // What the words of older messages would find is older than the last one found, or they are tried too.
    const oldest = rows.length > page.limit ? (rows.at(-1)?.id ?? from) : from
    const needed = match.since(oldest)
    if (needed !== match.newest) rows = run(needed)
  }
  return { ids: rows.slice(0, page.limit).map((row) => row.id), more: rows.length > page.limit }
}
