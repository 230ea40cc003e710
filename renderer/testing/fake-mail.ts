import type { Input, MessageRow, Method } from '../../app/contract/index.ts'
import { fakeSearch } from './fake-search.ts'
import { waitingActions } from './fixture-actions.ts'
import { inspection } from './fixture-inspection.ts'
import { sentOf } from './fixture-sent.ts'
import { viewOf } from './fixture-views.ts'
import { reply, refuse, type FakePart, type FakeWorld } from './fake-world.ts'

/** Messages, what is done with them, and what still waits for the server. */
export const fakeMail = ({ scenario, now, emit, newId, rows, folders }: FakeWorld): FakePart => {
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
  const change = (ids: readonly number[], edit: (row: MessageRow) => MessageRow | null): number => {
    const before = ids.flatMap((id) => rows.get(id) ?? [])
    const after = before.flatMap((row) => edit(row) ?? [])
    for (const row of before) rows.delete(row.id)
    for (const row of after) rows.set(row.id, row)
    const operation = newId()
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
  return (method, input) => {
    // Calls are checked by the client on the way back; here the input is trusted as the contract types it.
    const given = <M extends Method>(): Input<M> => input as Input<M>
    switch (method) {
      case 'messages.page': {
        if (scenario.listError) return refuse('core.unavailable')
        const { folderId, before, limit, filter } = given<'messages.page'>()
        return reply(
          method,
          page(
            (row) =>
              (folderId === null
                ? folders.some((one) => one.id === row.folderId && one.role === 'inbox')
                : row.folderId === folderId) &&
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
      case 'messages.view': {
        const row = rows.get(given<'messages.view'>().id)
        return row
          ? reply(method, { ...viewOf(row), sent: sent?.details.get(row.id) ?? viewOf(row).sent })
          : refuse('mail.not-found')
      }
      case 'inspect.message':
        return reply(method, inspection())
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
        const actionId = newId()
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
      default:
        return null
    }
  }
}
