/** The journal of imports: where each one stands, so that a crash loses nothing, and what was refused and why. */
export const imports = {
  version: 9,
  name: 'import',
  sql: `
CREATE TABLE imports (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  folder_id INTEGER NOT NULL REFERENCES folders(id) ON DELETE CASCADE,
  -- As the window names it.
  name TEXT NOT NULL,
  -- JSON: the paths the user chose, or the part files of what was dropped.
  source TEXT NOT NULL,
  -- The file to go on with, and the first byte in it that is not done.
  file_index INTEGER NOT NULL DEFAULT 0,
  file_offset INTEGER NOT NULL DEFAULT 0,
  done_bytes INTEGER NOT NULL DEFAULT 0,
  total_bytes INTEGER NOT NULL,
  imported INTEGER NOT NULL DEFAULT 0,
  duplicates INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0,
  refused INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL CHECK (state IN ('running','done','cancelled','failed')),
  error TEXT,
  started_at INTEGER NOT NULL,
  finished_at INTEGER
) STRICT;

CREATE TABLE import_refusals (
  import_id INTEGER NOT NULL REFERENCES imports(id) ON DELETE CASCADE,
  -- Counts from 1 over the whole import.
  position INTEGER NOT NULL,
  file TEXT NOT NULL,
  -- Byte in the file.
  place INTEGER NOT NULL,
  code TEXT NOT NULL,
  PRIMARY KEY (import_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX messages_set_aside ON messages (id) WHERE body_state = 2;
`,
} as const
