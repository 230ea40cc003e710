/**
 * Hand-over to patient records: where to, what was handed over and how it went, and what rules do by themselves. A filing
 * is never deleted with its message: what left the mailbox stays known.
 */
export const integrationStep = {
  version: 15,
  name: 'integration',
  sql: `
-- Summary shown by the row, JSON; null for messages of which nothing was handed over.
ALTER TABLE messages ADD COLUMN filing TEXT;

CREATE TABLE record_targets (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  -- JSON of contract/integration.ts TargetPlace.
  place TEXT NOT NULL,
  -- Name the policy gives it; null for those made here.
  managed TEXT UNIQUE,
  -- PEM, for TLS; the key never leaves the store.
  client_chain TEXT,
  client_key TEXT,
  client_subject TEXT,
  client_expires INTEGER,
  preferred INTEGER NOT NULL DEFAULT 0,
  -- Kept for the names of what was filed there.
  removed_at INTEGER
) STRICT;

CREATE TABLE filing_rules (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  position INTEGER NOT NULL,
  conditions TEXT NOT NULL,
  actions TEXT NOT NULL,
  -- Nothing older is looked at.
  since INTEGER NOT NULL
) STRICT;

-- Messages the rules have looked at: each once.
CREATE TABLE rule_looks (
  message_id INTEGER PRIMARY KEY REFERENCES messages(id) ON DELETE CASCADE,
  -- The keys that could not decrypt it: with others it is looked at again. Null: that was the look.
  closed_to TEXT
) STRICT;

CREATE TABLE filing_journal (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  rule_name TEXT NOT NULL,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  message_id INTEGER REFERENCES messages(id) ON DELETE SET NULL,
  subject TEXT NOT NULL,
  sender TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('filed','held','withdrawn')),
  doubts TEXT NOT NULL,
  -- Done once everything is filed, JSON of RuleActions; null once done, or when there is nothing to do.
  after_filing TEXT,
  from_folder INTEGER,
  moved_to TEXT,
  -- What it changed of the flags, JSON, to be taken back.
  flags TEXT,
  undo TEXT NOT NULL DEFAULT 'possible' CHECK (undo IN ('possible','running','done','impossible'))
) STRICT;

CREATE TABLE filings (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  target_id INTEGER NOT NULL REFERENCES record_targets(id),
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  message_id INTEGER REFERENCES messages(id) ON DELETE SET NULL,
  message_id_header TEXT,
  -- Of the document in its message, and the one it is known by in any message.
  document_id TEXT NOT NULL,
  document_key TEXT NOT NULL,
  set_key TEXT,
  version INTEGER,
  patient_key TEXT NOT NULL,
  label TEXT NOT NULL,
  patient TEXT,
  action TEXT NOT NULL CHECK (action IN ('new','replace','delete')),
  -- document_key of what it replaces; for a deletion, the filing that it takes out.
  replaces_key TEXT,
  withdraws INTEGER REFERENCES filings(id),
  -- The four restrictions as they were sent, JSON.
  restrictions TEXT,
  state TEXT NOT NULL CHECK (state IN ('waiting','sending','unknown','transferred','filed','refused','withdrawing',
    'withdrawn','replaced','cancelled')),
  -- MSH-10, name of the file, Message-ID of the transfer: fixed before the first byte leaves.
  reference TEXT,
  payload_file TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at INTEGER,
  faults TEXT NOT NULL DEFAULT '[]',
  error TEXT,
  rule_name TEXT,
  journal_id INTEGER REFERENCES filing_journal(id) ON DELETE SET NULL,
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;
-- Never twice: one version of a document is on its way to a record, or in it, at most once.
CREATE UNIQUE INDEX filings_once ON filings (target_id, document_key, ifnull(version, 0))
  WHERE action <> 'delete' AND state NOT IN ('refused','withdrawn','cancelled');
CREATE INDEX filings_by_message ON filings (message_id);
CREATE INDEX filings_by_header ON filings (account_id, message_id_header);
CREATE INDEX filings_by_reference ON filings (reference) WHERE reference IS NOT NULL;
CREATE INDEX filings_by_set ON filings (target_id, set_key) WHERE set_key IS NOT NULL;
CREATE INDEX filings_waiting ON filings (target_id, id) WHERE state IN ('waiting','sending','unknown');
CREATE INDEX filings_by_journal ON filings (journal_id) WHERE journal_id IS NOT NULL;
`,
} as const
