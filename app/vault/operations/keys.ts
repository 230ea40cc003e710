import { operation } from '../operation.ts'

export type CertificateSource = 'own' | 'signed-mail' | 'import' | 'directory' | 'chain'

export interface StoredCertificate {
  /** SHA-256 of the DER, lower-case hex. */
  fingerprint: string
  der: Uint8Array
  source: CertificateSource
  addedAt: number
}

interface CertificateRow {
  fingerprint: string
  der: Uint8Array
  source: CertificateSource
  added_at: number
}

const certificate = (row: CertificateRow): StoredCertificate => ({
  fingerprint: row.fingerprint,
  der: row.der,
  source: row.source,
  addedAt: row.added_at,
})

export const keyOperations = {
  /** Remembers a certificate. One already known keeps its first source, unless it becomes `own`. */
  'certificates.put': operation(
    (db, params: { fingerprint: string; der: Uint8Array; source: CertificateSource }, context): void => {
      db.prepare(
        `INSERT INTO certificates (fingerprint, der, source, added_at) VALUES ($fingerprint, $der, $source, $now)
         ON CONFLICT (fingerprint) DO UPDATE SET source = iif(excluded.source = 'own', 'own', source)`,
      ).run({ fingerprint: params.fingerprint, der: params.der, source: params.source, now: context.now() })
    },
  ),
  /** A stored certificate; null when there is none. */
  'certificates.get': operation((db, params: { fingerprint: string }): Uint8Array | null => {
    const row = db
      .prepare('SELECT der FROM certificates WHERE fingerprint = ?')
      .get<{ der: Uint8Array }>([params.fingerprint])
    return row?.der ?? null
  }),
  /** Notes what the holder's program reads, object identifiers; what was stated before (milliseconds) changes nothing. */
  'certificates.noteCapabilities': operation(
    (db, params: { fingerprint: string; algorithms: string[]; statedAt: number }): void => {
      db.prepare(
        `INSERT INTO certificate_capabilities (fingerprint, algorithms, stated_at)
         VALUES ($fingerprint, $algorithms, $statedAt)
         ON CONFLICT (fingerprint) DO UPDATE SET algorithms = excluded.algorithms, stated_at = excluded.stated_at
         WHERE excluded.stated_at >= stated_at`,
      ).run({ ...params, algorithms: params.algorithms.join(' ') })
    },
  ),
  /** What a certificate's holder was noted to read; nothing of an unknown one. */
  'certificates.capabilities': operation((db, params: { fingerprint: string }): string[] => {
    const row = db
      .prepare('SELECT algorithms FROM certificate_capabilities WHERE fingerprint = ?')
      .get<{ algorithms: string }>([params.fingerprint])
    return row?.algorithms.split(' ') ?? []
  }),
  /** Adds a private key for a certificate that is already stored; its certificate becomes `own`. */
  'keys.put': operation((db, params: { fingerprint: string; pkcs8: Uint8Array }): void => {
    db.prepare("UPDATE certificates SET source = 'own' WHERE fingerprint = ?").run([params.fingerprint])
    db.prepare('INSERT OR REPLACE INTO private_keys (fingerprint, pkcs8) VALUES ($fingerprint, $pkcs8)').run({
      fingerprint: params.fingerprint,
      pkcs8: params.pkcs8,
    })
  }),
  /** Own keys with their certificates, latest first: what can decrypt. */
  'keys.list': operation((db): (StoredCertificate & { pkcs8: Uint8Array })[] =>
    db
      .prepare(
        `SELECT c.fingerprint, c.der, c.source, c.added_at, k.pkcs8 FROM private_keys k
         JOIN certificates c ON c.fingerprint = k.fingerprint ORDER BY c.added_at DESC`,
      )
      .all<CertificateRow & { pkcs8: Uint8Array }>()
      .map((row) => ({ ...certificate(row), pkcs8: row.pkcs8 })),
  ),
  /** Forgets a key, and that its certificate is of any address; false when there is none. */
  'keys.remove': operation((db, params: { fingerprint: string }): boolean => {
    const { changes } = db.prepare('DELETE FROM private_keys WHERE fingerprint = ?').run([params.fingerprint])
    db.prepare('DELETE FROM certificate_addresses WHERE fingerprint = ?').run([params.fingerprint])
    db.prepare("UPDATE certificates SET source = 'import' WHERE fingerprint = ?").run([params.fingerprint])
    return Number(changes) > 0
  }),
  /** The last good revocation list from an address (ECO.1.1.7); times in milliseconds. */
  'revocation.get': operation(
    (
      db,
      params: { url: string },
    ): { der: Uint8Array; thisUpdate: number; nextUpdate: number | null; fetchedAt: number } | null => {
      const row = db
        .prepare('SELECT der, this_update, next_update, fetched_at FROM revocation_lists WHERE url = ?')
        .get<{ der: Uint8Array; this_update: number; next_update: number | null; fetched_at: number }>([
          params.url,
        ])
      return row
        ? {
            der: row.der,
            thisUpdate: row.this_update,
            nextUpdate: row.next_update,
            fetchedAt: row.fetched_at,
          }
        : null
    },
  ),
  /** Keeps a revocation list whose signature was checked; an older one never replaces a newer one. */
  'revocation.put': operation(
    (
      db,
      params: { url: string; der: Uint8Array; thisUpdate: number; nextUpdate: number | null },
      context,
    ): void => {
      db.prepare(
        `INSERT INTO revocation_lists (url, der, this_update, next_update, fetched_at)
         VALUES ($url, $der, $thisUpdate, $nextUpdate, $now)
         ON CONFLICT (url) DO UPDATE SET der = excluded.der, this_update = excluded.this_update,
           next_update = excluded.next_update, fetched_at = excluded.fetched_at
         WHERE excluded.this_update >= this_update`,
      ).run({
        url: params.url,
        der: params.der,
        thisUpdate: params.thisUpdate,
        nextUpdate: params.nextUpdate,
        now: context.now(),
      })
    },
  ),
}
