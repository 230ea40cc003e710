/** What the programs of correspondents read. */
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
`,
} as const
