import type { DirectoryEntry, DirectoryPerson } from '../contract/index.ts'
import { byPrecedence, entryOf, nameOf, type EntryContext } from './entries.ts'
import type { BaseWork } from './protocol.ts'

/** A person by the base's mailboxes and what the API last said; null where neither knows it. */
export const personOf = (
  nationalId: string,
  { mailboxes, facts, verifiedAt }: BaseWork['person']['answer'],
  context: EntryContext,
): DirectoryPerson | null => {
  const entries = byPrecedence(
    mailboxes.filter(({ unlisted }) => !unlisted).map((mailbox) => entryOf(mailbox, context)),
  )
  const [first] = entries
  if (!first && !facts) return null
  const codes = (pick: (entry: DirectoryEntry) => DirectoryEntry['profession']) => [
    ...new Map(
      entries.flatMap((entry) => pick(entry) ?? []).map((one) => [one.code ?? one.label, one]),
    ).values(),
  ]
  const named = facts && {
    ...{ address: '', service: null, structure: null },
    civility: facts.civility,
    lastName: facts.lastName,
    firstName: facts.firstName,
  }
  return {
    nationalId,
    name: first?.name ?? (named ? nameOf(named) : nationalId),
    mailboxes: entries,
    situations: facts?.situations ?? [],
    professions:
      facts && facts.professions.length > 0 ? facts.professions : codes((entry) => entry.profession),
    specialties:
      facts && facts.specialties.length > 0 ? facts.specialties : codes((entry) => entry.specialty),
    active: facts?.active ?? null,
    verifiedAt: verifiedAt === null ? null : new Date(verifiedAt).toISOString(),
  }
}
