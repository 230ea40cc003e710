/**
 * Functional traces (ECO.4.1.1, ECO.4.1.2): append-only, each bound to the former one by its hash. `trace_ends` says where the
 * chain must begin (after what was purged) and end, so that taking away the first or last ones shows too, and what the
 * witness outside the store saw last.
 */
export const traces = {
  version: 17,
  name: 'traces',
  sql: `
CREATE TABLE traces (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  author TEXT NOT NULL,
  author_name TEXT NOT NULL,
  opened_by TEXT NOT NULL,
  workstation TEXT NOT NULL,
  automatic INTEGER NOT NULL,
  account TEXT,
  action TEXT NOT NULL,
  target TEXT NOT NULL,
  request TEXT NOT NULL,
  answer TEXT NOT NULL,
  outcome TEXT NOT NULL,
  code TEXT,
  hash TEXT NOT NULL
) STRICT;
CREATE INDEX traces_by_time ON traces (at);
CREATE INDEX traces_by_action ON traces (action);

CREATE TABLE trace_ends (
  -- 'floor': the last trace purged; 'head': the last trace written; 'witness': the last one the witness took down. None before the first.
  name TEXT PRIMARY KEY CHECK (name IN ('floor','head','witness')),
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL
) STRICT;
`,
} as const
