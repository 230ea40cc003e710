import type { RecordTarget, TargetPlace } from '../../contract/index.ts'
import type { SqlDatabase } from '../database.ts'
import { operation } from '../operation.ts'

/** A target with what its connection needs; the key stays in the core. */
export interface StoredTarget extends RecordTarget {
  /** PEM. */
  clientChain: string | null
  clientKey: string | null
  managedName: string | null
}

interface Row {
  id: number
  name: string
  place: string
  managed: string | null
  client_chain: string | null
  client_key: string | null
  client_subject: string | null
  client_expires: number | null
  preferred: number
}

const target = (row: Row): StoredTarget => ({
  id: row.id,
  name: row.name,
  place: JSON.parse(row.place) as TargetPlace,
  managed: row.managed !== null,
  managedName: row.managed,
  client:
    row.client_subject === null || row.client_expires === null
      ? null
      : { subject: row.client_subject, notAfter: new Date(row.client_expires).toISOString() },
  clientChain: row.client_chain,
  clientKey: row.client_key,
  preferred: row.preferred === 1,
})

const selectTargets = (db: SqlDatabase): StoredTarget[] =>
  db.prepare('SELECT * FROM record_targets WHERE removed_at IS NULL ORDER BY id').all<Row>().map(target)

const preferOnly = (db: SqlDatabase, id: number): void => {
  db.prepare('UPDATE record_targets SET preferred = (id = ?)').run([id])
}

export const recordTargetOperations = {
  'targets.list': operation((db): StoredTarget[] => selectTargets(db)),
  /** Adds or changes one; its id. `client` left out keeps the certificate. */
  'targets.save': operation(
    (
      db,
      params: {
        id: number | null
        name: string
        place: TargetPlace
        preferred: boolean
        client?: { chain: string; key: string; subject: string; expires: number } | null
      },
    ): number => {
      const place = JSON.stringify(params.place)
      const id =
        params.id ??
        Number(
          db
            .prepare('INSERT INTO record_targets (name, place) VALUES ($name, $place)')
            .run({ name: params.name, place }).lastInsertRowid,
        )
      db.prepare('UPDATE record_targets SET name = $name, place = $place WHERE id = $id').run({
        id,
        name: params.name,
        place,
      })
      if (params.client !== undefined)
        db.prepare(
          `UPDATE record_targets SET client_chain = $chain, client_key = $key, client_subject = $subject,
             client_expires = $expires WHERE id = $id`,
        ).run({ id, ...(params.client ?? { chain: null, key: null, subject: null, expires: null }) })
      const others = selectTargets(db).filter((one) => one.id !== id)
      if (params.preferred || !others.some((one) => one.preferred)) preferOnly(db, id)
      return id
    },
  ),
  /** Makes the managed targets those of the policy; what it no longer names is gone. */
  'targets.manage': operation(
    (db, params: { targets: { name: string; place: TargetPlace }[] }, context): void => {
      const names = params.targets.map((one) => one.name)
      db.prepare(
        `UPDATE record_targets SET removed_at = $now, managed = NULL
         WHERE managed IS NOT NULL AND managed NOT IN (SELECT value FROM json_each($names))`,
      ).run({ now: context.now(), names: JSON.stringify(names) })
      for (const one of params.targets)
        db.prepare(
          `INSERT INTO record_targets (name, place, managed) VALUES ($name, $place, $name)
           ON CONFLICT (managed) DO UPDATE SET place = $place, name = $name`,
        ).run({ name: one.name, place: JSON.stringify(one.place) })
      const all = selectTargets(db)
      const [first] = all
      if (first && !all.some((one) => one.preferred)) preferOnly(db, first.id)
    },
  ),
  /** False while something waits for it. */
  'targets.remove': operation((db, params: { id: number }, context): boolean => {
    const busy = db
      .prepare(
        `SELECT 1 AS busy FROM filings WHERE target_id = ? AND state IN ('waiting','sending','unknown','withdrawing') LIMIT 1`,
      )
      .get<{ busy: number }>([params.id])
    if (busy) return false
    db.prepare(
      `UPDATE record_targets SET removed_at = $now, client_chain = NULL, client_key = NULL, preferred = 0 WHERE id = $id`,
    ).run({ id: params.id, now: context.now() })
    const [first] = selectTargets(db)
    if (first && !selectTargets(db).some((one) => one.preferred)) preferOnly(db, first.id)
    return true
  }),
}
