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
  /** What the documents of an encrypted message say, read from its opened content. Returns the rows that changed. */
  'documents.noteOpened': operation((db, params: { id: number; readings: Uint8Array }): number[] => {
    const [reading] = unpackReadings(params.readings)
    if (
      !reading ||
      reading.error !== null ||
      !db.prepare('SELECT 1 FROM messages WHERE id = ?').get([params.id])
    )
      return []
    return [params.id, ...storeClinical(db, params.id, reading.findings)]
  }),
  /** Encrypted messages whose documents were noted when they were opened. */
  'documents.opened': operation((db, params: { limit: number }): number[] =>
    db
      .prepare(
        `SELECT DISTINCT m.id FROM message_documents d JOIN messages m ON m.id = d.message_id
         WHERE m.encrypted = 1 LIMIT $limit`,
      )
      .all<{ id: number }>(params)
      .map((row) => row.id),
  ),
  /** Takes what documents said of messages out of rows and indexes; they are read again where they can be. Returns the rows that changed. */
  'documents.forget': operation((db, params: { ids: number[] }): number[] =>
    params.ids.flatMap((id) => {
      const others = storeClinical(db, id, {
        ...{ preview: '', hasAttachments: false, signed: false, encrypted: false, report: null },
        ...{ patient: null, documentLabel: null, documentCount: 0, alert: null },
      })
      db.prepare('UPDATE messages SET documents_reading = 0 WHERE id = ?').run([id])
      return [id, ...others]
    }),
  ),
}
