import type {
  Account,
  EventName,
  EventPayload,
  Folder,
  MessageRow,
  Method,
  OutcomeData,
} from '../../app/contract/index.ts'
import type { Bridge } from '../client/index.ts'
import { fakeAccounts } from './fake-accounts.ts'
import { fakeDirectory } from './fake-directory.ts'
import { fakeDiagnosis } from './fake-diagnosis.ts'
import { fakeTraces } from './fake-traces.ts'
import { token } from './fake-card.ts'
import { fakeExchange } from './fake-exchange.ts'
import { fakeIntegration } from './fake-integration.ts'
import { fakeMail } from './fake-mail.ts'
import { fakeMedical } from './fake-medical.ts'
import { fakePatients } from './fake-patients.ts'
import { fakeResults } from './fake-results.ts'
import { fakeSavedSearches } from './fake-search.ts'
import { fakeSession } from './fake-session.ts'
import { fakeSignIn } from './fake-sign-in.ts'
import { fakeStorage } from './fake-storage.ts'
import { fakeTrustSpace } from './fake-trust-space.ts'
import { refuse, type FakePart, type FakeWorld } from './fake-world.ts'
import { fakeWriting } from './fake-writing.ts'
import { messagesOf } from './fixture-messages.ts'
import {
  accounts as makeAccounts,
  folders as allFolders,
  moreAccounts,
  moreFolders,
} from './fixture-people.ts'
import { scenarios } from './scenarios.ts'

/** Calls whose effect no picture shows. */
const silent: FakePart = (method) => {
  switch (method) {
    case 'accounts.login':
    case 'accounts.useCard':
    case 'accounts.cancelLogin':
    case 'accounts.syncNow':
    case 'outbox.retry':
    case 'outbox.verify':
    case 'outbox.confirm':
    case 'outbox.reschedule':
    case 'receipts.answer':
    case 'window.print':
    case 'window.openLink':
      return { ok: true, value: null }
    default:
      return null
  }
}

/** A sender who passes for another. */
const deceiving = (row: MessageRow): MessageRow => ({
  ...row,
  from: { name: 'Dr Paul BERNARD (MSSanté)', address: 'paul.bernard@medecin-mssante.test' },
  warnings: [
    {
      kind: 'extra-label',
      address: 'paul.bernard@medecin-mssante.test',
      shown: null,
      like: 'medecin.mssante.test',
    },
    { kind: 'name-claims-trust', address: 'paul.bernard@medecin-mssante.test', shown: null, like: null },
  ],
})

/** A core made of fixtures, for development and pictures only (`?fake=scenario`); no card, no network, no vault. */
export const createFakeCore = (name: string, now: Date): Bridge => {
  const scenario = scenarios[name]
  if (!scenario) throw new Error(`unknown scenario ${name}: ${Object.keys(scenarios).join(', ')}`)
  const listeners = new Map<number, { event: EventName; listener: (payload: unknown) => void }>()
  let nextId = 1
  const emit = <E extends EventName>(event: E, payload: EventPayload<E>): void => {
    for (const one of listeners.values()) if (one.event === event) one.listener(payload)
  }

  const accounts: Account[] =
    scenario.session === 'no-vault'
      ? []
      : [...makeAccounts(now), ...(scenario.manyMailboxes ? moreAccounts(now) : [])].map((account) =>
          account.id === 1
            ? {
                ...account,
                ...(scenario.byCard
                  ? {
                      auth: 'card' as const,
                      card: { serial: scenario.byCard, nationalId: token.holder?.nationalId ?? null },
                    }
                  : {}),
                connection: scenario.connection ?? account.connection,
                quota: scenario.room
                  ? { used: Math.round(scenario.room * 2 ** 30), limit: 2 ** 30 }
                  : account.quota,
              }
            : account,
        )
  const folders: Folder[] = [...allFolders, ...(scenario.manyMailboxes ? moreFolders : [])].map((folder) =>
    scenario.empty ? { ...folder, total: 0, unread: 0 } : folder,
  )
  const rows = new Map<number, MessageRow>()
  for (const folder of folders)
    for (const row of messagesOf(folder.id, now, Math.min(folder.total, 400)))
      rows.set(row.id, scenario.manyMailboxes && row.trust === 'outside' ? deceiving(row) : row)

  const world: FakeWorld = { scenario, now, emit, newId: () => nextId++, accounts, folders, rows }
  const parts: readonly FakePart[] = [
    fakeSession(world),
    fakeSignIn(world),
    fakeAccounts(world),
    fakeMail(world),
    fakeResults(world),
    fakePatients(world),
    fakeSavedSearches(world),
    fakeWriting(world),
    fakeMedical(world),
    fakeExchange(world),
    fakeStorage(world),
    fakeTrustSpace(world),
    fakeDirectory(world),
    fakeDiagnosis(world),
    fakeTraces(world),
    fakeIntegration(world),
    silent,
  ]
  const answer = (method: Method, input: unknown): OutcomeData => {
    for (const part of parts) {
      const outcome = part(method, input)
      if (outcome) return outcome
    }
    return refuse('contract.unknown-method')
  }

  return {
    invoke: (method, input) => Promise.resolve(answer(method, input)),
    on: (event, listener) => {
      const id = nextId++
      listeners.set(id, { event, listener })
      return id
    },
    off: (id) => {
      listeners.delete(id)
    },
    origins: { part: 'souspli-part://', mail: 'souspli-mail://' },
  }
}
