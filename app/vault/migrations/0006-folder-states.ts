/**
 * What synchronisation remembers of folders beyond their UIDs, and messages that left a folder: hidden, not deleted, until
 * every folder was looked at, because most of them were moved (docs/sync.md).
 */
export const folderStates = {
  version: 6,
  name: 'folder-states',
  sql: `
-- The server's STATUS of the folder when all of it was here: nothing to do as long as it says the same.
ALTER TABLE folders ADD COLUMN settled_status TEXT;
ALTER TABLE folders ADD COLUMN subscribed INTEGER NOT NULL DEFAULT 1;
-- Letters of RFC 4314; null when the server tells no rights: all of them.
ALTER TABLE folders ADD COLUMN rights TEXT;
-- MAILBOXID of RFC 8474.
ALTER TABLE folders ADD COLUMN mailbox_id TEXT;
-- No longer listed; the row stays while its messages may turn up elsewhere.
ALTER TABLE folders ADD COLUMN gone_at INTEGER;
-- No longer where it was; flag 16 hides the row meanwhile.
ALTER TABLE messages ADD COLUMN vanished_at INTEGER;
ALTER TABLE messages ADD COLUMN arrived_at INTEGER;
CREATE INDEX messages_vanished ON messages (account_id, vanished_at) WHERE vanished_at IS NOT NULL;
-- Which folder the user takes for sent mail, trash…, whatever the server says.
CREATE TABLE folder_choices (
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  role TEXT NOT NULL,
  path TEXT NOT NULL,
  PRIMARY KEY (account_id, role)
) STRICT, WITHOUT ROWID;
-- Bytes; null when the server tells none.
ALTER TABLE accounts ADD COLUMN quota_used INTEGER;
ALTER TABLE accounts ADD COLUMN quota_limit INTEGER;
`,
} as const
