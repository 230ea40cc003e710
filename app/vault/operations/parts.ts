import { operation } from '../operation.ts'

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
   * Forgets the part files nothing refers to any more (a crash came between writing one and using it) and returns the
   * ids of those to keep: every other file in the folder is a stray.
   */
  'parts.sweep': operation((db): string[] => {
    db.prepare(
      `DELETE FROM part_files WHERE id NOT IN (
         SELECT raw_file FROM bodies WHERE raw_file IS NOT NULL
         UNION SELECT mime_file FROM outbox WHERE mime_file IS NOT NULL
         UNION SELECT part_file FROM draft_attachments)`,
    ).run()
    return db
      .prepare('SELECT id FROM part_files')
      .all<{ id: string }>()
      .map((row) => row.id)
  }),
}
