import { fold } from '../fold.ts'
import { operation } from '../operation.ts'

export interface Favourite {
  address: string
  name: string
}
export interface StoredList {
  id: number
  name: string
  members: { name: string; address: string }[]
}

export const favouriteOperations = {
  'favourites.list': operation((db): Favourite[] =>
    db
      .prepare('SELECT address, name FROM favourites ORDER BY added_at')
      .all<Favourite>()
      .map((row) => ({ ...row })),
  ),
  /** Addresses are kept in lower case. */
  'favourites.set': operation((db, params: { address: string; name: string; on: boolean }, context): void => {
    const address = params.address.toLowerCase()
    if (!params.on) {
      db.prepare('DELETE FROM favourites WHERE address = ?').run([address])
      return
    }
    db.prepare(
      `INSERT INTO favourites (address, name, added_at) VALUES (?, ?, ?)
         ON CONFLICT (address) DO UPDATE SET name = excluded.name`,
    ).run([address, params.name, context.now()])
  }),
  'preferred.list': operation((db): { nationalId: string; address: string }[] =>
    db
      .prepare('SELECT national_id AS nationalId, address FROM preferred_addresses')
      .all<{ nationalId: string; address: string }>()
      .map((row) => ({ ...row })),
  ),
  'preferred.set': operation((db, params: { nationalId: string; address: string | null }): void => {
    if (params.address === null)
      db.prepare('DELETE FROM preferred_addresses WHERE national_id = ?').run([params.nationalId])
    else
      db.prepare('INSERT OR REPLACE INTO preferred_addresses (national_id, address) VALUES (?, ?)').run([
        params.nationalId,
        params.address.toLowerCase(),
      ])
  }),
  'lists.all': operation((db): StoredList[] => {
    const members = db.prepare(
      'SELECT name, address FROM distribution_members WHERE list_id = ? ORDER BY position',
    )
    return db
      .prepare('SELECT id, name FROM distribution_lists ORDER BY folded')
      .all<{ id: number; name: string }>()
      .map(({ id, name }) => ({
        id,
        name,
        members: members.all<{ name: string; address: string }>([id]).map((row) => ({ ...row })),
      }))
  }),
  /** Creates a list (id null) or replaces one; null when another has this name or it is not there. */
  'lists.save': operation(
    (
      db,
      params: { id: number | null; name: string; members: readonly { name: string; address: string }[] },
    ): number | null => {
      const folded = fold(params.name)
      const same = db
        .prepare('SELECT id FROM distribution_lists WHERE folded = ?')
        .get<{ id: number }>([folded])
      if (same && same.id !== params.id) return null
      let { id } = params
      if (id === null)
        id = db
          .prepare('INSERT INTO distribution_lists (name, folded) VALUES (?, ?)')
          .run([params.name, folded]).lastInsertRowid
      else {
        const { changes } = db
          .prepare('UPDATE distribution_lists SET name = ?, folded = ? WHERE id = ?')
          .run([params.name, folded, id])
        if (changes === 0) return null
        db.prepare('DELETE FROM distribution_members WHERE list_id = ?').run([id])
      }
      const insert = db.prepare(
        'INSERT INTO distribution_members (list_id, position, name, address) VALUES (?, ?, ?, ?)',
      )
      for (const [position, { name, address }] of params.members.entries())
        insert.run([id, position, name, address])
      return id
    },
  ),
  'lists.delete': operation((db, params: { id: number }): void => {
    db.prepare('DELETE FROM distribution_lists WHERE id = ?').run([params.id])
  }),
}
