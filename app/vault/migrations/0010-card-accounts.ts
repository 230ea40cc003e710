/**
 * Accounts that log in with the card alone. A column's CHECK cannot be changed and a table others refer to cannot be made
 * again without deleting their rows: the new column takes the old one's name.
 */
export const cardAccounts = {
  version: 10,
  name: 'card-accounts',
  sql: `
ALTER TABLE accounts ADD COLUMN login TEXT NOT NULL DEFAULT 'psc' CHECK (login IN ('card','psc','password'));
UPDATE accounts SET login = auth;
ALTER TABLE accounts DROP COLUMN auth;
ALTER TABLE accounts RENAME COLUMN login TO auth;
-- For 'card' only, JSON: serial and national identifier it is bound to, who SASL EXTERNAL asks to be on either server.
ALTER TABLE accounts ADD COLUMN card TEXT;
`,
} as const
