/** What the user said of correspondents: favourites, which of a person's addresses comes first, distribution lists (docs/directory.md). */
export const directoryStep = {
  version: 13,
  name: 'directory',
  sql: `
CREATE TABLE favourites (
  address TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  added_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- One choice for each person, by national identifier.
CREATE TABLE preferred_addresses (
  national_id TEXT PRIMARY KEY,
  address TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE distribution_lists (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  folded TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE distribution_members (
  list_id INTEGER NOT NULL REFERENCES distribution_lists(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  PRIMARY KEY (list_id, position)
) STRICT, WITHOUT ROWID;
`,
} as const
