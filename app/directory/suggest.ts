import {
  ok,
  type Correspondent,
  type DirectoryEntry,
  type Outcome,
  type RecipientSuggestion,
  type TrustClass,
} from '../contract/index.ts'
import { fold } from '../vault/index.ts'
import type { Directory } from './directory.ts'

type AddressSuggestion = Extract<RecipientSuggestion, { kind: 'address' }>
type Origin = AddressSuggestion['origins'][number]

export interface SuggestDependencies {
  directory: Directory
  /** Addresses of mail sent and received, most written to first. */
  recent: (text: string) => Promise<Outcome<Correspondent[]>>
  /** Those written to most, whatever they are called. */
  frequent: () => Promise<Outcome<Correspondent[]>>
  classify: (address: string) => TrustClass
}

/** Recent and favourite correspondents come first, and no more than these, so that the directory stays in sight. */
const mostKnown = 6
const mostFavourites = 120
const mostFrequent = 60
const mostOfPerson = 4
/** Of the directory: one person may have many addresses. */
const mostLooked = 40
const mostGroups = 2
const mostServices = 2
const anybody = { profession: null, specialty: null, department: null, type: null, gone: false }

const words = (text: string): string[] =>
  fold(text)
    .split(/[^\p{L}\p{N}@.]+/u)
    .filter((word) => word !== '')
const matches = (said: string, wanted: readonly string[]): boolean => {
  const folded = ` ${fold(said).replace(/[^\p{L}\p{N}@.]+/gu, ' ')}`
  return wanted.every((word) => folded.includes(` ${word}`))
}

/** What a search of the directory is like, of an entry: names as they are shown, place and trade. */
const described = (entry: DirectoryEntry | null): string =>
  entry
    ? [
        entry.name,
        entry.profession?.label,
        entry.specialty?.label,
        entry.service,
        entry.structure?.name,
        entry.structure?.town,
      ]
        .filter((part) => part !== undefined && part !== null)
        .join(' ')
    : ''

const suggestionOf = (
  who: Correspondent,
  entry: DirectoryEntry | null,
  origins: Origin[],
  others: number,
  trust: TrustClass,
  near: boolean,
): AddressSuggestion => ({
  kind: 'address',
  name: entry?.name ?? who.name,
  address: entry?.address ?? who.address,
  trust,
  origins,
  type: entry?.type ?? null,
  profession: entry?.profession?.label ?? null,
  specialty: entry?.specialty?.label ?? null,
  structure: entry?.structure?.tradeName ?? entry?.structure?.name ?? null,
  service: entry?.service ?? null,
  town: entry?.structure?.town ?? null,
  nationalId: entry?.nationalId ?? null,
  goneSince: entry?.goneSince ?? null,
  preferred: entry?.preferred ?? false,
  others,
  near,
})

/**
 * One list for the recipient field: lists and favourites that match, people written to before, then the directory with its
 * services. Addresses of one person stand side by side, the preferred one first. Without words, favourites alone.
 */
export const suggestRecipients = async (
  { directory, recent, frequent, classify }: SuggestDependencies,
  { text, limit }: { text: string; limit: number },
): Promise<Outcome<RecipientSuggestion[]>> => {
  const wanted = words(text)
  const { choices } = directory
  const [met, often, found] = await Promise.all([
    wanted.length === 0 ? ok<Correspondent[]>([]) : recent(text.slice(0, 100)),
    wanted.length === 0 ? ok<Correspondent[]>([]) : frequent(),
    wanted.length === 0
      ? ok({ entries: [], more: false, near: false })
      : directory.search({ text, filters: anybody, limit: Math.max(limit, mostLooked) }),
  ])
  if (!met.ok) return met
  if (!often.ok) return often
  if (!found.ok) return found
  const favourites = choices.favourites().slice(0, mostFavourites)
  const named = met.value.slice(0, mostKnown * 2)
  const known = [...favourites, ...named, ...often.value.slice(0, mostFrequent)]
  const identified = await directory.identify(known.map(({ address }) => address))
  if (!identified.ok) return identified
  const marked = favourites.flatMap((who, at) => {
    const entry = identified.value[at] ?? null
    return matches(`${who.name} ${who.address} ${described(entry)}`, wanted) ? [{ who, entry }] : []
  })
  const others = known
    .map((who, at) => ({ who, entry: identified.value[at] ?? null }))
    .slice(favourites.length)
  const before = [
    ...others.slice(0, named.length),
    // The cardiologist one writes to each day is found by « cardio » as well.
    ...others
      .slice(named.length)
      .filter(({ who, entry }) => entry && matches(`${who.name} ${who.address} ${described(entry)}`, wanted)),
  ]

  const shown = new Map<string, { who: Correspondent; entry: DirectoryEntry | null; origins: Origin[] }>()
  const add = (who: Correspondent, entry: DirectoryEntry | null, origin: Origin): void => {
    const key = who.address.toLowerCase()
    const there = shown.get(key)
    if (!there) shown.set(key, { who, entry, origins: [origin] })
    else if (!there.origins.includes(origin)) there.origins.push(origin)
  }
  for (const { who, entry } of marked) add(who, entry, 'favourite')
  // An address that vanished is not what one looks for: it comes after those that work.
  for (const { who, entry } of before.toSorted(
    (one, other) => Number(isGone(one.entry)) - Number(isGone(other.entry)),
  ))
    if (shown.size < mostKnown || shown.has(who.address.toLowerCase())) add(who, entry, 'recent')
  for (const entry of found.value.entries)
    add({ name: entry.name, address: entry.address }, entry, 'directory')

  const groups = choices
    .lists()
    .filter((list) => wanted.length > 0 && matches(list.name, wanted))
    .slice(0, mostGroups)
    .map((list) => ({ kind: 'list', listId: list.id, name: list.name, count: list.members.length }) as const)
  const addresses = sideBySide([...shown.values()]).slice(0, limit)
  const structures = structuresAmong(found.value.entries, wanted)
  const counted = await directory.counts({
    nationalIds: addresses.map(({ entry }) => entry?.nationalId ?? ''),
    structureIds: structures.map(({ structureId }) => structureId),
  })
  if (!counted.ok) return counted
  const services = structures
    .map((one, at) => ({ ...one, kind: 'service' as const, count: counted.value.structures[at] ?? 0 }))
    .filter(({ count }) => count > 1)
    .slice(0, mostServices)
  const people = addresses.map(({ who, entry, origins }, at) =>
    suggestionOf(
      who,
      entry,
      origins,
      entry?.nationalId ? Math.max(0, (counted.value.persons[at] ?? 1) - 1) : 0,
      classify(who.address),
      found.value.near && origins.every((origin) => origin === 'directory'),
    ),
  )
  return ok(
    [...groups, ...people.slice(0, Math.max(1, limit - groups.length - services.length)), ...services].slice(
      0,
      limit,
    ),
  )
}

/**
 * Addresses of one person together, where the first of them stood: the one the user prefers, then as they came, those that are gone
 * last; no more of a person than leaves others in sight.
 */
const sideBySide = <T extends { entry: DirectoryEntry | null; who: Correspondent }>(
  all: readonly T[],
): T[] => {
  const people = new Map<string, T[]>()
  for (const one of all) {
    const key = one.entry?.nationalId ?? one.who.address.toLowerCase()
    people.set(key, [...(people.get(key) ?? []), one])
  }
  const place = ({ entry }: T): number => (entry?.preferred ? 0 : isGone(entry) ? 2 : 1)
  const most = people.size === 1 ? all.length : mostOfPerson
  return [...people.values()].flatMap((own) =>
    own.toSorted((one, other) => place(one) - place(other)).slice(0, most),
  )
}

const isGone = (entry: DirectoryEntry | null): boolean => entry !== null && entry.goneSince !== null

/** Structures whose own name (not a person's) is what was typed. */
const structuresAmong = (
  entries: readonly DirectoryEntry[],
  wanted: readonly string[],
): { structureId: string; name: string; town: string | null }[] => {
  const found = new Map<string, { structureId: string; name: string; town: string | null }>()
  for (const { structure, nationalId } of entries) {
    const name = structure?.tradeName ?? structure?.name
    if (nationalId !== null || !structure?.id || name == null) continue
    if (matches(`${name} ${structure.town ?? ''}`, wanted))
      found.set(structure.id, { structureId: structure.id, name, town: structure.town })
  }
  return [...found.values()].slice(0, 4)
}
