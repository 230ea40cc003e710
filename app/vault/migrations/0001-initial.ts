/**
 * The first schema. `messages` holds only what a list row and synchronisation need; bodies, headers and the index are
 * apart, and ids grow with the date so that lists and searches read few encrypted pages (models.md §8.2).
 */
export const initial = {
  version: 1,
  name: 'initial',
  sql: `
CREATE TABLE accounts (
  id INTEGER PRIMARY KEY,
  address TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('personal','organisational')),
  auth TEXT NOT NULL CHECK (auth IN ('psc','password')),
  -- Only for 'password'; tokens never reach this table.
  password TEXT,
  imap_host TEXT NOT NULL, imap_port INTEGER NOT NULL, imap_security TEXT NOT NULL,
  smtp_host TEXT NOT NULL, smtp_port INTEGER NOT NULL, smtp_security TEXT NOT NULL,
  max_message_size INTEGER,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE folders (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  path TEXT NOT NULL,
  name TEXT NOT NULL,
  parent_path TEXT,
  role TEXT NOT NULL,
  shared INTEGER NOT NULL DEFAULT 0,
  selectable INTEGER NOT NULL DEFAULT 1,
  uidvalidity TEXT,
  uidnext INTEGER,
  highestmodseq TEXT,
  -- Headers are complete from this UID up (newest first, going down to 1).
  synced_from_uid INTEGER,
  server_total INTEGER NOT NULL DEFAULT 0,
  total INTEGER NOT NULL DEFAULT 0,
  unread INTEGER NOT NULL DEFAULT 0,
  UNIQUE (account_id, path)
) STRICT;

CREATE TABLE messages (
  -- seconds × 2^20 + counter
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  folder_id INTEGER NOT NULL REFERENCES folders(id) ON DELETE CASCADE,
  -- Null while a local move waits for the server to name the new UID.
  uid INTEGER,
  thread_id INTEGER NOT NULL,
  -- Identity across folders: hash of the raw header bytes and size (models.md §9.2.1).
  identity BLOB NOT NULL,
  date INTEGER NOT NULL,
  from_name TEXT NOT NULL,
  from_address TEXT NOT NULL,
  recipients TEXT NOT NULL,
  subject TEXT NOT NULL,
  preview TEXT NOT NULL DEFAULT '',
  -- 1 seen, 2 flagged, 4 answered, 8 forwarded, 16 deleted
  flags INTEGER NOT NULL DEFAULT 0,
  size INTEGER NOT NULL,
  has_attachments INTEGER NOT NULL DEFAULT 0,
  trust TEXT NOT NULL DEFAULT 'unknown',
  signed INTEGER NOT NULL DEFAULT 0,
  encrypted INTEGER NOT NULL DEFAULT 0,
  patient TEXT,
  document_label TEXT,
  document_count INTEGER NOT NULL DEFAULT 0,
  alert TEXT,
  -- 0 not downloaded, 1 stored, 2 set aside after repeated failures
  body_state INTEGER NOT NULL DEFAULT 0,
  pending INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX messages_by_folder ON messages (folder_id, id);
CREATE UNIQUE INDEX messages_by_uid ON messages (folder_id, uid) WHERE uid IS NOT NULL;
CREATE INDEX messages_by_thread ON messages (thread_id, id);
CREATE INDEX messages_by_identity ON messages (account_id, identity);
CREATE INDEX messages_unread ON messages (folder_id, id) WHERE flags & 1 = 0;
CREATE INDEX messages_without_body ON messages (account_id, id) WHERE body_state = 0;

CREATE TABLE message_headers (
  message_id INTEGER PRIMARY KEY REFERENCES messages(id) ON DELETE CASCADE,
  message_id_header TEXT,
  in_reply_to TEXT,
  reference_ids TEXT NOT NULL DEFAULT '[]',
  raw_subject TEXT NOT NULL
) STRICT;
CREATE INDEX message_headers_by_message_id ON message_headers (message_id_header);

-- Every Message-ID named in a conversation, so that an answer synchronised before its question still finds it.
CREATE TABLE thread_ids (
  account_id INTEGER NOT NULL,
  message_id_header TEXT NOT NULL,
  thread_id INTEGER NOT NULL,
  PRIMARY KEY (account_id, message_id_header)
) STRICT, WITHOUT ROWID;
CREATE INDEX thread_ids_by_thread ON thread_ids (thread_id);

CREATE TABLE bodies (
  message_id INTEGER PRIMARY KEY REFERENCES messages(id) ON DELETE CASCADE,
  -- Byte-exact source: here when small, else in an encrypted part file.
  raw BLOB,
  raw_file TEXT,
  raw_size INTEGER NOT NULL,
  -- Text as indexed and quoted.
  text TEXT NOT NULL DEFAULT ''
) STRICT;

-- Contentless: folded text only, rowid = messages.id, newest first by rowid.
CREATE VIRTUAL TABLE search USING fts5(
  correspondents, subject, body,
  content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 2"
);

CREATE TABLE operations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  payload TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending','sent','confirmed','conflict','failed','undone')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at INTEGER,
  error TEXT,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX operations_open ON operations (account_id, id) WHERE state IN ('pending','sent');

CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  message_id_header TEXT NOT NULL UNIQUE,
  subject TEXT NOT NULL,
  sender TEXT NOT NULL,
  recipients TEXT NOT NULL,
  mime BLOB,
  mime_file TEXT,
  mime_size INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued','sending','unknown','refused','accepted','filed','cancelled')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at INTEGER,
  error TEXT,
  source_id INTEGER,
  source_kind TEXT,
  queued_at INTEGER NOT NULL
) STRICT;

CREATE TABLE drafts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  source_id INTEGER,
  in_reply_to TEXT,
  reference_ids TEXT NOT NULL DEFAULT '[]',
  content TEXT NOT NULL,
  saved_at INTEGER NOT NULL
) STRICT;

CREATE TABLE draft_attachments (
  id TEXT PRIMARY KEY,
  draft_id INTEGER NOT NULL REFERENCES drafts(id) ON DELETE CASCADE,
  file_name TEXT NOT NULL,
  mime_type TEXT NOT NULL,
  size INTEGER NOT NULL,
  part_file TEXT NOT NULL,
  position INTEGER NOT NULL
) STRICT;

CREATE TABLE correspondents (
  address TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  folded TEXT NOT NULL,
  received INTEGER NOT NULL DEFAULT 0,
  sent INTEGER NOT NULL DEFAULT 0,
  last_at INTEGER NOT NULL
) STRICT;
CREATE INDEX correspondents_by_use ON correspondents (sent DESC, received DESC);

CREATE TABLE certificates (
  fingerprint TEXT PRIMARY KEY,
  der BLOB NOT NULL,
  -- 'own' (its private key is in private_keys), 'signed-mail', 'import', 'chain'
  source TEXT NOT NULL,
  added_at INTEGER NOT NULL
) STRICT;
CREATE TABLE certificate_addresses (
  address TEXT NOT NULL,
  fingerprint TEXT NOT NULL REFERENCES certificates(fingerprint) ON DELETE CASCADE,
  PRIMARY KEY (address, fingerprint)
) STRICT;
CREATE TABLE private_keys (
  fingerprint TEXT PRIMARY KEY REFERENCES certificates(fingerprint) ON DELETE CASCADE,
  pkcs8 BLOB NOT NULL
) STRICT;

-- The last good revocation lists (ECO.1.1.7).
CREATE TABLE revocation_lists (
  url TEXT PRIMARY KEY,
  der BLOB NOT NULL,
  this_update INTEGER NOT NULL,
  next_update INTEGER,
  fetched_at INTEGER NOT NULL
) STRICT;

-- Small values that belong to the profile and stay encrypted.
CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE part_files (
  id TEXT PRIMARY KEY,
  size INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
`,
} as const
