import path from 'node:path'
import {
  fail,
  ok,
  toErrorData,
  type AppError,
  type DirectoryEntry,
  type DirectoryFacets,
  type DirectoryFilters,
  type DirectoryPerson,
  type DirectoryProgress,
  type DirectoryState,
  type ErrorData,
  type Outcome,
  type Policy,
  type TrustClass,
} from '../contract/index.ts'
import { fold, type Vault } from '../vault/index.ts'
import type { ApiFindings } from './base/apply.ts'
import type { ImportProgress } from './base/import.ts'
import type { BaseFile } from './base-file.ts'
import { departmentCode } from './base/columns.ts'
import { dateInName } from './base/extraction-date.ts'
import { downloadExtraction, dropDownload, hasDownload, type Ask } from './download.ts'
import { entryOf, grouped, once, type EntryContext } from './entries.ts'
import { createChoices, type Choices } from './choices.ts'
import type { FhirClient } from './fhir/client.ts'
import { personOf } from './person.ts'
import type { BaseWork } from './protocol.ts'

export interface DirectoryDependencies {
  vault: Pick<Vault, 'run'>
  base: BaseFile
  policy: Policy['directory']
  /** Folder of this vault's base. */
  folder: () => string
  ask: Ask
  /** Null without a key. */
  fhir: FhirClient | null
  hasLdap: boolean
  classify: (address: string) => TrustClass
  /** Of the accounts of this store: who practises where they do comes first among equals. */
  ownAddresses: () => Promise<readonly string[]>
  now: () => number
  after: (milliseconds: number, run: () => void) => () => void
  emit: (state: DirectoryState) => void
  onFault: (error: unknown) => void
}

/** The Annuaire Santé on this workstation (docs/directory.md). Errors: `directory.*`, those of the store and of the network. */
export interface Directory {
  start: () => Promise<void>
  stop: () => Promise<void>
  search: (wish: {
    text: string
    filters: DirectoryFilters
    limit: number
  }) => Promise<Outcome<{ entries: DirectoryEntry[]; more: boolean; near: boolean }>>
  facets: () => Promise<Outcome<DirectoryFacets>>
  person: (nationalId: string) => Promise<Outcome<DirectoryPerson | null>>
  structure: (structureId: string) => Promise<Outcome<DirectoryEntry[]>>
  identify: (addresses: readonly string[]) => Promise<Outcome<(DirectoryEntry | null)[]>>
  /** Mailboxes each of these persons and structures has. */
  counts: (of: BaseWork['counts']['params']) => Promise<Outcome<BaseWork['counts']['answer']>>
  /** Addresses of a national identifier, to tie a card's signature to its sender; null when it is not known. */
  addressesOf: (nationalId: string) => Promise<readonly string[] | null>
  verify: (nationalId: string) => Promise<Outcome<DirectoryPerson>>
  delta: () => Promise<Outcome<{ changed: number }>>
  state: () => DirectoryState
  update: () => Promise<Outcome<null>>
  importFile: (file: string) => Promise<Outcome<null>>
  cancel: () => Promise<Outcome<null>>
  choices: Choices
}

/** The ANS's own address (mssante-client.md §4.2). */
const productionExtraction =
  'https://service.annuaire.sante.fr/annuaire-sante-webservices/V300/services/extraction/Extraction_Correspondance_MSSante'
const hour = 3_600_000
const day = 24 * hour
const firstLook = 20_000
/** A whole directory loses some hundredths in two months (mssante-client.md §4.2): one that lost half was cut. */
const leastKept = 0.5
const tellEvery = 250

export const createDirectory = (deps: DirectoryDependencies): Directory => {
  const { base, now } = deps
  const policy = deps.policy ?? {}
  const url = policy.extraction === undefined ? productionExtraction : policy.extraction
  const choices = createChoices(deps.vault)
  const downloadPath = (): string => path.join(deps.folder(), 'extraction.part')

  let facts: BaseWork['facts']['answer'] | null = null
  let work: DirectoryState['work'] = null
  let doing: ((signal: AbortSignal) => Promise<Outcome<unknown>>) | null = null
  let error: ErrorData | null = null
  let resumable = false
  let life = new AbortController()
  let working = new AbortController()
  let running: Promise<unknown> = Promise.resolve()
  let callOff: (() => void) | null = null
  let lastTry = 0
  let wasDownloaded = false
  let athome: { of: number; at: number; home: Home } | null = null

  const iso = (time: number): string => new Date(time).toISOString()
  const staleAfter = (policy.staleDays ?? 3) * day
  const state = (): DirectoryState => {
    const generation = facts?.generation ?? null
    return {
      generation: generation && {
        ...generation,
        date: iso(generation.date),
        importedAt: iso(generation.importedAt),
      },
      stale: generation !== null && now() - Math.max(generation.date, facts?.deltaAt ?? 0) > staleAfter,
      work,
      error,
      resumable,
      download: url !== null,
      fhir: deps.fhir !== null,
      ldap: deps.hasLdap,
      deltaAt: facts?.deltaAt == null ? null : iso(facts.deltaAt),
      databaseBytes: facts?.bytes ?? 0,
    }
  }
  const tell = (): void => deps.emit(state())

  const context: EntryContext = {
    classify: deps.classify,
    isFavourite: choices.isFavourite,
    preferredOf: choices.preferredOf,
  }
  /** A file that is damaged is nobody's own: it goes, and is fetched again. */
  const dropDamaged = async (): Promise<void> => {
    wasDownloaded ||= facts?.generation?.source === 'download'
    facts = null
    await base.discard()
    error = toErrorData({ code: 'directory.damaged', retry: 'later' })
    tell()
  }
  const refreshFacts = async (): Promise<Outcome<unknown>> => {
    const read = await base.read('facts', null)
    if (read.ok) facts = read.value
    return read
  }

  let toldAt = 0
  const progress = (next: DirectoryProgress): void => {
    if (!work) return
    const changed = next.phase !== work.progress.phase
    work = { ...work, progress: next }
    const at = performance.now()
    if (!changed && at - toldAt < tellEvery) return
    toldAt = at
    tell()
  }

  /** One long work at a time; what it leaves is told. */
  const begin = (kind: 'extraction' | 'delta', run: (signal: AbortSignal) => Promise<Outcome<unknown>>) => {
    if (work) return fail<never>('vault.busy', { retry: 'later' })
    working = new AbortController()
    const signal = AbortSignal.any([working.signal, life.signal])
    lastTry = now()
    error = null
    doing = run
    work = { kind, startedAt: iso(now()), progress: { phase: 'download', done: 0, total: 0, lines: 0 } }
    tell()
    const ended = run(signal)
      .catch((cause: unknown): Outcome<never> => {
        deps.onFault(cause)
        return fail('core.internal', { cause })
      })
      .then(async (outcome) => {
        work = null
        if (life.signal.aborted) return outcome
        error = outcome.ok || quietCodes.has(outcome.error.code) ? null : toErrorData(outcome.error)
        resumable = await hasDownload(downloadPath())
        await refreshFacts()
        tell()
        return outcome
      })
    running = ended
    return ok(ended)
  }

  const importFrom = async (
    wish: Pick<BaseWork['import']['params'], 'path' | 'date' | 'source' | 'whenLess'>,
  ) => {
    const onProgress = (one: ImportProgress): void => progress(one)
    const whole = { ...wish, now: now(), leastKept }
    const done = await base.write('import', whole, onProgress)
    if (done.ok || done.error.code !== 'vault.corrupt') return done
    // The file, not the extraction: a base is made anew, nothing of it is anybody's own.
    await base.discard()
    return base.write('import', whole, onProgress)
  }

  const fetchAndImport = async (signal: AbortSignal): Promise<Outcome<unknown>> => {
    if (url === null) return fail('directory.not-configured')
    const file = downloadPath()
    await choices.makeFolder(deps.folder())
    const fetched = await downloadExtraction({
      ...{ ask: deps.ask, url, path: file, now, signal },
      onProgress: (done, total) => progress({ phase: 'download', done, total, lines: 0 }),
    })
    if (!fetched.ok) return fetched
    const done = await importFrom({
      ...{ path: file, date: fetched.value.date, source: 'download', whenLess: 'refuse' },
    })
    // A file that cannot be read is not to be gone on from.
    if (done.ok || done.error.code.startsWith('directory.extraction-')) await dropDownload(file)
    return done
  }

  const told = async (begun: Outcome<unknown>): Promise<Outcome<null>> => (begun.ok ? ok(null) : begun)
  const lookAfter = (milliseconds: number): void => {
    callOff?.()
    callOff = deps.after(milliseconds, () => void look())
  }
  /** Keeps the base of the day, where it was downloaded before or the administrator says where from. */
  const look = async (): Promise<void> => {
    if (life.signal.aborted) return
    const known = facts?.generation
    const wanted =
      url !== null && (deps.policy !== undefined || wasDownloaded || known?.source === 'download')
    const every = (policy.refreshHours ?? 24) * hour
    // Another extraction is there another day: one that was refused is not fetched each hour.
    const pause = error?.code.startsWith('directory.extraction-') ? every : Math.min(every, hour)
    const passed = (since: number, least: number): boolean =>
      // A clock that was put back says nothing of what passed.
      now() - since >= least || since > now() + hour
    if (wanted && !work && passed(known?.importedAt ?? 0, every) && passed(lastTry, pause)) {
      const begun = begin('extraction', fetchAndImport)
      if (begun.ok) await begun.value
    }
    if (!life.signal.aborted) lookAfter(hour)
  }

  const read = async <N extends 'search' | 'structure' | 'identify' | 'person' | 'counts'>(
    name: N,
    params: BaseWork[N]['params'],
    none: BaseWork[N]['answer'],
  ): Promise<Outcome<BaseWork[N]['answer']>> => {
    const answer = await base.read(name, params)
    if (answer.ok) return ok(answer.value ?? none)
    if (answer.error.code !== 'vault.corrupt') return answer
    // What does not need the directory goes on: its state says what happened.
    await dropDamaged()
    return ok(none)
  }

  /** Where the user's own mailboxes are, of the base in use. */
  const home = async (): Promise<Home> => {
    const day = facts?.generation?.importedAt ?? 0
    if (athome?.of === day && now() - athome.at < hour) return athome.home
    const own = await deps.ownAddresses()
    const found = await read('identify', { addresses: own.slice(0, 50) }, [])
    const structures = (found.ok ? found.value : []).flatMap((mailbox) => mailbox?.structure ?? [])
    const places = {
      departments: [
        ...new Set(structures.flatMap((one) => departmentCode(one.postalCode, one.department) ?? [])),
      ].slice(0, mostDepartments),
      towns: [...new Set(structures.flatMap((one) => (one.town === null ? [] : fold(one.town))))],
    }
    athome = { of: day, at: now(), home: places }
    return places
  }

  const person = async (nationalId: string): Promise<Outcome<DirectoryPerson | null>> => {
    const found = await read('person', { nationalId }, { mailboxes: [], facts: null, verifiedAt: null })
    return found.ok ? ok(personOf(nationalId, found.value, context)) : found
  }

  const apply = async (findings: ApiFindings): Promise<Outcome<number>> => base.write('apply', findings)

  return {
    choices,
    state,
    start: async () => {
      life = new AbortController()
      facts = null
      error = null
      lastTry = 0
      wasDownloaded = false
      athome = null
      await choices.load()
      const opened = await base.open()
      if (!opened.ok) return deps.onFault(opened.error)
      if (opened.value.there) {
        const known = await refreshFacts()
        // Another version's, or damaged: it is made anew from the next extraction.
        if (!known.ok && known.error.code === 'vault.corrupt') await dropDamaged()
        else if (!known.ok && known.error.code !== 'vault.cancelled') await base.discard()
      }
      resumable = await hasDownload(downloadPath())
      lookAfter(firstLook)
    },
    stop: async () => {
      life.abort()
      callOff?.()
      callOff = null
      await base.close()
      await running.catch(() => undefined)
      facts = null
      choices.forget()
    },
    search: async ({ text, filters, limit }) => {
      const wish = { text, limit, ...filters, home: await home() }
      const found = await read('search', wish, { mailboxes: [], more: false, near: false })
      if (!found.ok) return found
      const { mailboxes, more, near } = found.value
      const entries = mailboxes.map((mailbox) => entryOf(mailbox, context))
      return ok({ entries: grouped(once(entries)), more, near })
    },
    facets: () => Promise.resolve(ok(facts?.facets ?? noFacets)),
    person,
    structure: async (structureId) => {
      const found = await read('structure', { structureId }, [])
      return found.ok ? ok(found.value.map((mailbox) => entryOf(mailbox, context))) : found
    },
    identify: async (addresses) => {
      const found = await read(
        'identify',
        { addresses },
        addresses.map(() => null),
      )
      if (!found.ok) return found
      return ok(found.value.map((mailbox) => mailbox && entryOf(mailbox, context)))
    },
    counts: (of) =>
      read('counts', of, { persons: of.nationalIds.map(() => 0), structures: of.structureIds.map(() => 0) }),
    addressesOf: async (nationalId) => {
      const found = await read('person', { nationalId }, { mailboxes: [], facts: null, verifiedAt: null })
      // What is no longer there ties nobody to an address any more.
      const current = found.ok ? found.value.mailboxes.filter(({ goneSince }) => goneSince === null) : []
      return current.length === 0 ? null : current.map(({ address }) => address)
    },
    verify: async (nationalId) => {
      if (!deps.fhir) return fail('directory.not-configured')
      const asked = await deps.fhir.person(nationalId, life.signal)
      if (!asked.ok) return asked
      const applying = apply(asked.value)
      const [told] = asked.value.persons
      if (work && told) {
        // An import holds the base for a while: what was just heard is shown now and written after it.
        const known = await read('person', { nationalId }, { mailboxes: [], facts: null, verifiedAt: null })
        const heard = { facts: told.facts, verifiedAt: asked.value.at }
        const shown = known.ok ? personOf(nationalId, { ...known.value, ...heard }, context) : null
        if (shown) return ok(shown)
      }
      const applied = await applying
      if (!applied.ok) return applied
      const found = await person(nationalId)
      if (!found.ok) return found
      return found.value ? ok(found.value) : fail('directory.not-found')
    },
    delta: async () => {
      const { fhir } = deps
      if (!fhir) return fail('directory.not-configured')
      let changed = 0
      // Of an extraction the day is known, and a mailbox may have changed on its way into it.
      const since = facts?.deltaAt ?? (facts?.generation?.date ?? 0) - day
      const begun = begin('delta', (signal) =>
        fhir.changes(since, signal, async (findings) => {
          const applied = await apply(findings)
          if (applied.ok) changed += applied.value
          return applied
        }),
      )
      if (!begun.ok) return begun
      const ended = await begun.value
      return ended.ok ? ok({ changed }) : ended
    },
    update: () => {
      if (url === null) return Promise.resolve(fail('directory.not-configured', { retry: 'after-change' }))
      // It may have begun by itself just before the window was told.
      return told(work && doing === fetchAndImport ? ok(running) : begin('extraction', fetchAndImport))
    },
    importFile: (file) => {
      const name = path.basename(file)
      // It may be of one département: it adds, and takes nothing for gone.
      const wish = { path: file, date: dateInName(name, now()), source: name, whenLess: 'add' as const }
      return told(begin('extraction', () => importFrom(wish)))
    },
    cancel: async () => {
      working.abort()
      await base.cancelWrite()
      await running
      return ok(null)
    },
  }
}

type Home = NonNullable<BaseWork['search']['params']['home']>
const mostDepartments = 3

const noFacets: DirectoryFacets = { professions: [], specialties: [], departments: [], types: [] }
/** The user's own doing, or the lock's. */
const quietCodes = new Set<AppError['code']>(['vault.cancelled', 'vault.locked'])
