import type { ImportState, Input, Method } from '../../app/contract/index.ts'
import { reply, type FakePart, type FakeWorld } from './fake-world.ts'

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

/** Import, export and quarantine. */
export const fakeExchange = ({ newId, rows }: FakeWorld): FakePart => {
  return (method, input) => {
    // Calls are checked by the client on the way back; here the input is trusted as the contract types it.
    const given = <M extends Method>(): Input<M> => input as Input<M>
    switch (method) {
      case 'exchange.imports':
        return reply(method, fakeImports)
      case 'exchange.refusals':
        return reply(method, {
          first: [{ file: 'Archives.mbox', place: 48_213, code: 'mime.malformed' }],
          url: 'souspli-part://refus',
        })
      case 'exchange.import':
        return reply(method, { ...fakeImports[0], id: newId() } as ImportState)
      case 'exchange.cancelImport':
      case 'exchange.resumeImport':
      case 'exchange.forgetImport':
      case 'exchange.cancelExport':
      case 'quarantine.retry':
        return reply(method, null)
      case 'exchange.export':
        return reply(method, {
          id: newId(),
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
      default:
        return null
    }
  }
}
