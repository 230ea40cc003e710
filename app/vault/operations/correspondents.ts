import type { Correspondent } from '../../contract/index.ts'
import type { SqlDatabase } from '../database.ts'
import { fold } from '../fold.ts'
import { operation } from '../operation.ts'

/** Remembers that mail came from, or went to, these addresses at a time (milliseconds). */
export const noteCorrespondents = (
  db: SqlDatabase,
  direction: 'received' | 'sent',
  list: readonly Correspondent[],
  at: number,
): void => {
  for (const { name, address } of list) {
    if (address === '') continue
    const key = address.toLowerCase()
    db.prepare(
      `INSERT INTO correspondents (address, name, folded, received, sent, last_at)
       VALUES ($address, $name, $folded, $received, $sent, $at)
       ON CONFLICT (address) DO UPDATE SET
         received = received + excluded.received, sent = sent + excluded.sent,
         name = iif(excluded.name <> '' AND excluded.last_at >= last_at, excluded.name, name),
         folded = iif(excluded.name <> '' AND excluded.last_at >= last_at, excluded.folded, folded),
         last_at = max(last_at, excluded.last_at)`,
    ).run({
      address: key,
      name,
      folded: `${fold(name)} ${key}`,
      received: direction === 'received' ? 1 : 0,
      sent: direction === 'sent' ? 1 : 0,
      at,
    })
  }
}

export const correspondentOperations = {
  /** Addresses whose name or address holds a word beginning with each word typed, most used first. */
  'correspondents.suggest': operation((db, params: { text: string; limit: number }): Correspondent[] => {
    const words = fold(params.text)
      .split(/\s+/)
      .filter((word) => word !== '')
    const rows = db
      .prepare(
        'SELECT address, name, folded FROM correspondents ORDER BY sent DESC, received DESC, last_at DESC',
      )
      .all<{ address: string; name: string; folded: string }>()
    return rows
      .filter((row) => words.every((word) => row.folded.startsWith(word) || row.folded.includes(` ${word}`)))
      .slice(0, params.limit)
      .map(({ name, address }) => ({ name, address }))
  }),
}
