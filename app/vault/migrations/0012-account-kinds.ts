/**
 * More kinds of mailboxes and logins, the list of the trust space. A column's CHECK cannot be changed and a table others
 * refer to cannot be made again without deleting their rows: the new columns take the old ones' names.
 */
export const accountKindsStep = {
  version: 12,
  name: 'account-kinds',
  sql: `
ALTER TABLE accounts ADD COLUMN new_kind TEXT NOT NULL DEFAULT 'personal'
  CHECK (new_kind IN ('personal','organisational','applicative','generic'));
UPDATE accounts SET new_kind = kind;
ALTER TABLE accounts DROP COLUMN kind;
ALTER TABLE accounts RENAME COLUMN new_kind TO kind;
ALTER TABLE accounts ADD COLUMN login TEXT NOT NULL DEFAULT 'psc'
  CHECK (login IN ('card','psc','p12','password-otp','password'));
UPDATE accounts SET login = auth;
ALTER TABLE accounts DROP COLUMN auth;
ALTER TABLE accounts RENAME COLUMN login TO auth;
-- For 'p12' only, JSON: certificate, chain and key (PKCS#8) in base64, who SASL EXTERNAL asks to be on either server.
ALTER TABLE accounts ADD COLUMN p12 TEXT;
-- JSON: what the label of From is made of (ECO.2.2.7).
ALTER TABLE accounts ADD COLUMN label TEXT;
ALTER TABLE accounts ADD COLUMN reply_to TEXT;

-- The last good list, and what the last attempt to have a newer one said.
CREATE TABLE trust_space (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  source TEXT NOT NULL CHECK (source IN ('server','file')),
  generated_at INTEGER,
  fetched_at INTEGER NOT NULL,
  operators INTEGER NOT NULL,
  ignored INTEGER NOT NULL
) STRICT;
CREATE TABLE trusted_domains (
  domain TEXT PRIMARY KEY,
  shown TEXT NOT NULL,
  description TEXT NOT NULL,
  -- JSON array of names.
  operators TEXT NOT NULL,
  -- All of it without case and accents, to be searched.
  folded TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- A list being written, before it takes the place of the former.
CREATE TABLE trusted_domains_next (
  domain TEXT PRIMARY KEY,
  shown TEXT NOT NULL,
  description TEXT NOT NULL,
  operators TEXT NOT NULL,
  folded TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`,
} as const
