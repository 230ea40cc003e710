/**
 * What becomes of sent mail: delayed and scheduled sending, delivery and read reports as an append-only history, messages
 * that replace others, and the answers given to requests of read receipts.
 */
export const delivery = {
  version: 4,
  name: 'delivery',
  sql: `
-- ENVID of RFC 3461: known to us and to the servers on the way only.
ALTER TABLE outbox ADD COLUMN envelope_id TEXT;
-- 'message', or 'receipt': an MDN, which is never filed in Sent.
ALTER TABLE outbox ADD COLUMN purpose TEXT NOT NULL DEFAULT 'message';
-- Nothing leaves before; due_kind is 'delay' (« Annuler » of some seconds) or 'schedule' (a date the user chose).
ALTER TABLE outbox ADD COLUMN due_at INTEGER;
ALTER TABLE outbox ADD COLUMN due_kind TEXT;
-- In Sent since; what is sent again to refused recipients is not filed a second time.
ALTER TABLE outbox ADD COLUMN filed_at INTEGER;
CREATE INDEX outbox_by_envelope ON outbox (envelope_id) WHERE envelope_id IS NOT NULL;

-- A draft whose message waits in the outbox: hidden, and given back when sending is cancelled.
ALTER TABLE drafts ADD COLUMN outbox_id INTEGER REFERENCES outbox(id) ON DELETE SET NULL;

-- Summaries shown by the row, JSON; null for everything that has none.
ALTER TABLE messages ADD COLUMN delivery TEXT;
ALTER TABLE messages ADD COLUMN replacement TEXT;

-- One line per report and recipient, never changed: the history that states are computed from.
CREATE TABLE delivery_reports (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  -- The report's own Message-ID: the same report seen twice counts once.
  report_key TEXT NOT NULL,
  report_message_id INTEGER REFERENCES messages(id) ON DELETE SET NULL,
  -- Message-ID of the message it tells about; null when it does not say.
  message_id_header TEXT,
  kind TEXT NOT NULL CHECK (kind IN ('delivery','disposition')),
  recipient TEXT NOT NULL,
  original_recipient TEXT,
  outcome TEXT NOT NULL,
  status TEXT,
  diagnostic TEXT,
  automatic INTEGER NOT NULL DEFAULT 0,
  -- 0: whoever wrote it cannot speak for that recipient; shown, never counted.
  authentic INTEGER NOT NULL,
  reported_at INTEGER NOT NULL,
  retry_until INTEGER,
  UNIQUE (account_id, report_key, recipient, outcome)
) STRICT;
CREATE INDEX delivery_reports_by_message ON delivery_reports (account_id, message_id_header);
CREATE INDEX delivery_reports_by_report ON delivery_reports (report_message_id);

-- « Annule et remplace »: from the Supersedes field of either copy, or from our own outbox.
CREATE TABLE replacements (
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  message_id_header TEXT NOT NULL,
  replaced_header TEXT NOT NULL,
  -- Only its own author may replace a message.
  author TEXT NOT NULL,
  PRIMARY KEY (account_id, message_id_header, replaced_header, author)
) STRICT, WITHOUT ROWID;
CREATE INDEX replacements_by_replaced ON replacements (account_id, replaced_header);

CREATE TABLE read_receipts (
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  message_id_header TEXT NOT NULL,
  answer TEXT NOT NULL CHECK (answer IN ('sent','declined')),
  answered_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, message_id_header)
) STRICT, WITHOUT ROWID;
`,
} as const
