import type {
  Account,
  Draft,
  ErrorData,
  EventName,
  EventPayload,
  Folder,
  ImportState,
  Input,
  MessageRow,
  Method,
  OutboxItem,
  OutcomeData,
  Output,
  SavedSearch,
  SessionState,
  Settings,
} from '../../app/contract/index.ts'
import type { Bridge } from '../client/index.ts'
import { waitingActions } from './fixture-actions.ts'
import { messagesOf } from './fixture-messages.ts'
import { accounts as makeAccounts, anne, correspondents, folders as allFolders } from './fixture-people.ts'
import { outboxOf, waitingItem } from './fixture-outbox.ts'
import { sentOf } from './fixture-sent.ts'
import { viewOf } from './fixture-views.ts'
import { cardOf, token } from './fake-card.ts'
import { fakeSearch, fakeSearches } from './fake-search.ts'
import { storageOf } from './fake-storage.ts'
import { scenarios } from './scenarios.ts'

const open: SessionState = { phase: 'open', openedBy: 'card', holder: token.holder }
const error = (code: ErrorData['code'], details?: ErrorData['details']): ErrorData => ({
  code,
  retry: 'later',
  ...(details ? { details } : {}),
})

const slots = [
  {
    id: 'a',
    kind: 'card' as const,
    cardSerial: token.serial,
    label: token.label,
    createdAt: '2026-11-20T08:00:00Z',
  },
  { id: 'b', kind: 'recovery' as const, cardSerial: null, label: '', createdAt: '2026-11-20T08:00:00Z' },
  { id: 'c', kind: 'passphrase' as const, cardSerial: null, label: '', createdAt: '2026-11-20T08:00:00Z' },
]

const fakeImports: ImportState[] = [
  {
    id: 2,
    accountId: 1,
    folderId: 1,
    name: 'Archives.mbox',
    state: 'done',
    done: 1,
    total: 1,
    imported: 1284,
    duplicates: 12,
    deleted: 3,
    refused: 1,
    startedAt: '2026-11-20T08:00:00Z',
    finishedAt: '2026-11-20T08:02:00Z',
    error: null,
  },
]

/** A core made of fixtures, for development and pictures only (`?fake=scenario`); no card, no network, no vault. */
export const createFakeCore = (name: string, now: Date): Bridge => {
  const scenario = scenarios[name]
  if (!scenario) throw new Error(`unknown scenario ${name}: ${Object.keys(scenarios).join(', ')}`)
  const listeners = new Map<number, { event: EventName; listener: (payload: unknown) => void }>()
  let nextId = 1
  const emit = <E extends EventName>(event: E, payload: EventPayload<E>): void => {
    for (const one of listeners.values()) if (one.event === event) one.listener(payload)
  }

  let session: SessionState =
    scenario.session === 'open'
      ? open
      : scenario.session === 'no-vault'
        ? { phase: 'no-vault' }
        : { phase: 'locked', reason: scenario.lockReason ?? 'start', slots }
  let card = cardOf(scenario)
  let settings: Settings = {
    language: scenario.language ?? 'fr',
    theme: 'light',
    density: 'comfortable',
    lockAfterMinutes: 30,
    sendDelaySeconds: 10,
    deliveryNotices: true,
    replacePrefix: '[Annule et remplace] ',
  }
  const accounts: Account[] =
    scenario.session === 'no-vault'
      ? []
      : makeAccounts(now).map((account) =>
          account.id === 1
            ? {
                ...account,
                connection: scenario.connection ?? account.connection,
                quota: scenario.room
                  ? { used: Math.round(scenario.room * 2 ** 30), limit: 2 ** 30 }
                  : account.quota,
              }
            : account,
        )
  const folders: Folder[] = allFolders.map((folder) =>
    scenario.empty ? { ...folder, total: 0, unread: 0 } : folder,
  )
  const rows = new Map<number, MessageRow>()
  for (const folder of folders)
    for (const row of messagesOf(folder.id, now, Math.min(folder.total, 400))) rows.set(row.id, row)
  const [model] = rows.values()
  const sent = model && !scenario.empty ? sentOf(now, model) : null
  for (const row of sent?.rows ?? []) rows.set(row.id, row)
  const undo = new Map<number, MessageRow[]>()
  const prepared = new Map<number, { ids: readonly number[]; wish: Input<'actions.prepare'>['wish'] }>()
  let pendingActions = scenario.outbox ? waitingActions(now) : { actions: [], count: 0, notices: [] }
  const actionCounts = () => ({
    waiting: pendingActions.count,
    blocked: pendingActions.actions.filter((one) => one.error !== null).length,
    notices: pendingActions.notices.length,
  })
  // The real core tells when the session opens; windows listen by then.
  setTimeout(() => emit('actions.changed', actionCounts()), 50)
  let drafts: Draft[] = []
  let searches: readonly SavedSearch[] = fakeSearches
  let outbox: OutboxItem[] = scenario.outbox ? outboxOf(now, error) : []

  const reply = <M extends Method>(_method: M, value: Output<M>): OutcomeData => ({ ok: true, value })
  const refuse = (code: ErrorData['code'], details?: ErrorData['details']): OutcomeData => ({
    ok: false,
    error: error(code, details),
  })
  const setSession = (next: SessionState): void => {
    session = next
    emit('session.changed', session)
  }
  const change = (ids: readonly number[], edit: (row: MessageRow) => MessageRow | null): number => {
    const before = ids.flatMap((id) => rows.get(id) ?? [])
    const after = before.flatMap((row) => edit(row) ?? [])
    for (const row of before) rows.delete(row.id)
    for (const row of after) rows.set(row.id, row)
    const operation = nextId++
    undo.set(operation, before)
    const kept = new Set(after.map((row) => row.id))
    emit('mail.delta', {
      folders: [],
      removedFolders: [],
      upserted: after,
      removed: ids.filter((id) => !kept.has(id)),
    })
    return operation
  }
  const page = (test: (row: MessageRow) => boolean, before: number | null, limit: number) => {
    const found = [...rows.values()]
      .filter((row) => (before === null || row.id < before) && test(row))
      .sort((a, b) => b.id - a.id)
    return { rows: found.slice(0, limit), more: found.length > limit }
  }
  const openWithPin = (pin: string): OutcomeData => {
    if (pin === '1234') {
      card = { state: 'open', token }
      setSession({ phase: 'opening' })
      setTimeout(() => setSession(open), 400)
      emit('card.changed', card)
      return { ok: true, value: null }
    }
    const left = 'triesLeft' in card ? Math.max(0, (card.triesLeft ?? 3) - 1) : 2
    card = left === 0 ? { state: 'blocked', token } : { state: 'pin-wrong', token, triesLeft: left }
    emit('card.changed', card)
    return left === 0 ? refuse('card.pin-locked') : refuse('card.pin-incorrect', { triesLeft: left })
  }

  const answer = (method: Method, input: unknown): OutcomeData => {
    // Calls are checked by the client on the way back; here the input is trusted as the contract types it.
    const given = <M extends Method>(): Input<M> => input as Input<M>
    switch (method) {
      case 'session.state':
        return reply(method, session)
      case 'session.createWithCard':
      case 'session.createWithPassphrase':
        return reply(method, { recoveryCode: 'K7QM-2XDP-9HTA-WC4R-E8FN-6VBL-3JYS-T5GU' })
      case 'session.openWithCard':
        return openWithPin(given<'session.openWithCard'>().pin)
      case 'session.openWithPassphrase':
        if (scenario.damaged) return refuse('vault.corrupt')
        if (given<'session.openWithPassphrase'>().passphrase.length < 4)
          return refuse('vault.passphrase-wrong')
        setSession(open)
        return reply(method, null)
      case 'session.openWithRecovery':
        return refuse('vault.recovery-wrong')
      case 'session.lock':
        setSession({ phase: 'locked', reason: given<'session.lock'>().reason, slots })
        return reply(method, null)
      case 'card.state':
        return reply(method, card)
      case 'settings.get':
        return reply(method, settings)
      case 'settings.set':
        settings = { ...settings, ...given<'settings.set'>() } as Settings
        emit('settings.changed', settings)
        return reply(method, settings)
      case 'accounts.list':
        return reply(method, accounts)
      case 'accounts.discover':
        return given<'accounts.discover'>().address.includes('inconnu')
          ? refuse('account.discovery-failed')
          : reply(method, {
              address: given<'accounts.discover'>().address,
              source: 'srv',
              imap: { host: 'imap.operateur.mssante.test', port: 143, security: 'starttls' },
              smtp: { host: 'smtp.operateur.mssante.test', port: 587, security: 'starttls' },
              auth: ['psc', 'password'],
            })
      case 'accounts.create': {
        const account = makeAccounts(now)[0]
        if (!account) return refuse('core.internal')
        accounts.push(account)
        emit('accounts.changed', [...accounts])
        emit('accounts.progress', { accountId: 1, phase: 'headers', done: 184, total: 312 })
        return reply(method, account)
      }
      case 'accounts.login':
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
      case 'folders.create': {
        const { accountId, parentId, name: folderName } = given<'folders.create'>()
        const like = folders.find((one) =>
          parentId === null ? one.accountId === accountId : one.id === parentId,
        )
        if (!like) return refuse('folder.not-found')
        if (folders.some((one) => one.name === folderName)) return refuse('folder.exists')
        const made: Folder = {
          ...like,
          id: 1000 + nextId++,
          name: folderName,
          path: folderName,
          role: 'none',
          total: 0,
          unread: 0,
        }
        folders.push(made)
        emit('mail.delta', { folders: [made], removedFolders: [], upserted: [], removed: [] })
        return reply(method, { folderId: made.id })
      }
      case 'folders.rename':
      case 'folders.subscribe': {
        const wish = input as Partial<Input<'folders.rename'> & Input<'folders.subscribe'>>
        const found = folders.find((one) => one.id === wish.folderId)
        if (!found) return refuse('folder.not-found')
        if (wish.name !== undefined) found.name = wish.name
        if (wish.on !== undefined) found.subscribed = wish.on
        emit('mail.delta', { folders: [found], removedFolders: [], upserted: [], removed: [] })
        return reply(method, null)
      }
      case 'folders.delete': {
        const { folderId } = given<'folders.delete'>()
        emit('mail.delta', { folders: [], removedFolders: [folderId], upserted: [], removed: [] })
        return reply(method, null)
      }
      case 'folders.setRole':
        return reply(method, null)
      case 'folders.list':
        return scenario.listError ? refuse('core.unavailable') : reply(method, folders)
      case 'messages.page': {
        if (scenario.listError) return refuse('core.unavailable')
        const { folderId, before, limit, filter } = given<'messages.page'>()
        return reply(
          method,
          page(
            (row) =>
              row.folderId === folderId &&
              (filter === 'all' ||
                (filter === 'unread' && !row.seen) ||
                (filter === 'results' && row.documentLabel !== null) ||
                (filter === 'patients' && row.trust === 'patient') ||
                (filter === 'flagged' && row.flagged) ||
                (filter === 'attachments' && row.hasAttachments)),
            before,
            limit,
          ),
        )
      }
      case 'messages.search': {
        const { text, before, limit } = given<'messages.search'>()
        return reply(
          method,
          fakeSearch(text, (test) => page(test, before, limit)),
        )
      }
      case 'searches.list':
        return reply(method, [...searches])
      case 'searches.save': {
        const saved: SavedSearch = { id: nextId++, ...given<'searches.save'>(), unread: 0 }
        searches = [...searches, saved]
        emit('searches.changed', [...searches])
        return reply(method, saved.id)
      }
      case 'searches.rename': {
        const { id, name } = given<'searches.rename'>()
        searches = searches.map((one) => (one.id === id ? { ...one, name } : one))
        emit('searches.changed', [...searches])
        return reply(method, null)
      }
      case 'searches.delete':
        searches = searches.filter((one) => one.id !== given<'searches.delete'>().id)
        emit('searches.changed', [...searches])
        return reply(method, null)
      case 'searches.reorder': {
        const { ids } = given<'searches.reorder'>()
        searches = searches.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id))
        emit('searches.changed', [...searches])
        return reply(method, null)
      }
      case 'search.indexing':
        return reply(method, { waiting: 0, done: 0 })
      case 'messages.view': {
        const row = rows.get(given<'messages.view'>().id)
        return row
          ? reply(method, { ...viewOf(row), sent: sent?.details.get(row.id) ?? viewOf(row).sent })
          : refuse('mail.not-found')
      }
      case 'messages.thread': {
        const row = rows.get(given<'messages.thread'>().id)
        return row ? reply(method, [row]) : refuse('mail.not-found')
      }
      case 'messages.setFlag': {
        const { ids, flag, on } = given<'messages.setFlag'>()
        return reply(
          method,
          change(ids, (row) => ({ ...row, [flag]: on, pending: true })),
        )
      }
      case 'messages.move': {
        const { ids, folderId } = given<'messages.move'>()
        return reply(
          method,
          change(ids, (row) => ({ ...row, folderId, pending: true })),
        )
      }
      case 'messages.delete':
        return reply(
          method,
          change(given<'messages.delete'>().ids, () => null),
        )
      case 'actions.prepare': {
        const { selection, wish } = given<'actions.prepare'>()
        const ids =
          selection.kind === 'ids'
            ? selection.ids
            : [...rows.values()]
                .filter((row) => selection.kind === 'search' || row.folderId === selection.folderId)
                .map((row) => row.id)
        const actionId = nextId++
        prepared.set(actionId, { ids, wish })
        return reply(method, { actionId, total: ids.length })
      }
      case 'actions.start': {
        const { actionId } = given<'actions.start'>()
        const { ids, wish } = prepared.get(actionId) ?? { ids: [], wish: { kind: 'delete' as const } }
        const steps = ids.length > 200 ? 12 : 1
        const step = (n: number): void => {
          if (n === steps)
            change(ids, (row) =>
              wish.kind === 'flag'
                ? { ...row, [wish.flag]: wish.on, pending: true }
                : wish.kind === 'move'
                  ? { ...row, folderId: wish.folderId, pending: true }
                  : null,
            )
          emit('actions.progress', {
            actionId,
            undoes: null,
            total: ids.length,
            done: Math.round((ids.length * n) / steps),
            state: n === steps ? 'done' : 'running',
          })
          if (n < steps) setTimeout(() => step(n + 1), 250)
        }
        setTimeout(() => step(1), 0)
        return reply(method, null)
      }
      case 'actions.discard':
        prepared.delete(given<'actions.discard'>().actionId)
        return reply(method, null)
      case 'actions.pending':
        return reply(method, pendingActions)
      case 'actions.retry':
      case 'actions.cancel':
        return reply(method, null)
      case 'actions.dismiss':
        pendingActions = { ...pendingActions, notices: [] }
        emit('actions.changed', actionCounts())
        return reply(method, null)
      case 'messages.undo': {
        const before = undo.get(given<'messages.undo'>().operationId) ?? []
        for (const row of before) rows.set(row.id, row)
        emit('mail.delta', { folders: [], removedFolders: [], upserted: before, removed: [] })
        return reply(method, null)
      }
      case 'drafts.create': {
        const { kind, sourceId } = given<'drafts.create'>()
        const source = sourceId === null ? undefined : rows.get(sourceId)
        const draft: Draft = {
          id: nextId++,
          kind,
          sourceId,
          content: {
            accountId: 1,
            to: source ? [source.from] : [],
            cc: [],
            bcc: [],
            subject: source ? `Re : ${source.subject}` : '',
            text: source ? `\n\n> ${source.preview}` : '',
            html: null,
            sign: true,
            encrypt: false,
            readReceipt: false,
          },
          attachments: [],
          savedAt: now.toISOString(),
        }
        drafts = [...drafts, draft]
        return reply(method, draft)
      }
      case 'drafts.list':
        return reply(method, drafts)
      case 'drafts.get': {
        const draft = drafts.find((one) => one.id === given<'drafts.get'>().id)
        return draft ? reply(method, draft) : refuse('compose.draft-missing')
      }
      case 'drafts.save': {
        const { id, content } = given<'drafts.save'>()
        drafts = drafts.map((one) => (one.id === id ? { ...one, content } : one))
        return reply(method, { savedAt: now.toISOString() })
      }
      case 'drafts.check':
        return reply(method, [])
      case 'drafts.discard':
        drafts = drafts.filter((one) => one.id !== given<'drafts.discard'>().id)
        return reply(method, null)
      case 'outbox.list':
        return reply(method, outbox)
      case 'drafts.send': {
        const { id, delaySeconds = 0, at } = given<'drafts.send'>()
        const draft = drafts.find((one) => one.id === id)
        if (!draft) return refuse('compose.draft-missing')
        const due = at ?? new Date(Date.now() + delaySeconds * 1000).toISOString()
        const item: OutboxItem = {
          ...waitingItem(now),
          id: nextId++,
          subject: draft.content.subject,
          recipients: draft.content.to.map(({ address }) => ({ address, accepted: null, response: null })),
          due: at === undefined && delaySeconds === 0 ? null : { at: due, kind: at ? 'schedule' : 'delay' },
        }
        outbox = [...outbox, item]
        emit('outbox.changed', outbox)
        return reply(method, item)
      }
      case 'outbox.edit': {
        const draft = drafts.at(-1)
        outbox = outbox.filter((item) => item.id !== given<'outbox.edit'>().id)
        emit('outbox.changed', outbox)
        return draft ? reply(method, draft) : refuse('outbox.too-late')
      }
      case 'outbox.cancel':
        outbox = outbox.filter((item) => item.id !== given<'outbox.cancel'>().id)
        emit('outbox.changed', outbox)
        return reply(method, null)
      case 'correspondents.suggest':
        return reply(method, [
          { ...correspondents.marc, trust: 'professional' },
          { ...correspondents.paul, trust: 'professional' },
          { ...anne, trust: 'professional' },
        ])
      case 'keys.list':
        return reply(method, [
          {
            fingerprint: 'a1',
            subject: 'CN=anne.martin@medecin.mssante.test',
            issuer: 'CN=TEST AC IGC-SANTE ELEMENTAIRE ORGANISATIONS',
            serial: '4a01',
            notBefore: '2025-02-01T00:00:00Z',
            notAfter: '2028-02-01T00:00:00Z',
            emails: [anne.address],
            nationalId: null,
            profession: null,
          },
        ])
      case 'certificates.forAddress':
        return { ok: true, value: [] }
      case 'exchange.imports':
        return reply(method, fakeImports)
      case 'exchange.refusals':
        return reply(method, {
          first: [{ file: 'Archives.mbox', place: 48_213, code: 'mime.malformed' }],
          url: 'souspli-part://refus',
        })
      case 'exchange.import':
        return reply(method, { ...fakeImports[0], id: nextId++ } as ImportState)
      case 'exchange.cancelImport':
      case 'exchange.resumeImport':
      case 'exchange.forgetImport':
      case 'exchange.cancelExport':
      case 'quarantine.retry':
        return reply(method, null)
      case 'exchange.export':
        return reply(method, {
          id: nextId++,
          format: given<'exchange.export'>().format,
          state: 'running',
          done: 0,
          total: 1,
          missingCount: 0,
          missing: [],
          stillEncrypted: 0,
          error: null,
        })
      case 'quarantine.list':
        return reply(
          method,
          [...rows.values()].filter((row) => row.quarantined).map((row) => ({ row, code: 'mime.limit' })),
        )
      case 'window.chooseImport':
        return reply(method, { grant: 'fake-grant-of-the-gallery', names: ['Archives.mbox'] })
      case 'window.chooseExport':
        return reply(method, { grant: 'fake-grant-of-the-gallery', name: 'Messages.pdf' })
      case 'storage.overview':
        return reply(method, storageOf(now, folders, scenario))
      case 'storage.health': {
        const { free, low, damaged } = storageOf(now, folders, scenario)
        return reply(method, { free, low, damaged })
      }
      case 'storage.previewRetention':
        return reply(method, { messages: 1240, bytes: 730_000_000 })
      case 'storage.compact':
        return reply(method, { freed: 180 * 1024 * 1024 })
      case 'storage.check':
        return reply(method, { at: now.toISOString(), sound: true, damaged: 0, missingParts: 0 })
      case 'storage.backup':
        return reply(method, { size: 3_600_000_000, at: now.toISOString() })
      case 'storage.setRetention':
      case 'storage.cancel':
      case 'storage.removeAside':
      case 'session.rebuild':
        return { ok: true, value: null }
      case 'session.restore':
        return given<'session.restore'>().unlock.kind === 'recovery'
          ? refuse('vault.recovery-wrong')
          : { ok: true, value: null }
      case 'session.inspectBackup':
        return reply(method, {
          createdAt: '2026-11-19T18:04:00Z',
          size: 3_600_000_000,
          ways: ['passphrase', 'recovery'],
          sameStore: session.phase !== 'no-vault',
        })
      case 'window.chooseBackup':
      case 'window.chooseBackupTarget':
        return reply(method, {
          grant: 'fake-grant-of-the-gallery',
          name: 'Messagerie SousPli 19-11-2026.souspli',
        })
      case 'window.about':
        return reply(method, { version: '0.1.0', host: 'electron-standin', platform: 'linux' })
      default:
        return refuse('contract.unknown-method')
    }
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
