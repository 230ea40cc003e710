/**
 * How long bodies stay offline, by account (no row: for ever); a body let go is state 3 of messages.body_state. And the
 * one index that makes looking for part files nobody names cheap.
 */
export const storageCare = {
  version: 7,
  name: 'storage-care',
  sql: `
CREATE TABLE retention (
  account_id INTEGER PRIMARY KEY REFERENCES accounts(id) ON DELETE CASCADE,
  months INTEGER NOT NULL CHECK (months BETWEEN 1 AND 600)
) STRICT;
CREATE INDEX bodies_in_files ON bodies (raw_file) WHERE raw_file IS NOT NULL;
`,
} as const
