import { fail, ok, type ClientCertificate, type Expiry, type Outcome, type Output } from './contract/index.ts'
import { createP12Proofs, type P12Proof } from './identity/index.ts'
import { importP12, readCertificate, summaryOf, type CertificateFacts, type Trust } from './smime/index.ts'
import type { StoredP12, Vault } from './vault/index.ts'

/** A certificate with its key, as the vault keeps it: DER in base64. */
type Material = Pick<StoredP12, 'certificate' | 'chain' | 'pkcs8'>

export interface OrganisationCertificates {
  /** Reads a file; what it holds is kept in memory for the account about to be made. Errors: p12.*. */
  read: (bytes: Uint8Array, passphrase: string) => Outcome<Output<'accounts.readP12'>>
  take: (id: string) => Outcome<Material>
  describe: (held: Pick<StoredP12, 'certificate' | 'chain'>) => Outcome<ClientCertificate>
  proofOf: (held: Material) => Outcome<P12Proof>
  /** Certificates of accounts that end within 60 days or have ended. */
  expiring: () => Promise<Outcome<Expiry[]>>
  /** Forgets what was read and every TLS session. */
  forget: () => void
}

const day = 86_400_000
const warnedDays = 60
const mostRead = 8

const clientAuth = '1.3.6.1.5.5.7.3.2'
const serverAuth = '1.3.6.1.5.5.7.3.1'
const anyUsage = '2.5.29.37.0'
const digitalSignature = 0x80

const attribute = (facts: CertificateFacts, name: string): string | null =>
  facts.subject.find((one) => one.name === name)?.value ?? null

/** Organisations' certificates (p12): read from their files, judged, and what accounts prove themselves with. */
export const createOrganisationCertificates = (
  deps: Parameters<typeof createP12Proofs>[0] & {
    vault: Vault
    trust: Pick<Trust, 'knows'>
    random: (length: number) => Uint8Array
  },
): OrganisationCertificates => {
  const { now } = deps
  const read = new Map<string, Material>()
  const proofs = createP12Proofs(deps)

  const problemsOf = (facts: CertificateFacts, chain: CertificateFacts[]): ClientCertificate['problems'] => {
    const problems: ClientCertificate['problems'] = []
    const left = facts.notAfter.getTime() - now()
    if (left < 0) problems.push('expired')
    else if (left < warnedDays * day) problems.push('expires-soon')
    if (facts.notBefore.getTime() > now()) problems.push('not-yet-valid')
    if (!deps.trust.knows(facts, chain, facts.notBefore)) problems.push('untrusted-authority')
    const { keyUsage, extendedKeyUsage: purposes } = facts
    const proves = purposes === null || purposes.includes(clientAuth) || purposes.includes(anyUsage)
    if (!proves || (keyUsage !== null && (keyUsage & digitalSignature) === 0)) problems.push('wrong-usage')
    const person = attribute(facts, 'GN') !== null || attribute(facts, 'SN') !== null || facts.isCard
    if (person || attribute(facts, 'O') === null || purposes?.includes(serverAuth) === true)
      problems.push('not-organisation')
    return problems
  }

  const describe: OrganisationCertificates['describe'] = (held) => {
    const facts = readCertificate(Buffer.from(held.certificate, 'base64'))
    if (!facts.ok) return facts
    const chain = held.chain.flatMap((one) => {
      const above = readCertificate(Buffer.from(one, 'base64'))
      return above.ok ? [above.value] : []
    })
    return ok({
      certificate: summaryOf(facts.value),
      organisation: attribute(facts.value, 'O'),
      problems: problemsOf(facts.value, chain),
    })
  }

  /** Of several keys, the one that proves an organisation best, and of these the one that lasts longest. */
  const bestOf = (materials: readonly Material[]): Material | undefined => {
    const judged = materials.flatMap((material) => {
      const told = describe(material)
      return told.ok ? [{ material, told: told.value }] : []
    })
    const grave = ({ told }: (typeof judged)[number]): number =>
      told.problems.filter((problem) => problem !== 'expires-soon').length
    return judged.toSorted(
      (a, b) => grave(a) - grave(b) || b.told.certificate.notAfter.localeCompare(a.told.certificate.notAfter),
    )[0]?.material
  }

  return {
    read: (bytes, passphrase) => {
      const file = importP12(bytes, passphrase)
      if (!file.ok) return file
      const base64 = (der: Uint8Array): string => Buffer.from(der).toString('base64')
      const chain = file.value.chain.map(base64)
      const found = bestOf(
        file.value.keys.map(({ certificate, pkcs8 }) => ({
          certificate: base64(certificate),
          chain,
          pkcs8: base64(pkcs8),
        })),
      )
      for (const { pkcs8 } of file.value.keys) pkcs8.fill(0)
      if (!found) return fail('p12.no-key', { retry: 'after-change' })
      const told = describe(found)
      if (!told.ok) return told
      const [oldest] = read.keys()
      if (read.size >= mostRead && oldest !== undefined) read.delete(oldest)
      const id = Buffer.from(deps.random(16)).toString('base64url')
      read.set(id, found)
      return ok({ ...told.value, p12: id })
    },
    take: (id) => {
      const found = read.get(id)
      // Kept until the mailbox is locked: a server that refuses is asked again without reading the file anew.
      return found ? ok(found) : fail('account.p12-gone', { retry: 'after-change' })
    },
    describe,
    proofOf: (held) =>
      proofs.proofOf({
        certificate: Buffer.from(held.certificate, 'base64'),
        chain: held.chain.map((one) => Buffer.from(one, 'base64')),
        pkcs8: Buffer.from(held.pkcs8, 'base64'),
      }),
    expiring: async () => {
      const accounts = await deps.vault.run('accounts.list', {})
      if (!accounts.ok) return accounts
      return ok(
        accounts.value.flatMap(({ address, p12 }): Expiry[] => {
          const told = p12 ? describe(p12) : null
          if (!told?.ok) return []
          const { notAfter } = told.value.certificate
          const days = Math.floor((Date.parse(notAfter) - now()) / day)
          return days < warnedDays ? [{ kind: 'account', name: address, notAfter, days }] : []
        }),
      )
    },
    forget: () => {
      read.clear()
      proofs.forget()
    },
  }
}
