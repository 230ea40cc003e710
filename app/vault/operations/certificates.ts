import type { SqlDatabase } from '../database.ts'
import { fold } from '../fold.ts'
import { operation } from '../operation.ts'
import type { CertificateSource } from './keys.ts'

export type CertificateUses = 'sign' | 'encrypt' | 'both'
export type CertificateState = 'current' | 'changed' | 'former' | 'refused'

/** A certificate of an address, with its history there; times in milliseconds. */
export interface AddressCertificate {
  address: string
  fingerprint: string
  der: Uint8Array
  uses: CertificateUses
  state: CertificateState
  source: CertificateSource
  firstSeen: number
  lastSeen: number
  replacedBy: string | null
  /** When the user took or refused it, or something else instead; null while nobody was asked. */
  decidedAt: number | null
  /** There is a key for it here. */
  own: boolean
}

type Row = Pick<AddressCertificate, 'address' | 'fingerprint' | 'der' | 'uses' | 'state' | 'source'> & {
  first_seen: number
  last_seen: number
  replaced_by: string | null
  decided_at: number | null
  own: number
}

const columns = `a.address, a.fingerprint, c.der, a.uses, a.state, a.source, a.first_seen, a.last_seen, a.replaced_by,
  a.decided_at, c.source = 'own' AS own
  FROM certificate_addresses a JOIN certificates c ON c.fingerprint = a.fingerprint`

const read = ({ first_seen, last_seen, replaced_by, decided_at, own, ...row }: Row): AddressCertificate => ({
  ...row,
  firstSeen: first_seen,
  lastSeen: last_seen,
  replacedBy: replaced_by,
  decidedAt: decided_at,
  own: own === 1,
})

const overlap = (one: CertificateUses, other: CertificateUses): boolean =>
  one === 'both' || other === 'both' || one === other

interface Standing {
  fingerprint: string
  uses: CertificateUses
  state: CertificateState
  first_seen: number
  not_before: number
}

/** Those that count at an address when another comes for the same use. One's own are beside the matter. */
const rivals = (
  db: SqlDatabase,
  { address, fingerprint, uses }: { address: string; fingerprint: string; uses: CertificateUses },
): Standing[] =>
  db
    .prepare(
      `SELECT a.fingerprint, a.uses, a.state, a.first_seen, a.not_before FROM certificate_addresses a
       JOIN certificates c ON c.fingerprint = a.fingerprint
       WHERE a.address = $address AND a.fingerprint <> $fingerprint AND a.state = 'current' AND c.source <> 'own'`,
    )
    .all<Standing>({ address, fingerprint })
    .filter((row) => overlap(row.uses, uses))

const standing = (db: SqlDatabase, given: { address: string; fingerprint: string }): Standing | undefined =>
  db
    .prepare(
      `SELECT fingerprint, uses, state, first_seen, not_before FROM certificate_addresses
       WHERE address = $address AND fingerprint = $fingerprint`,
    )
    .get<Standing>({ address: given.address, fingerprint: given.fingerprint })

export const certificateOperations = {
  /**
   * Notes that a stored certificate was seen at an address (lower case); `seenAt` and `notBefore` in milliseconds. The
   * first for its use is current. Another is `changed`, nothing replaces a known one by itself; but one that is older, and
   * seen in mail older than what is current was first seen in, is only `former`. One's own is current. Answers the state.
   */
  'certificates.see': operation(
    (
      db,
      params: {
        address: string
        fingerprint: string
        uses: CertificateUses
        source: CertificateSource
        seenAt: number
        notBefore: number
      },
    ): CertificateState => {
      const known = standing(db, params)
      if (known) {
        db.prepare(
          `UPDATE certificate_addresses SET first_seen = min(first_seen, $seenAt), last_seen = max(last_seen, $seenAt),
             not_before = $notBefore, source = iif($source = 'own', 'own', source)
           WHERE address = $address AND fingerprint = $fingerprint`,
        ).run({
          address: params.address,
          fingerprint: params.fingerprint,
          seenAt: params.seenAt,
          notBefore: params.notBefore,
          source: params.source,
        })
        return known.state
      }
      const current = rivals(db, params)
      const [first] = current
      const late =
        first !== undefined &&
        current.every((one) => params.seenAt < one.first_seen && params.notBefore < one.not_before)
      const state: CertificateState =
        params.source === 'own' || first === undefined ? 'current' : late ? 'former' : 'changed'
      db.prepare(
        `INSERT INTO certificate_addresses
           (address, fingerprint, uses, state, source, first_seen, last_seen, not_before, replaced_by)
         VALUES ($address, $fingerprint, $uses, $state, $source, $seenAt, $seenAt, $notBefore, $replacedBy)`,
      ).run({ ...params, state, replacedBy: state === 'former' && first ? first.fingerprint : null })
      return state
    },
  ),
  /** Certificates of an address (lower case) with their history: current first, then the latest seen. */
  'certificates.forAddress': operation((db, params: { address: string }): AddressCertificate[] =>
    db
      .prepare(
        `SELECT ${columns} WHERE a.address = ?
         ORDER BY a.state <> 'current', a.state <> 'changed', a.last_seen DESC, a.fingerprint`,
      )
      .all<Row>([params.address])
      .map(read),
  ),
  /** Certificates of correspondents whose address or name has a text in it (all for none): those with a change first. */
  'certificates.correspondents': operation(
    (
      db,
      params: { text: string; limit: number },
    ): { address: string; name: string; certificates: AddressCertificate[] }[] => {
      const addresses = db
        .prepare(
          `SELECT a.address, ifnull(p.name, '') AS name, max(a.state = 'changed') AS changed FROM certificate_addresses a
           JOIN certificates c ON c.fingerprint = a.fingerprint AND c.source <> 'own'
           LEFT JOIN correspondents p ON p.address = a.address
           WHERE $text = '' OR instr(a.address, $text) > 0 OR instr(ifnull(p.folded, ''), $text) > 0
           GROUP BY a.address ORDER BY changed DESC, a.address LIMIT $limit`,
        )
        .all<{ address: string; name: string }>({ text: fold(params.text), limit: params.limit })
      return addresses.map(({ address, name }) => ({
        address,
        name,
        certificates: db
          .prepare(
            `SELECT ${columns} WHERE a.address = ? AND c.source <> 'own'
             ORDER BY a.state <> 'changed', a.state <> 'current', a.last_seen DESC, a.fingerprint`,
          )
          .all<Row>([address])
          .map(read),
      }))
    },
  ),
  /**
   * The user's word on a certificate of an address. Taken, it becomes current and those current for the same use become
   * former; one of both uses keeps the other. Refused, it is never used. False when there is no such certificate.
   */
  'certificates.decide': operation(
    (db, params: { address: string; fingerprint: string; take: boolean }, context): boolean => {
      const chosen = standing(db, params)
      if (!chosen) return false
      const set = db.prepare(
        `UPDATE certificate_addresses SET state = $state, uses = $uses, replaced_by = $replacedBy, decided_at = $now
         WHERE address = $address AND fingerprint = $fingerprint`,
      )
      const { address } = params
      const now = context.now()
      const { fingerprint, uses } = chosen
      const state = params.take ? 'current' : 'refused'
      set.run({ address, fingerprint, uses, state, replacedBy: null, now })
      if (!params.take) return true
      for (const rival of rivals(db, { address, fingerprint, uses })) {
        const partly = rival.uses === 'both' && uses !== 'both'
        set.run({
          address,
          fingerprint: rival.fingerprint,
          uses: partly ? (uses === 'sign' ? 'encrypt' : 'sign') : rival.uses,
          state: partly ? 'current' : 'former',
          replacedBy: partly ? null : fingerprint,
          now,
        })
      }
      return true
    },
  ),
  /**
   * Forgets a certificate at an address. What waited for the user's word because of it alone is current: there is nothing
   * left that it would replace. False when there is no such certificate.
   */
  'certificates.forget': operation((db, params: { address: string; fingerprint: string }): boolean => {
    const { address, fingerprint } = params
    const { changes } = db
      .prepare('DELETE FROM certificate_addresses WHERE address = $address AND fingerprint = $fingerprint')
      .run({ address, fingerprint })
    const waiting = db
      .prepare("SELECT fingerprint, uses FROM certificate_addresses WHERE address = ? AND state = 'changed'")
      .all<{ fingerprint: string; uses: CertificateUses }>([address])
    for (const one of waiting)
      if (rivals(db, { address, ...one }).length === 0)
        db.prepare(
          "UPDATE certificate_addresses SET state = 'current' WHERE address = $address AND fingerprint = $fingerprint",
        ).run({ address, fingerprint: one.fingerprint })
    return Number(changes) > 0
  }),
}
