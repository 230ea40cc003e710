import { operation } from '../operation.ts'

export const metaOperations = {
  /** A small value that belongs to this profile and must stay encrypted (preferences of the window do not). */
  'meta.get': operation(
    (db, params: { name: string }): string | null =>
      db.prepare('SELECT value FROM meta WHERE name = ?').get<{ value: string }>([params.name])?.value ??
      null,
  ),
  'meta.set': operation((db, params: { name: string; value: string }): void => {
    db.prepare('INSERT OR REPLACE INTO meta (name, value) VALUES ($name, $value)').run(params)
  }),
}
