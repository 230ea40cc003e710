/** What the programs of correspondents read, and the history of the certificates of each address. */
export const certificates = {
  version: 11,
  name: 'certificates',
  sql: `
-- Stated in signed mail (RFC 8551 §2.5.2): object identifiers with a space between two, of the latest that was signed.
CREATE TABLE certificate_capabilities (
  fingerprint TEXT PRIMARY KEY REFERENCES certificates(fingerprint) ON DELETE CASCADE,
  algorithms TEXT NOT NULL,
  stated_at INTEGER NOT NULL
) STRICT;

-- What the certificate is used for at that address: 'sign', 'encrypt', 'both'.
ALTER TABLE certificate_addresses ADD COLUMN uses TEXT NOT NULL DEFAULT 'both';
-- 'current'; 'changed': another came where one was current, and the user was not asked yet; 'former'; 'refused'.
ALTER TABLE certificate_addresses ADD COLUMN state TEXT NOT NULL DEFAULT 'current';
-- 'own', 'signed-mail', 'import': how it came to that address.
ALTER TABLE certificate_addresses ADD COLUMN source TEXT NOT NULL DEFAULT 'signed-mail';
-- Dates of arrival of the mail it was seen in, or of the import.
ALTER TABLE certificate_addresses ADD COLUMN first_seen INTEGER NOT NULL DEFAULT 0;
ALTER TABLE certificate_addresses ADD COLUMN last_seen INTEGER NOT NULL DEFAULT 0;
ALTER TABLE certificate_addresses ADD COLUMN not_before INTEGER NOT NULL DEFAULT 0;
-- Of a former one: the fingerprint of what the user took instead, and when.
ALTER TABLE certificate_addresses ADD COLUMN replaced_by TEXT;
ALTER TABLE certificate_addresses ADD COLUMN decided_at INTEGER;
UPDATE certificate_addresses SET (source, first_seen, last_seen) =
  (SELECT iif(source = 'chain', 'import', source), added_at, added_at FROM certificates c
   WHERE c.fingerprint = certificate_addresses.fingerprint);
`,
} as const
