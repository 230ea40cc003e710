import type {
  DirectoryEntry,
  DirectoryPerson,
  DirectoryState,
  DistributionList,
  Input,
  Method,
  RecipientSuggestion,
} from '../../app/contract/index.ts'
import { refuse, reply, type FakePart, type FakeWorld } from './fake-world.ts'
import { directoryEntries, directoryState, distributionLists } from './fixture-directory.ts'

const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

const said = (entry: DirectoryEntry): string =>
  plain(
    [
      entry.name,
      entry.address,
      entry.profession?.label,
      entry.specialty?.label,
      entry.structure?.name,
      entry.structure?.town,
      entry.nationalId,
    ].join(' '),
  )
const matches = (text: string, wanted: string): boolean =>
  plain(wanted)
    .split(/\s+/)
    .every((word) => ` ${text}`.includes(` ${word}`) || text.startsWith(word))

const personOf = (
  entries: readonly DirectoryEntry[],
  nationalId: string,
  verified: boolean,
): DirectoryPerson | null => {
  const own = entries.filter((one) => one.nationalId === nationalId)
  const [first] = own
  if (!first) return null
  return {
    nationalId,
    name: first.name,
    mailboxes: own.toSorted((one, other) => Number(other.preferred) - Number(one.preferred)),
    situations: verified
      ? [{ role: 'Libéral', active: true, structure: first.structure, start: '2019-01-01', end: null }]
      : [],
    professions: first.profession ? [first.profession] : [],
    specialties: first.specialty ? [first.specialty] : [],
    active: verified ? true : null,
    verifiedAt: verified ? '2026-11-22T09:40:00Z' : null,
  }
}

/** The directory, lists and suggestions of pictures. */
export const fakeDirectory = ({ scenario, now, emit }: FakeWorld): FakePart => {
  let entries = [...directoryEntries]
  let lists: DistributionList[] = [...distributionLists]
  const verified = new Set<string>()
  const none =
    scenario.directory === 'none' || scenario.directory === 'importing' || scenario.session === 'no-vault'
  let state: DirectoryState = directoryState(now)
  if (none) state = { ...state, generation: null, databaseBytes: 0 }
  if (scenario.directory === 'importing')
    state = {
      ...state,
      work: {
        kind: 'extraction',
        startedAt: now.toISOString(),
        progress: { phase: 'read', done: 8_400_000, total: 20_100_000, lines: 223_410 },
      },
    }
  if (scenario.directory === 'stale')
    state = {
      ...state,
      stale: true,
      resumable: true,
      error: { code: 'net.unreachable', retry: 'later', details: { host: 'service.annuaire.mssante.test' } },
    }
  const change = (next: DirectoryState): void => {
    state = next
    emit('directory.changed', state)
  }
  const there = (): readonly DirectoryEntry[] => (none ? [] : entries)
  const suggestion = (entry: DirectoryEntry): RecipientSuggestion => ({
    kind: 'address',
    name: entry.name,
    address: entry.address,
    trust: entry.trust,
    origins: entry.favourite ? ['favourite', 'directory'] : ['directory'],
    type: entry.type,
    profession: entry.profession?.label ?? null,
    specialty: entry.specialty?.label ?? null,
    structure: entry.structure?.name ?? null,
    service: entry.service,
    town: entry.structure?.town ?? null,
    nationalId: entry.nationalId,
    goneSince: entry.goneSince,
    preferred: entry.preferred,
    near: false,
    others:
      entry.nationalId === null ? 0 : there().filter((one) => one.nationalId === entry.nationalId).length - 1,
  })
  return (method, input) => {
    // Calls are checked by the client on the way back; here the input is trusted as the contract types it.
    const given = <M extends Method>(): Input<M> => input as Input<M>
    switch (method) {
      case 'directory.state':
        return reply(method, state)
      case 'directory.facets':
        return reply(method, {
          professions: [
            { code: '10', label: 'Médecin', count: 214_310 },
            { code: '60', label: 'Infirmier', count: 88_120 },
          ],
          specialties: [{ code: 'SM04', label: 'Cardiologie et maladies vasculaires', count: 7_204 }],
          departments: [
            { code: '44', label: 'Loire-Atlantique', count: 9_120 },
            { code: '69', label: 'Rhône', count: 18_554 },
          ],
          types: [
            { code: 'PER', count: 455_471 },
            { code: 'ORG', count: 79_886 },
          ],
        })
      case 'directory.search': {
        const { text, filters, limit } = given<'directory.search'>()
        const found = there().filter(
          (entry) =>
            matches(said(entry), text) &&
            (filters.gone || entry.goneSince === null) &&
            (filters.type === null || entry.type === filters.type) &&
            (filters.department === null ||
              entry.structure?.postalCode?.startsWith(filters.department) === true),
        )
        return reply(method, { entries: found.slice(0, limit), more: found.length > limit, near: false })
      }
      case 'directory.person': {
        const { nationalId } = given<'directory.person'>()
        return reply(method, personOf(there(), nationalId, verified.has(nationalId)))
      }
      case 'directory.verify': {
        const { nationalId } = given<'directory.verify'>()
        verified.add(nationalId)
        const person = personOf(there(), nationalId, true)
        return person ? reply(method, person) : refuse('vault.not-found')
      }
      case 'directory.structure':
        return reply(
          method,
          there().filter(
            (one) =>
              one.nationalId === null && one.structure?.id === given<'directory.structure'>().structureId,
          ),
        )
      case 'directory.identify':
        return reply(
          method,
          given<'directory.identify'>().addresses.map(
            (address) => there().find((one) => one.address === address.toLowerCase()) ?? null,
          ),
        )
      case 'directory.setFavourite': {
        const { address, on } = given<'directory.setFavourite'>()
        entries = entries.map((one) => (one.address === address ? { ...one, favourite: on } : one))
        return reply(method, null)
      }
      case 'directory.prefer': {
        const { nationalId, address } = given<'directory.prefer'>()
        entries = entries.map((one) =>
          one.nationalId === nationalId ? { ...one, preferred: one.address === address } : one,
        )
        return reply(method, null)
      }
      case 'directory.update':
      case 'directory.importFile':
        change({
          ...state,
          error: null,
          work: {
            kind: 'extraction',
            startedAt: now.toISOString(),
            progress: { phase: 'download', done: 2_100_000, total: 20_100_000, lines: 0 },
          },
        })
        return reply(method, null)
      case 'directory.cancel':
        change({ ...state, work: null, resumable: true })
        return reply(method, null)
      case 'directory.delta':
        return reply(method, { changed: 12 })
      case 'directory.fetchCertificates':
        return reply(method, { found: [] })
      case 'recipients.suggest': {
        const { text, limit } = given<'recipients.suggest'>()
        const people = there().filter((one) => (text === '' ? one.favourite : matches(said(one), text)))
        const groups = lists
          .filter((list) => text !== '' && matches(plain(list.name), text))
          .map((list) => ({
            kind: 'list' as const,
            listId: list.id,
            name: list.name,
            count: list.members.length,
          }))
        const structures = people.some(
          (one) => one.nationalId === null && matches(plain(one.structure?.name ?? ''), text),
        )
          ? [
              {
                kind: 'service' as const,
                structureId: '690000002',
                name: 'Hôpital des Lilas (démonstration)',
                town: 'LYON',
                count: 2,
              },
            ]
          : []
        return reply(method, [...groups, ...people.map(suggestion), ...structures].slice(0, limit))
      }
      case 'lists.all':
        return reply(method, lists)
      case 'lists.save': {
        const { id, name, members } = given<'lists.save'>()
        const saved = {
          id: id ?? lists.length + 1,
          name,
          members: members.map((one) => ({ ...one, goneSince: null })),
        }
        lists = [...lists.filter((one) => one.id !== saved.id), saved]
        emit('lists.changed', lists)
        return reply(method, saved.id)
      }
      case 'lists.delete':
        lists = lists.filter((one) => one.id !== given<'lists.delete'>().id)
        emit('lists.changed', lists)
        return reply(method, null)
      case 'lists.importCsv':
        return reply(method, { id: 1, members: 2, refused: 0 })
      case 'lists.exportCsv':
        return reply(method, { url: 'souspli-part://demo/liste.csv' })
      default:
        return null
    }
  }
}
