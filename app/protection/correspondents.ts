import {
  fail,
  ok,
  type CertificateChange,
  type CertificateSummary,
  type CertificateUse,
  type CorrespondentCertificates,
  type Outcome,
} from '../contract/index.ts'
import {
  holderName,
  mayReceive,
  readAnchors,
  readCertificate,
  summarise,
  summaryOf,
  usesOf,
  type CertificateFacts,
} from '../smime/index.ts'
import type { AddressCertificate, CertificateUses, Vault } from '../vault/index.ts'

/** Correspondents listed at once. */
const mostListed = 200

export const useNames: Readonly<Record<CertificateUses, CertificateUse[]>> = {
  sign: ['signature'],
  encrypt: ['encryption'],
  both: ['signature', 'encryption'],
}

const summaries = (certificates: readonly { der: Uint8Array }[]): CertificateSummary[] =>
  certificates.flatMap(({ der }) => {
    const summary = summarise(der)
    return summary.ok ? [summary.value] : []
  })

const lower = (address: string): string => address.toLowerCase()
const iso = (milliseconds: number): string => new Date(milliseconds).toISOString()

const together = (one: CertificateUses, other: CertificateUses): CertificateUse[] =>
  useNames[one].filter((use) => useNames[other].includes(use))

/** The same person or service: by the national identifier where one has it, else by the name. */
const sameHolder = (one: CertificateFacts, other: CertificateFacts): boolean => {
  const [first, second] = [summaryOf(one).nationalId, summaryOf(other).nationalId]
  if (first !== null || second !== null) return first === second
  return holderName(one) === holderName(other)
}

const kindOf = (before: CertificateFacts, after: CertificateFacts): CertificateChange['kind'] => {
  if (before.issuerName !== after.issuerName) return 'other-issuer'
  return sameHolder(before, after) ? 'renewal' : 'other-holder'
}

/** What changed at an address, of its certificates: each that is not settled beside the one it would replace. */
const changesAmong = (rows: readonly AddressCertificate[]): CertificateChange[] =>
  rows.flatMap((row): CertificateChange[] => {
    if (row.own || (row.state !== 'changed' && row.state !== 'refused')) return []
    const known = rows.find(
      (one) => one.state === 'current' && !one.own && together(one.uses, row.uses).length > 0,
    )
    const before = known ? readCertificate(known.der) : null
    const after = readCertificate(row.der)
    if (!known || !before?.ok || !after.ok) return []
    return [
      {
        address: row.address,
        before: summaryOf(before.value),
        after: summaryOf(after.value),
        uses: together(known.uses, row.uses),
        kind: kindOf(before.value, after.value),
        sameKey: before.value.x509.publicKey.equals(after.value.x509.publicKey),
        firstSeen: iso(row.firstSeen),
        refused: row.state === 'refused',
      },
    ]
  })

/** Certificates of correspondents: what is known, what changed, and what the user said of it (docs/certificates.md). */
export const createCorrespondents = ({ vault, now }: { vault: Vault; now: () => Date }) => {
  /** Keeps a certificate, and that it was seen at its addresses, or at `sender` when it names none (a card's). */
  const see = async (
    der: Uint8Array,
    source: 'signed-mail' | 'import' | 'directory' | 'own',
    seenAt: Date,
    sender?: string,
  ): Promise<Outcome<CertificateSummary>> => {
    const read = readCertificate(der)
    if (!read.ok) return read
    const summary = summaryOf(read.value)
    const { fingerprint, emails } = summary
    const put = await vault.run('certificates.put', { fingerprint, der, source })
    if (!put.ok) return put
    const uses = usesOf(der)
    if (!uses.ok || uses.value === null) return ok(summary)
    const named = emails.length > 0 ? emails : sender === undefined ? [] : [sender]
    for (const address of new Set(named.map(lower))) {
      const seen = await vault.run('certificates.see', {
        address,
        fingerprint,
        uses: uses.value,
        source,
        seenAt: Math.min(seenAt.getTime(), now().getTime()),
        notBefore: read.value.notBefore.getTime(),
      })
      if (!seen.ok) return seen
    }
    return ok(summary)
  }

  const keepAuthority = async (der: Uint8Array): Promise<Outcome<CertificateSummary>> => {
    const summary = summarise(der)
    if (!summary.ok) return summary
    const { fingerprint } = summary.value
    const put = await vault.run('certificates.put', { fingerprint, der, source: 'chain' })
    return put.ok ? summary : put
  }

  const rowsOf = (address: string): Promise<Outcome<AddressCertificate[]>> =>
    vault.run('certificates.forAddress', { address: lower(address) })

  const found = async (answer: Promise<Outcome<boolean>>): Promise<Outcome<null>> => {
    const done = await answer
    if (!done.ok) return done
    return done.value ? ok(null) : fail('vault.not-found')
  }

  return {
    see,
    keepAuthority,
    /**
     * The certificate to encrypt for an address: one's own latest, else the current one. Fails with
     * `smime.certificate-changed` as long as another one waits for the user's word, `smime.no-recipient-certificate`.
     */
    recipient: async (address: string): Promise<Outcome<AddressCertificate>> => {
      const rows = await rowsOf(address)
      if (!rows.ok) return rows
      const usable = rows.value.filter(({ der, uses }) => uses !== 'sign' && mayReceive(der, now()))
      const own = usable.filter((row) => row.own)
      const [latest] = own.sort((one, other) => startOf(other) - startOf(one))
      if (latest) return ok(latest)
      const details = { address }
      if (usable.some(({ state }) => state === 'changed'))
        return fail('smime.certificate-changed', { details, retry: 'after-change' })
      const current = usable.find(({ state }) => state === 'current')
      return current
        ? ok(current)
        : fail('smime.no-recipient-certificate', { details, retry: 'after-change' })
    },
    changes: async (addresses: readonly string[]): Promise<Outcome<CertificateChange[]>> => {
      const changes: CertificateChange[] = []
      for (const address of new Set(addresses.map(lower))) {
        const rows = await rowsOf(address)
        if (!rows.ok) return rows
        changes.push(...changesAmong(rows.value))
      }
      return ok(changes)
    },
    decide: ({ address, ...choice }: { address: string; fingerprint: string; take: boolean }) =>
      found(vault.run('certificates.decide', { ...choice, address: lower(address) })),
    forget: ({ address, fingerprint }: { address: string; fingerprint: string }) =>
      found(vault.run('certificates.forget', { fingerprint, address: lower(address) })),
    list: async (text: string): Promise<Outcome<CorrespondentCertificates[]>> => {
      const listed = await vault.run('certificates.correspondents', { text: text.trim(), limit: mostListed })
      if (!listed.ok) return listed
      return ok(
        listed.value.map(({ address, name, certificates }) => ({
          address,
          name,
          certificates: certificates.flatMap((row) =>
            summaries([row]).map((certificate) => ({
              certificate,
              uses: useNames[row.uses],
              state: row.state,
              source: row.source === 'chain' ? 'import' : row.source,
              firstSeen: iso(row.firstSeen),
              lastSeen: iso(row.lastSeen),
              replacedBy: row.replacedBy,
              decidedAt: row.decidedAt === null ? null : iso(row.decidedAt),
            })),
          ),
        })),
      )
    },
    /** Keeps the certificates of a file (PEM, DER, p7b); answers the correspondent's. `certificate.malformed`. */
    importFile: async (bytes: Uint8Array): Promise<Outcome<CertificateSummary>> => {
      const read = readAnchors(bytes)
      if (!read.ok) return fail('certificate.malformed', { cause: read.error, retry: 'after-change' })
      const named = read.value.filter((der) => summaries([{ der }]).some(({ emails }) => emails.length > 0))
      // In a p7b its authorities come along, in any order: the correspondent's own is what one asked for.
      const main = named.find((der) => mayReceive(der, now())) ?? named[0] ?? read.value[0]
      if (!main) return fail('certificate.malformed', { retry: 'after-change' })
      for (const der of read.value)
        if (der !== main) {
          const put = named.includes(der) ? await see(der, 'import', now()) : await keepAuthority(der)
          if (!put.ok) return put
        }
      return see(main, 'import', now())
    },
    exportDer: async (fingerprint: string): Promise<Outcome<Uint8Array>> => {
      const der = await vault.run('certificates.get', { fingerprint })
      if (!der.ok) return der
      return der.value ? ok(der.value) : fail('vault.not-found')
    },
  }
}
export type Correspondents = ReturnType<typeof createCorrespondents>

const startOf = ({ der }: { der: Uint8Array }): number => {
  const read = readCertificate(der)
  return read.ok ? read.value.notBefore.getTime() : 0
}
