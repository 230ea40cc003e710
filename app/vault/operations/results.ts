import type { SqlDatabase } from '../database.ts'
import { operation } from '../operation.ts'

/** A laboratory result found in a message, with the keys it is found by (app/mssante/results). */
export interface FoundResult {
  ins: string | null
  traits: string | null
  sex: 'M' | 'F' | null
  analyte: string
  documentId: string
  setId: string | null
  version: number | null
  documentLabel: string
  organisation: string | null
  label: string
  loinc: string | null
  value: string
  unit: string | null
  number: number | null
  referenceRange: string | null
  referenceLow: number | null
  referenceHigh: number | null
  interpretation: string | null
  date: string | null
}

/** One as it is read back; `matched` says by which key of the patient. */
export type KeptResult = Omit<FoundResult, 'ins' | 'traits' | 'sex' | 'documentId' | 'setId' | 'version'> & {
  messageId: number
  matched: 'ins' | 'traits'
}

/** The results of a body replace those that were there. */
export const storeResults = (db: SqlDatabase, messageId: number, results: readonly FoundResult[]): void => {
  db.prepare('DELETE FROM lab_results WHERE message_id = ?').run([messageId])
  const insert = db.prepare(
    `INSERT INTO lab_results (message_id, position, ins, traits, sex, analyte, document_id, set_id, version, document_label,
       organisation, label, loinc, value, unit, number, reference_range, reference_low, reference_high, interpretation, date)
     VALUES ($messageId, $position, $ins, $traits, $sex, $analyte, $documentId, $setId, $version, $documentLabel,
       $organisation, $label, $loinc, $value, $unit, $number, $referenceRange, $referenceLow, $referenceHigh,
       $interpretation, $date)`,
  )
  for (const [position, result] of results.entries()) insert.run({ messageId, position, ...result })
}

type Row = KeptResult & { ins: string | null }

/** Of those who read these results, what they may count on: not what was thrown away or came as junk. */
const readable = `m.id = r.message_id JOIN folders f ON f.id = m.folder_id AND f.role NOT IN ('junk', 'trash')`

export const resultOperations = {
  /**
   * Results of a patient over all messages, at most `limit`, newest messages first: by INS, and by traits those without
   * INS (all of these traits when the patient has none) as long as the traits belong to one INS at most. `analytes` null
   * is all. Of a document's versions only the last counts; the document `except` and its versions are left out.
   */
  'results.history': operation(
    (
      db,
      params: {
        ins: string | null
        traits: string | null
        sex: 'M' | 'F' | null
        analytes: string[] | null
        except: { documentId: string; setId: string | null } | null
        limit: number
      },
    ): KeptResult[] => {
      const { ins, traits, sex, analytes, except, limit } = params
      const others =
        traits === null
          ? []
          : db
              .prepare(
                'SELECT DISTINCT ins FROM lab_results WHERE traits = $traits AND ins IS NOT NULL AND ins IS NOT $ins LIMIT 2',
              )
              .all<{ ins: string }>({ traits, ins })
      // Two people of the same name, sex and birth date: traits alone decide nothing.
      const byTraits = traits !== null && others.length <= (ins === null ? 1 : 0)
      const rows = db
        .prepare(
          `SELECT r.message_id AS messageId, r.ins, r.analyte, r.document_label AS documentLabel, r.organisation, r.label,
             r.loinc, r.value, r.unit, r.number, r.reference_range AS referenceRange, r.reference_low AS referenceLow,
             r.reference_high AS referenceHigh, r.interpretation, r.date
           FROM lab_results r JOIN messages m ON ${readable}
           WHERE (r.ins = $ins OR ($byTraits AND r.traits = $traits AND ($ins IS NULL OR r.ins IS NULL)
                 AND ($sex IS NULL OR r.sex IS NULL OR r.sex = $sex)))
             AND ($analytes IS NULL OR r.analyte IN (SELECT value FROM json_each($analytes)))
             AND ($documentId IS NULL OR r.document_id <> $documentId)
             AND ($setId IS NULL OR r.set_id IS NULL OR r.set_id <> $setId)
             AND NOT EXISTS (
               SELECT 1 FROM lab_results n JOIN messages m ON m.id = n.message_id
                 JOIN folders f ON f.id = m.folder_id AND f.role NOT IN ('junk', 'trash')
               WHERE n.set_id = r.set_id AND n.version > r.version)
           ORDER BY r.message_id DESC, r.position LIMIT $limit`,
        )
        .all<Row>({
          ins,
          traits,
          sex,
          byTraits: byTraits ? 1 : 0,
          analytes: analytes === null ? null : JSON.stringify(analytes),
          documentId: except?.documentId ?? null,
          setId: except?.setId ?? null,
          limit,
        })
      return rows.map(({ ins: own, ...row }) => ({
        ...row,
        matched: ins !== null && own === ins ? 'ins' : 'traits',
      }))
    },
  ),
}
