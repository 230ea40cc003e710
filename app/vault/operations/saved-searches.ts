import { SearchScope, type SavedSearch } from '../../contract/index.ts'
import type { SqlDatabase } from '../database.ts'
import { operation } from '../operation.ts'
import { parseQuery } from '../search/query.ts'
import { selectFound } from '../search/select.ts'

/** Unread messages of a saved search are counted up to this many, and for this long over all of them. */
const mostUnread = 100
const countTime = 60

interface SavedRow {
  id: number
  name: string
  text: string
  scope: string
}

const list = (db: SqlDatabase, now: number): SavedSearch[] => {
  const begun = performance.now()
  return db
    .prepare('SELECT id, name, text, scope FROM saved_searches ORDER BY position, id')
    .all<SavedRow>()
    .map((row) => {
      const scope = SearchScope.parse(JSON.parse(row.scope))
      const late = performance.now() - begun > countTime
      const page = { scope, before: null, limit: mostUnread, unreadOnly: true }
      const unread = late ? null : selectFound(db, parseQuery(row.text, now), page).ids.length
      return { id: row.id, name: row.name, text: row.text, scope, unread }
    })
}

export const savedSearchOperations = {
  'searches.list': operation((db, _params: Record<string, never>, context): SavedSearch[] =>
    list(db, context.now()),
  ),
  /** Keeps a search at the end of the list; its id. */
  'searches.save': operation((db, params: { name: string; text: string; scope: SearchScope }): number =>
    Number(
      db
        .prepare(
          `INSERT INTO saved_searches (name, text, scope, position)
           VALUES ($name, $text, $scope, (SELECT ifnull(max(position), 0) + 1 FROM saved_searches))`,
        )
        .run({ name: params.name, text: params.text, scope: JSON.stringify(params.scope) }).lastInsertRowid,
    ),
  ),
  /** False when there is none of this id. */
  'searches.rename': operation(
    (db, params: { id: number; name: string }): boolean =>
      db.prepare('UPDATE saved_searches SET name = $name WHERE id = $id').run(params).changes > 0,
  ),
  'searches.delete': operation(
    (db, params: { id: number }): boolean =>
      db.prepare('DELETE FROM saved_searches WHERE id = ?').run([params.id]).changes > 0,
  ),
  'searches.reorder': operation((db, params: { ids: number[] }): void => {
    const others = db
      .prepare('SELECT id FROM saved_searches ORDER BY position, id')
      .all<{ id: number }>()
      .map((row) => row.id)
      .filter((id) => !params.ids.includes(id))
    for (const [position, id] of [...params.ids, ...others].entries())
      db.prepare('UPDATE saved_searches SET position = $position WHERE id = $id').run({ id, position })
  }),
}
