/**
 * Patients and their documents, as messages tell of them. An identity is a row by its strict traits; rows the user found to
 * be one person point to the one whose traits are shown, and can be taken apart again. What the user decided is keyed by
 * what outlives a message's row: its identity, or the Message-ID of what was sent from here.
 */
export const patientsStep = {
  version: 14,
  name: 'patients',
  sql: `
CREATE TABLE patients (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- Authority, matricule and strict traits, exactly as read.
  identity TEXT NOT NULL UNIQUE,
  -- The same traits folded, and with the used name in the birth name's place: near ones are proposed, never joined.
  near TEXT NOT NULL,
  near_used TEXT,
  birth_name TEXT NOT NULL,
  used_name TEXT,
  first_name TEXT NOT NULL,
  birth_given_names TEXT,
  sex TEXT NOT NULL,
  birth_date TEXT,
  birth_place TEXT,
  matricule TEXT,
  oid TEXT,
  ins_kind TEXT,
  key_valid INTEGER NOT NULL DEFAULT 0,
  qualified INTEGER NOT NULL DEFAULT 0,
  ipps TEXT NOT NULL DEFAULT '[]',
  -- Words to search by, each after a blank.
  folded TEXT NOT NULL,
  joined_to INTEGER REFERENCES patients(id) ON DELETE SET NULL,
  created_by TEXT NOT NULL CHECK (created_by IN ('document','user')),
  -- Of the latest message about it, milliseconds.
  last_at INTEGER
) STRICT;
CREATE INDEX patients_near ON patients (near);
CREATE INDEX patients_near_used ON patients (near_used) WHERE near_used IS NOT NULL;
CREATE INDEX patients_by_matricule ON patients (matricule) WHERE matricule IS NOT NULL;
-- The list by name, and by the latest exchange, without reading every row.
CREATE INDEX patients_by_name ON patients (folded, id) WHERE joined_to IS NULL;
CREATE INDEX patients_recent ON patients (joined_to, last_at);
CREATE INDEX patients_joined ON patients (joined_to) WHERE joined_to IS NOT NULL;

CREATE TABLE message_documents (
  id INTEGER PRIMARY KEY,
  message_id INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
  -- DocumentSummary.id in that message.
  part TEXT NOT NULL,
  position INTEGER NOT NULL,
  kind TEXT NOT NULL,
  label TEXT NOT NULL,
  title TEXT NOT NULL,
  type_code TEXT,
  date TEXT,
  author TEXT,
  author_id TEXT,
  organisation TEXT,
  document_id TEXT,
  set_id TEXT,
  version INTEGER,
  -- Document id of the parent it says it replaces.
  replaces TEXT,
  alert TEXT,
  warnings TEXT NOT NULL DEFAULT '[]',
  patient_id INTEGER REFERENCES patients(id) ON DELETE SET NULL
) STRICT;
CREATE INDEX message_documents_by_message ON message_documents (message_id);
CREATE INDEX message_documents_by_id ON message_documents (document_id) WHERE document_id IS NOT NULL;
CREATE INDEX message_documents_by_set ON message_documents (set_id, version) WHERE set_id IS NOT NULL;
CREATE INDEX message_documents_by_parent ON message_documents (replaces) WHERE replaces IS NOT NULL;
CREATE INDEX message_documents_by_patient ON message_documents (patient_id) WHERE patient_id IS NOT NULL;

-- Matricules that stand as local part of a sender's or recipient's address; the domain says whose mailbox it is.
CREATE TABLE patient_addresses (
  message_id INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
  matricule TEXT NOT NULL,
  domain TEXT NOT NULL,
  side TEXT NOT NULL CHECK (side IN ('from','to')),
  PRIMARY KEY (message_id, matricule, side)
) STRICT, WITHOUT ROWID;
CREATE INDEX patient_addresses_by_matricule ON patient_addresses (matricule);

-- By the user's choice: of a message received its identity, of one sent from here its Message-ID.
CREATE TABLE patient_attachments (
  id INTEGER PRIMARY KEY,
  patient_id INTEGER NOT NULL REFERENCES patients(id) ON DELETE CASCADE,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  identity BLOB,
  message_id_header TEXT,
  attached_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX patient_attachments_once ON patient_attachments (account_id, identity, patient_id)
  WHERE identity IS NOT NULL;
CREATE UNIQUE INDEX patient_attachments_sent ON patient_attachments (message_id_header, patient_id)
  WHERE message_id_header IS NOT NULL;
CREATE INDEX patient_attachments_by_patient ON patient_attachments (patient_id);

CREATE TABLE patient_oppositions (
  patient_id INTEGER NOT NULL REFERENCES patients(id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('patient-mail','professional-mail')),
  since INTEGER NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (patient_id, kind)
) STRICT, WITHOUT ROWID;

-- Added to, or taken off, the professionals found in a patient's mail (LABEL.06); key: address, else RPPS, else name.
CREATE TABLE patient_professionals (
  patient_id INTEGER NOT NULL REFERENCES patients(id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  listed INTEGER NOT NULL,
  name TEXT NOT NULL,
  address TEXT,
  role TEXT,
  organisation TEXT,
  rpps TEXT,
  PRIMARY KEY (patient_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE patient_proposals (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  one INTEGER NOT NULL REFERENCES patients(id) ON DELETE CASCADE,
  other INTEGER NOT NULL REFERENCES patients(id) ON DELETE CASCADE,
  reason TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open','joined','apart')),
  UNIQUE (one, other)
) STRICT;
CREATE INDEX patient_proposals_other ON patient_proposals (other);
CREATE INDEX patient_proposals_open ON patient_proposals (one, other) WHERE state = 'open';

-- Append-only; what is taken back stays, with the decision that did it.
CREATE TABLE patient_decisions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  action TEXT NOT NULL,
  patient_id INTEGER NOT NULL REFERENCES patients(id) ON DELETE CASCADE,
  about TEXT NOT NULL,
  -- What taking it back needs.
  data TEXT NOT NULL,
  undone_by INTEGER
) STRICT;
CREATE INDEX patient_decisions_by_patient ON patient_decisions (patient_id);

-- 'duplicate', 'replaced', 'replaces': how the documents of a message stand to those of others.
ALTER TABLE messages ADD COLUMN document_mark TEXT;
-- Whether the patient comes from its documents ('document'), the user ('manual') or its address ('address').
ALTER TABLE messages ADD COLUMN patient_source TEXT;
UPDATE messages SET patient_source = 'document' WHERE patient IS NOT NULL;
-- Which reading of documents its rows come from; older ones are read again in the background.
ALTER TABLE messages ADD COLUMN documents_reading INTEGER NOT NULL DEFAULT 0;
CREATE INDEX messages_documents_unread ON messages (documents_reading, id) WHERE body_state = 1;
`,
} as const
