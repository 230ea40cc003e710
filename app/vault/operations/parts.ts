import { operation } from '../operation.ts'

/** Every column that names a part file. What is not here is swept: a new reference goes here first. */
export const referredParts = `SELECT raw_file AS id FROM bodies WHERE raw_file IS NOT NULL
  UNION SELECT mime_file FROM outbox WHERE mime_file IS NOT NULL
  UNION SELECT part_file FROM draft_attachments
  UNION SELECT payload_file FROM filings WHERE payload_file IS NOT NULL
  UNION SELECT json_extract(one.value, '$.partFile') FROM imports, json_each(imports.source, '$.parts') one
    WHERE imports.state IN ('running','failed')`

export const partOperations = {
  /** Registers a part file that is complete on disk. */
  'parts.add': operation((db, params: { id: string; size: number }, context): void => {
    db.prepare('INSERT INTO part_files (id, size, created_at) VALUES ($id, $size, $now)').run({
      id: params.id,
      size: params.size,
      now: context.now(),
    })
  }),
  'parts.remove': operation((db, params: { ids: string[] }): void => {
    const remove = db.prepare('DELETE FROM part_files WHERE id = ?')
    for (const id of params.ids) remove.run([id])
  }),
  /**
   * Forgets the part files nothing refers to any more (a crash came between writing one and using it), but those in
   * `fresh`: written in this run, their row may be on its way. Returns the ids of those to keep: every other file in the
   * folder is a stray.
   */
  'parts.sweep': operation((db, params: { fresh: string[] }): string[] => {
    db.prepare(
      `DELETE FROM part_files WHERE id NOT IN (${referredParts} UNION SELECT value FROM json_each($fresh))`,
    ).run({ fresh: JSON.stringify(params.fresh) })
    return db
      .prepare('SELECT id FROM part_files')
      .all<{ id: string }>()
      .map((row) => row.id)
  }),
}
