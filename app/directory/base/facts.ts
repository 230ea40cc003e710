import { z } from 'zod'
import { DirectoryFacets } from '../../contract/index.ts'
import type { SqlDatabase } from '../../vault/index.ts'

const GenerationFact = z.object({
  date: z.number(),
  importedAt: z.number(),
  lines: z.number(),
  deviations: z.number(),
  mailboxes: z.number(),
  persons: z.number(),
  gone: z.number(),
  added: z.number(),
  removed: z.number(),
  kept: z.number().default(0),
  source: z.string(),
})

/** What the base says of itself. */
const schemas = {
  generation: GenerationFact,
  facets: DirectoryFacets,
  /** Up to when changes came from the API; milliseconds since 1970. */
  deltaAt: z.number(),
}
type FactName = keyof typeof schemas
type Facts = { [N in FactName]: z.infer<(typeof schemas)[N]> | null }

const fact = <N extends FactName>(db: SqlDatabase, name: N): Facts[N] => {
  const row = db.prepare('SELECT value FROM facts WHERE name = ?').get<{ value: string }>([name])
  // Written by `setFact` of this very name.
  return row ? (schemas[name].parse(JSON.parse(row.value)) as Facts[N]) : null
}

export const factsOf = (db: SqlDatabase): Facts => ({
  generation: fact(db, 'generation'),
  facets: fact(db, 'facets'),
  deltaAt: fact(db, 'deltaAt'),
})

export const setFact = <N extends FactName>(db: SqlDatabase, name: N, value: NonNullable<Facts[N]>): void => {
  db.prepare('INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)').run([name, JSON.stringify(value)])
}
