/**
 * Laboratory results of the documents in messages, for earlier values and curves (LGC.MDV.08, .09): filled with the body that
 * carries them and gone with it. `ins` and `traits` are keys of app/mssante/results, `analyte` too.
 */
export const resultsStep = {
  version: 16,
  name: 'results',
  sql: `
CREATE TABLE lab_results (
  message_id INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  ins TEXT,
  traits TEXT,
  sex TEXT,
  analyte TEXT NOT NULL,
  document_id TEXT NOT NULL,
  set_id TEXT,
  version INTEGER,
  document_label TEXT NOT NULL,
  organisation TEXT,
  label TEXT NOT NULL,
  loinc TEXT,
  value TEXT NOT NULL,
  unit TEXT,
  number REAL,
  reference_range TEXT,
  reference_low REAL,
  reference_high REAL,
  interpretation TEXT,
  -- ISO 8601 as precise as the document, so that it sorts as text within one precision.
  date TEXT,
  PRIMARY KEY (message_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX lab_results_by_ins ON lab_results (ins, analyte) WHERE ins IS NOT NULL;
CREATE INDEX lab_results_by_traits ON lab_results (traits, analyte) WHERE traits IS NOT NULL;
-- Versions of one document: the last one counts.
CREATE INDEX lab_results_by_set ON lab_results (set_id, version) WHERE set_id IS NOT NULL;
`,
} as const
