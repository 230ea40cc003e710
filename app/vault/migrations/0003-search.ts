/**
 * The index with one column for each field a search can name, the words it knows, the text of attachments, subjects for
 * conversations without references, and saved searches (docs/search.md).
 */
export const search = {
  version: 3,
  name: 'search',
  sql: `
DROP TABLE search;
-- Contentless: words folded and cut by search/words.ts, joined by spaces; rowid = messages.id, newest first by rowid.
-- 'starts' holds the first two and the first four letters of every word, so that a short prefix is one posting list or a few; the
-- first column, as it has the most entries and entries of the first column are the shortest.
CREATE VIRTUAL TABLE search USING fts5(
  starts, sender, recipients, copies, subject, patient, kind, body, files,
  content='', contentless_delete=1, tokenize='ascii'
);
-- A leaf of the index in one page of SQLCipher (4096 less 80 reserved), not one and a bit.
INSERT INTO search (search, rank) VALUES ('pgsz', 3900);
-- Two segments of a size are drawn together when there is time ('indexing.merge').
INSERT INTO search (search, rank) VALUES ('usermerge', 2);
-- Every word ever indexed: a longer prefix is searched as the words that begin with it, read lazily from the newest.
-- 'last' is at or above the newest message that holds it, so that words of old mail only are left for old mail. The empty word counts
-- the messages indexed.
CREATE TABLE search_words (word TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- Messages whose attachments (or whose whole text, after this step) wait to be indexed; two failures set one aside.
CREATE TABLE index_queue (
  message_id INTEGER PRIMARY KEY REFERENCES messages(id) ON DELETE CASCADE,
  attempts INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX index_queue_waiting ON index_queue (message_id) WHERE attempts < 2;
-- Text found in attachments, for the index and for excerpts. No name: what was decrypted for the reader.
CREATE TABLE attachment_texts (
  id INTEGER PRIMARY KEY,
  message_id INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
  file_name TEXT,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX attachment_texts_by_message ON attachment_texts (message_id);
ALTER TABLE message_headers ADD COLUMN copies TEXT NOT NULL DEFAULT '';

INSERT INTO search (rowid, subject) SELECT message_id, subject FROM bodies JOIN messages ON id = message_id;
INSERT INTO index_queue (message_id) SELECT message_id FROM bodies;

-- These three lead searches without words and are looked into by searches with words.
CREATE INDEX messages_unread_everywhere ON messages (id) WHERE flags & 1 = 0;
CREATE INDEX messages_flagged ON messages (id) WHERE flags & 2 = 2;
CREATE INDEX messages_with_attachments ON messages (id) WHERE has_attachments = 1;

CREATE TABLE thread_subjects (
  message_id INTEGER PRIMARY KEY REFERENCES messages(id) ON DELETE CASCADE,
  account_id INTEGER NOT NULL,
  -- Of the subject without its prefixes (thread-subjects.ts).
  base INTEGER NOT NULL,
  -- An answer or a forwarded message by its subject, without references.
  answer INTEGER NOT NULL,
  -- Its conversation was found by subject only.
  joined INTEGER NOT NULL
) STRICT;
CREATE INDEX thread_subjects_by_base ON thread_subjects (account_id, base, answer, message_id);

CREATE TABLE saved_searches (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  text TEXT NOT NULL,
  scope TEXT NOT NULL,
  position INTEGER NOT NULL
) STRICT;
`,
} as const
