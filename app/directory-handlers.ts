import { basename } from 'node:path'
import {
  fail,
  ok,
  type CoreMethod,
  type DistributionList,
  type Input,
  type Outcome,
  type Output,
} from './contract/index.ts'
import {
  readListCsv,
  suggestRecipients,
  writeListCsv,
  type CertificateDirectory,
  type Directory,
} from './directory/index.ts'
import type { Mail } from './mail/index.ts'
import type { createProtection } from './protection/index.ts'
import type { Grants, Resource, Uploads } from './reading/index.ts'
import { readCertificate, usesOf, type Trust } from './smime/index.ts'
import { uploadedBytes } from './uploaded-bytes.ts'
import type { Vault } from './vault/index.ts'

type Method = Extract<CoreMethod, `directory.${string}` | `recipients.${string}` | `lists.${string}`>
type Handlers = { [M in Method]: (input: Input<M>) => Promise<Outcome<Output<M>>> | Outcome<Output<M>> }

export interface DirectoryHandling {
  directory: Directory
  /** Null where no LDAP is configured. */
  certificateDirectory: CertificateDirectory | null
  correspondents: ReturnType<typeof createProtection>['correspondents']
  trust: Trust
  mail: Pick<Mail, 'suggest'>
  classify: Parameters<typeof suggestRecipients>[0]['classify']
  vault: Vault
  uploads: Uploads
  grants: Grants
  keep: (resource: Resource) => string
  now: () => number
  listsChanged: (lists: DistributionList[]) => void
}

/** Correspondents looked at for what they are rather than what they are called. */
const mostFrequent = 60
const largestCsv = 2 * 1024 * 1024

/** The calls of a window about the directory, recipients and distribution lists. */
export const directoryHandlers = (deps: DirectoryHandling): Handlers => {
  const { directory } = deps
  const { choices } = directory

  /** Lists with what the directory says of their members today. */
  const allLists = async (): Promise<Outcome<DistributionList[]>> => {
    const lists = choices.lists()
    const gone = new Map<string, string | null>()
    const addresses = [...new Set(lists.flatMap(({ members }) => members.map(({ address }) => address)))]
    for (let at = 0; at < addresses.length; at += 200) {
      const some = addresses.slice(at, at + 200)
      const known = await directory.identify(some)
      if (!known.ok) return known
      for (const [index, address] of some.entries()) gone.set(address, known.value[index]?.goneSince ?? null)
    }
    return ok(
      lists.map((list) => ({
        ...list,
        members: list.members.map((one) => ({ ...one, goneSince: gone.get(one.address) ?? null })),
      })),
    )
  }
  const tellLists = async (): Promise<void> => {
    const lists = await allLists()
    if (lists.ok) deps.listsChanged(lists.value)
  }
  const save = async (wish: Input<'lists.save'>): Promise<Outcome<number>> => {
    const saved = await choices.saveList(wish)
    if (saved.ok) await tellLists()
    return saved
  }

  return {
    'directory.search': (wish) => directory.search(wish),
    'directory.facets': () => directory.facets(),
    'directory.person': ({ nationalId }) => directory.person(nationalId),
    'directory.structure': ({ structureId }) => directory.structure(structureId),
    'directory.identify': ({ addresses }) => directory.identify(addresses),
    'directory.verify': ({ nationalId }) => directory.verify(nationalId),
    'directory.state': () => ok(directory.state()),
    'directory.update': () => directory.update(),
    'directory.importFile': ({ grant }) => {
      const granted = deps.grants.take(grant, ['import'])
      if (!granted.ok) return granted
      return directory.importFile(granted.value.paths[0] ?? '')
    },
    'directory.cancel': () => directory.cancel(),
    'directory.delta': () => directory.delta(),
    'directory.setFavourite': (wish) => choices.setFavourite(wish),
    'directory.prefer': (wish) => choices.prefer(wish),
    'directory.fetchCertificates': async ({ addresses }) => {
      const { certificateDirectory: certificates } = deps
      if (!certificates) return fail('directory.not-configured', { retry: 'after-change' })
      const known = await directory.identify(addresses)
      if (!known.ok) return known
      const found: string[] = []
      for (const [index, address] of addresses.entries()) {
        const nationalId = known.value[index]?.nationalId ?? null
        const kept = await keepCertificates(deps, certificates, { address, nationalId })
        if (!kept.ok) return kept
        if (kept.value) found.push(address)
      }
      return ok({ found })
    },
    'recipients.suggest': (wish) =>
      suggestRecipients(
        {
          ...{ directory, classify: deps.classify },
          recent: (text) => deps.mail.suggest(text),
          frequent: () => deps.mail.suggest('', mostFrequent),
        },
        wish,
      ),
    'lists.all': () => allLists(),
    'lists.save': save,
    'lists.delete': async ({ id }) => {
      const done = await choices.deleteList(id)
      if (done.ok) await tellLists()
      return done
    },
    'lists.importCsv': async ({ uploadId, name }) => {
      const bytes = await uploadedBytes(deps, uploadId, largestCsv)
      if (!bytes.ok) return bytes
      const { members, refused } = readListCsv(bytes.value)
      if (members.length === 0) return fail('directory.list-unreadable', { retry: 'after-change' })
      const saved = await save({ id: null, name, members })
      return saved.ok ? ok({ id: saved.value, members: members.length, refused }) : saved
    },
    'lists.exportCsv': ({ id }) => {
      const list = choices.lists().find((one) => one.id === id)
      if (!list) return fail('vault.not-found')
      const csv = writeListCsv(list.members)
      const url = deps.keep({
        mimeType: 'text/plain',
        size: csv.byteLength,
        fileName: `${basename(list.name).replace(/[^\p{L}\p{N} ._-]/gu, '_')}.csv`,
        read: () => ok(csv),
      })
      return ok({ url })
    },
  }
}

/**
 * Keeps what the LDAP directory has for somebody, as far as our authorities issued it; true when there is now a certificate
 * to encrypt with. Another one than the one known waits for the user's word, as always (docs/certificates.md).
 */
const keepCertificates = async (
  deps: DirectoryHandling,
  certificates: CertificateDirectory,
  who: { address: string; nationalId: string | null },
): Promise<Outcome<boolean>> => {
  const found = await certificates.find(who)
  if (!found.ok) return found
  const read = found.value.flatMap((der) => {
    const facts = readCertificate(der)
    return facts.ok ? [{ der, facts: facts.value }] : []
  })
  const at = new Date(deps.now())
  for (const { der, facts } of read) {
    const candidates = read.flatMap((one) => (one.der === der ? [] : [one.facts]))
    const uses = usesOf(der)
    if (facts.isAuthority || !uses.ok || uses.value === null || !deps.trust.knows(facts, candidates, at))
      continue
    const kept = await deps.correspondents.see(der, 'directory', at, who.address)
    if (!kept.ok) return kept
  }
  const now = await deps.correspondents.recipient(who.address)
  if (now.ok) return ok(true)
  const lacking =
    now.error.code === 'smime.no-recipient-certificate' || now.error.code === 'smime.certificate-changed'
  return lacking ? ok(false) : now
}
