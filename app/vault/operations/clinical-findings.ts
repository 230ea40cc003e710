import type { SqlDatabase } from '../database.ts'
import { operation } from '../operation.ts'
import { unpackReadings } from '../readings.ts'
import type { BodyFindings } from './messages.ts'
import { documentsReading, storePatientFindings } from './patient-index.ts'
import { storeResults } from './results.ts'

/** What documents say of a message, in its row and in the indexes; returns the other rows that changed. */
export const storeClinical = (db: SqlDatabase, id: number, found: BodyFindings): number[] => {
  db.prepare(
    `UPDATE messages SET patient = $patient, patient_source = $source, document_label = $documentLabel,
       document_count = $documentCount, alert = $alert WHERE id = $id`,
  ).run({
    id,
    patient: found.patient === null ? null : JSON.stringify(found.patient),
    source: found.patient === null ? null : 'document',
    documentLabel: found.documentLabel,
    documentCount: found.documentCount,
    alert: found.alert === null ? null : JSON.stringify(found.alert),
  })
  storeResults(db, id, found.results ?? [])
  return storePatientFindings(db, id, found.patients ?? { documents: [], addresses: [] })
}

export const clinicalOperations = {
  /** Messages whose documents were read by an earlier program, newest first, and how many there are. */
  'documents.unread': operation((db, params: { limit: number }): { ids: number[]; count: number } => {
    const count = db
      .prepare('SELECT count(*) AS n FROM messages WHERE documents_reading < ? AND body_state = 1')
      .get<{ n: number }>([documentsReading])
    const ids = db
      .prepare(
        `SELECT id FROM messages INDEXED BY messages_documents_unread
         WHERE documents_reading < $reading AND body_state = 1 ORDER BY documents_reading, id DESC LIMIT $limit`,
      )
      .all<{ id: number }>({ reading: documentsReading, limit: params.limit })
    return { ids: ids.map((row) => row.id), count: count?.n ?? 0 }
  }),
  /** Nothing more can be read of these: they are not asked for again. */
  'documents.pass': operation((db, params: { ids: number[] }): void => {
    db.prepare(
      'UPDATE messages SET documents_reading = $reading WHERE id IN (SELECT value FROM json_each($ids))',
    ).run({ ids: JSON.stringify(params.ids), reading: documentsReading })
  }),
  /**
   * What the documents of stored messages say, read again; in the order of the readings, as `packReadings` made them. Of an
   * encrypted message nothing is changed: its documents are noted when it is opened. Returns the rows that changed.
   */
  'documents.store': operation((db, params: { ids: number[]; readings: Uint8Array }): number[] => {
    const readings = unpackReadings(params.readings)
    return params.ids.flatMap((id, index) => {
      const reading = readings[index]
      if (!reading || !db.prepare('SELECT 1 FROM messages WHERE id = ?').get([id])) return []
      if (!reading.findings.encrypted && reading.error === null)
        return [id, ...storeClinical(db, id, reading.findings)]
      db.prepare('UPDATE messages SET documents_reading = $reading WHERE id = $id').run({
        id,
        reading: documentsReading,
      })
      return []
    })
  }),
  /** What the documents of an encrypted message say, once it was opened. Returns the rows that changed. */
  'documents.note': operation((db, params: { id: number; findings: BodyFindings }): number[] =>
    db.prepare('SELECT 1 FROM messages WHERE id = ?').get([params.id])
      ? [params.id, ...storeClinical(db, params.id, params.findings)]
      : [],
  ),
}
