import type { DirectoryEntry, TrustClass } from '../contract/index.ts'
import type { StoredMailbox } from './base/read.ts'

const titles: Readonly<Record<string, string>> = { DR: 'Dr', PR: 'Pr', M: 'M.', MME: 'Mme', MLLE: 'Mme' }

/** « jean-marc » → « Jean-Marc »; what already has both cases stays. */
const capitalised = (name: string): string =>
  name === name.toUpperCase() || name === name.toLowerCase()
    ? name
        .toLowerCase()
        .replace(
          /(^|[\s'’-])(\p{L})/gu,
          (_all, before: string, letter: string) => before + letter.toUpperCase(),
        )
    : name

/** « Dr Anne MARTIN », or « Hôpital des Lilas – Cardiologie » (the order of ECO.2.2.7); the address when there is neither. */
export const nameOf = (
  mailbox: Pick<StoredMailbox, 'address' | 'civility' | 'firstName' | 'lastName' | 'service' | 'structure'>,
): string => {
  if (mailbox.lastName !== null) {
    const title = mailbox.civility === null ? undefined : titles[mailbox.civility.toUpperCase()]
    const first = mailbox.firstName === null ? undefined : capitalised(mailbox.firstName)
    return [title, first, mailbox.lastName.toUpperCase()].filter((one) => one !== undefined).join(' ')
  }
  const { structure, service } = mailbox
  const parts = [structure?.tradeName ?? structure?.name ?? null, service].filter((part) => part !== null)
  return parts.length === 0 ? mailbox.address : parts.join(' – ')
}

/** What the user has said of correspondents, and the class of a domain. */
export interface EntryContext {
  classify: (address: string) => TrustClass
  isFavourite: (address: string) => boolean
  preferredOf: (nationalId: string) => string | null
}

export const entryOf = (mailbox: StoredMailbox, context: EntryContext): DirectoryEntry => {
  const { id: _id, unlisted: _unlisted, firstSeen, goneSince, ...rest } = mailbox
  return {
    ...rest,
    trust: context.classify(mailbox.address),
    name: nameOf(mailbox),
    firstSeen: new Date(firstSeen).toISOString(),
    goneSince: goneSince === null ? null : new Date(goneSince).toISOString(),
    favourite: context.isFavourite(mailbox.address),
    preferred:
      mailbox.nationalId !== null &&
      context.preferredOf(mailbox.nationalId) === mailbox.address.toLowerCase(),
  }
}

/** Between addresses of one person: the user's choice, those still there, the operator's rank. */
const precedence = (entry: DirectoryEntry): number =>
  (entry.preferred ? 0 : 1_000_000) +
  (entry.goneSince === null ? 0 : 100_000) +
  Math.min(entry.rank ?? 9_999, 9_999)

export const byPrecedence = (entries: readonly DirectoryEntry[]): DirectoryEntry[] =>
  entries
    .map((entry, at) => ({ entry, at }))
    .toSorted((one, other) => precedence(one.entry) - precedence(other.entry) || one.at - other.at)
    .map(({ entry }) => entry)

/** The addresses of each person side by side, where its first one stood, the preferred one first. */
export const grouped = (entries: readonly DirectoryEntry[]): DirectoryEntry[] => {
  const groups = new Map<string, DirectoryEntry[]>()
  for (const entry of entries) {
    const key = entry.nationalId ?? `@${entry.address}`
    groups.set(key, [...(groups.get(key) ?? []), entry])
  }
  return [...groups.values()].flatMap(byPrecedence)
}

/** An address that two lines give the same person, for two specialties, is shown once. */
export const once = (entries: readonly DirectoryEntry[]): DirectoryEntry[] => {
  const seen = new Set<string>()
  return entries.filter(({ address, nationalId, service }) => {
    const key = JSON.stringify([address.toLowerCase(), nationalId, service])
    return !seen.has(key) && seen.add(key)
  })
}
