import type { Correspondent } from '../../contract/index.ts'
import { fold } from '../fold.ts'
import { operation } from '../operation.ts'

/** The last good list, but for its domains. */
interface StoredTrustSpace {
  source: 'server' | 'file'
  /** Milliseconds since 1970. */
  generatedAt: number | null
  fetchedAt: number
  operators: number
  ignored: number
}

interface StoredDomain {
  domain: string
  shown: string
  description: string
  operators: string[]
}

const mostFound = 50

export const trustSpaceOperations = {
  /** Null while no list has come. */
  'trustSpace.load': operation((db): (StoredTrustSpace & { domains: number }) | null => {
    const state = db
      .prepare(
        `SELECT source, generated_at AS generatedAt, fetched_at AS fetchedAt, operators, ignored FROM trust_space`,
      )
      .get<StoredTrustSpace>()
    if (!state) return null
    const count = db.prepare('SELECT count(*) AS count FROM trusted_domains').get<{ count: number }>()
    return { ...state, domains: count?.count ?? 0 }
  }),
  /** Domains after one, in order: a list of many is read part after part. */
  'trustSpace.domains': operation((db, params: { after: string; limit: number }): string[] =>
    db
      .prepare('SELECT domain FROM trusted_domains WHERE domain > $after ORDER BY domain LIMIT $limit')
      .all<{ domain: string }>(params)
      .map(({ domain }) => domain),
  ),
  /** A new list is written aside, part after part, and takes the former's place at once. */
  'trustSpace.begin': operation((db): void => {
    db.exec('DELETE FROM trusted_domains_next')
  }),
  'trustSpace.add': operation((db, params: { domains: StoredDomain[] }): void => {
    const add = db.prepare(
      `INSERT OR REPLACE INTO trusted_domains_next (domain, shown, description, operators, folded)
       VALUES ($domain, $shown, $description, $operators, $folded)`,
    )
    for (const one of params.domains)
      add.run({
        ...one,
        operators: JSON.stringify(one.operators),
        folded: fold(`${one.domain} ${one.shown} ${one.description} ${one.operators.join(' ')}`),
      })
  }),
  'trustSpace.commit': operation((db, params: StoredTrustSpace): void => {
    db.exec('DELETE FROM trusted_domains')
    db.exec('INSERT INTO trusted_domains SELECT * FROM trusted_domains_next')
    db.exec('DELETE FROM trusted_domains_next')
    db.prepare(
      `INSERT OR REPLACE INTO trust_space (id, source, generated_at, fetched_at, operators, ignored)
       VALUES (1, $source, $generatedAt, $fetchedAt, $operators, $ignored)`,
    ).run({ ...params })
  }),
  /** Domains whose name, description or operators hold every word. */
  'trustSpace.search': operation((db, params: { text: string }): StoredDomain[] => {
    const words = fold(params.text)
      .split(/\s+/)
      .filter((word) => word !== '')
      .slice(0, 8)
    const where = words.map((_, index) => `instr(folded, $w${String(index)}) > 0`).join(' AND ')
    return db
      .prepare(
        `SELECT domain, shown, description, operators FROM trusted_domains ${where === '' ? '' : `WHERE ${where}`}
         ORDER BY domain LIMIT ${String(mostFound)}`,
      )
      .all<{ domain: string; shown: string; description: string; operators: string }>(
        Object.fromEntries(words.map((word, index) => [`w${String(index)}`, word])),
      )
      .map((row) => ({ ...row, operators: JSON.parse(row.operators) as string[] }))
  }),
  /** Who one writes with most, by the names they go by. */
  'trustSpace.correspondents': operation((db, params: { limit: number }): Correspondent[] =>
    db
      .prepare('SELECT address, name FROM correspondents ORDER BY sent DESC, received DESC LIMIT $limit')
      .all<Correspondent>(params),
  ),
}
