import { useSyncExternalStore } from 'react'
import type {
  Account,
  ActionProgress,
  AppError,
  CardReader,
  CardState,
  Draft,
  IndexingState,
  EventPayload,
  Outcome,
  OutboxItem,
  SavedSearch,
  SessionState,
  Settings,
  SignInState,
  SyncProgress,
} from '../../app/contract/index.ts'
import { invoke, on } from '../client/index.ts'
import { applyDelta, wipeWorkingSet, workingSet } from './working-set.ts'
import { setLanguage } from '../i18n/index.ts'

/** A value outside React that components follow. */
interface Store<T> {
  get: () => T
  set: (value: T) => void
  subscribe: (listener: () => void) => () => void
}

/** Makes a store; `set` with the same value tells nobody. */
export const createStore = <T>(initial: T): Store<T> => {
  let value = initial
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    set: (next) => {
      if (Object.is(next, value)) return
      value = next
      for (const listener of listeners) listener()
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** Follows a store in a component. */
export const useStore = <T>(store: Store<T>): T => useSyncExternalStore(store.subscribe, store.get)

const defaultSettings: Settings = {
  language: 'fr',
  theme: 'system',
  density: 'comfortable',
  lockAfterMinutes: 30,
  sendDelaySeconds: 10,
  deliveryNotices: true,
  replacePrefix: '[Annule et remplace] ',
}

const noSignIn: SignInState = {
  ways: [],
  session: { state: 'closed', reason: 'start' },
  professional: null,
  awaySince: null,
  underWay: null,
  oneTimeCode: null,
}
/** Pro Santé Connect and one-time codes: who is identified, and what is under way. */
export const signInStore = createStore<SignInState>(noSignIn)

const noFilings: EventPayload<'integration.changed'> = { waiting: 0, attention: 0 }

const noActions: EventPayload<'actions.changed'> = { waiting: 0, blocked: 0, notices: 0 }

/** Null until the core has answered once. */
export const sessionStore = createStore<SessionState | null>(null)
export const cardStore = createStore<CardState>({ state: 'starting' })
/** Every reader, with what is in it. */
export const readersStore = createStore<readonly CardReader[]>([])
export const accountStore = createStore<readonly Account[]>([])
export const progressStore = createStore<ReadonlyMap<number, SyncProgress>>(new Map())
/** Drafts of this workstation, newest first; asked again whenever the composer opens or closes. */
export const draftStore = createStore<readonly Draft[]>([])
export const savedSearchStore = createStore<readonly SavedSearch[]>([])
/** Messages whose attachments are not indexed yet. */
export const indexingStore = createStore<IndexingState>({ waiting: 0, done: 0 })
export const outboxStore = createStore<readonly OutboxItem[]>([])
/** A message somebody in the window asks to see, whatever folder it is in; the shell opens it and empties this. */
export const openRequestStore = createStore<number | null>(null)

/** Asks the shell to show a message. */
export const openMessage = (id: number): void => openRequestStore.set(id)

/** Keys imported in this session, counted: what could not be decrypted before may be read now. */
export const importedKeysStore = createStore(0)
/** How many actions the server does not know yet, are in trouble, were refused and not read about. */
export const actionCountsStore = createStore<EventPayload<'actions.changed'>>(noActions)
/** What actions on many messages are called while they run, by id. */
export const actionNameStore = createStore<ReadonlyMap<number, string>>(new Map())
/** Actions on many messages that are under way here, by id. */
export const actionProgressStore = createStore<ReadonlyMap<number, ActionProgress>>(new Map())
/** What waits for patient records, and what of it needs the user. */
export const filingCountsStore = createStore<EventPayload<'integration.changed'>>(noFilings)
/** Counts what changed of filings, targets and rules: who shows any asks again. */
export const filingsChangedStore = createStore(0)
/** Counts what changed of patients: who shows any asks again. */
export const patientsChangedStore = createStore(0)
export const settingsStore = createStore<Settings>(defaultSettings)

/** What the system asks of windows; dark with more contrast stays dark (forced-colors.css strengthens it). */
const systemQueries = () =>
  [
    ['dark', window.matchMedia('(prefers-color-scheme: dark)')],
    ['contrast', window.matchMedia('(prefers-contrast: more)')],
  ] as const

/** Shows the settings on the document: theme, density, language. */
export const applySettings = (settings: Settings): void => {
  settingsStore.set(settings)
  const root = document.documentElement
  root.dataset.theme =
    settings.theme === 'system'
      ? (systemQueries().find(([, query]) => query.matches)?.[0] ?? 'light')
      : settings.theme
  root.dataset.density = settings.density
  // Screen readers follow.
  root.lang = settings.language
  setLanguage(settings.language)
}

/** Why the folders could not be read; null when they could. */
export const loadErrorStore = createStore<AppError | null>(null)

/** The core has told which accounts there are (none is an answer too). */
export const accountsLoadedStore = createStore(false)

/** Forgets everything that belongs to an open session, in memory and in the working set. */
export const wipeSession = async (): Promise<void> => {
  accountsLoadedStore.set(false)
  accountStore.set([])
  signInStore.set(noSignIn)
  progressStore.set(new Map())
  outboxStore.set([])
  savedSearchStore.set([])
  indexingStore.set({ waiting: 0, done: 0 })
  actionCountsStore.set(noActions)
  filingCountsStore.set(noFilings)
  actionProgressStore.set(new Map())
  actionNameStore.set(new Map())
  draftStore.set([])
  loadErrorStore.set(null)
  await wipeWorkingSet()
}

/** The last answer each store was filled with, and which question it answers. */
const fillings = new WeakMap<object, { value: unknown; question: number }>()
let questions = 0

/**
 * Fills a store with the core's answer, unless an event has told something newer while the answer was on its way, or a later
 * question was answered before.
 */
const fill = async <T>(store: Store<T>, asked: Promise<Outcome<T>>): Promise<Outcome<T>> => {
  questions += 1
  const question = questions
  const before = store.get()
  const answer = await asked
  const now = store.get()
  const last = fillings.get(store)
  const isOfBefore = now === before || (last?.value === now && last.question < question)
  if (answer.ok && isOfBefore) {
    fillings.set(store, { value: answer.value, question })
    store.set(answer.value)
  }
  return answer
}

/** Asks the core which drafts there are. */
export const loadDrafts = async (): Promise<Outcome<readonly Draft[]>> =>
  fill<readonly Draft[]>(draftStore, invoke('drafts.list', null))

/** Asks the core for what an open session shows outside the list; what failed is in `loadErrorStore`. */
export const loadOpenSession = async (): Promise<void> => {
  const [accounts, folders, signIn, outbox, drafts, saved, indexing] = await Promise.all([
    // The first page needs these two and nothing else: they are asked first, and shown without waiting for the rest.
    fill<readonly Account[]>(accountStore, invoke('accounts.list', null)).then((answer) => {
      if (answer.ok) accountsLoadedStore.set(true)
      return answer
    }),
    invoke('folders.list', null).then(async (answer) => {
      if (answer.ok) await workingSet.folders.bulkPut(answer.value)
      return answer
    }),
    fill(signInStore, invoke('signIn.state', null)),
    fill<readonly OutboxItem[]>(outboxStore, invoke('outbox.list', null)),
    loadDrafts(),
    fill<readonly SavedSearch[]>(savedSearchStore, invoke('searches.list', null)),
    fill(indexingStore, invoke('search.indexing', null)),
  ])
  const failed = [accounts, signIn, outbox, folders, drafts, saved, indexing].find((answer) => !answer.ok)
  loadErrorStore.set(failed && !failed.ok ? failed.error : null)
}

const setSession = (state: SessionState): void => {
  const wasOpen = sessionStore.get()?.phase === 'open'
  sessionStore.set(state)
  if (state.phase !== 'open') void wipeSession()
  else if (!wasOpen) void loadOpenSession()
}

/** Keeps the stores true to the core's events. Returns the unsubscriber. */
export const followCore = (): (() => void) => {
  const queries = systemQueries()
  const reapply = (): void => applySettings(settingsStore.get())
  for (const [, query] of queries) query.addEventListener('change', reapply)
  const stops = [
    on('session.changed', setSession),
    on('mail.delta', (delta) => void applyDelta(delta)),
    on('card.changed', (state) => cardStore.set(state)),
    on('card.readersChanged', (readers) => readersStore.set(readers)),
    on('accounts.changed', (accounts) => accountStore.set(accounts)),
    on('accounts.progress', (progress) =>
      progressStore.set(new Map(progressStore.get()).set(progress.accountId, progress)),
    ),
    on('signIn.changed', (state) => signInStore.set(state)),
    on('outbox.changed', (items) => outboxStore.set(items)),
    on('actions.changed', (counts) => actionCountsStore.set(counts)),
    on('actions.progress', (progress) =>
      actionProgressStore.set(new Map(actionProgressStore.get()).set(progress.actionId, progress)),
    ),
    on('patients.changed', () => patientsChangedStore.set(patientsChangedStore.get() + 1)),
    on('integration.changed', (counts) => {
      filingCountsStore.set(counts)
      filingsChangedStore.set(filingsChangedStore.get() + 1)
    }),
    on('searches.changed', (searches) => savedSearchStore.set(searches)),
    on('search.indexingChanged', (state) => indexingStore.set(state)),
    on('settings.changed', applySettings),
    () => {
      for (const [, query] of queries) query.removeEventListener('change', reapply)
    },
  ]
  void (async () => {
    const [session] = await Promise.all([
      invoke('session.state', null),
      fill(settingsStore, invoke('settings.get', null)),
      fill(cardStore, invoke('card.state', null)),
      fill<readonly CardReader[]>(readersStore, invoke('card.readers', null)),
    ])
    applySettings(settingsStore.get())
    if (sessionStore.get() === null)
      setSession(
        session.ok
          ? session.value
          : { phase: 'locked', reason: 'error', slots: [], ways: [], cardUser: null },
      )
  })()
  return () => {
    for (const stop of stops) stop()
  }
}
