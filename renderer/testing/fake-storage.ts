import type { Input, Method, StorageOverview } from '../../app/contract/index.ts'
import { refuse, reply, type FakePart, type FakeWorld } from './fake-world.ts'

const giga = 1024 ** 3
const mega = 1024 ** 2

/** What the store of the fixtures holds. */
const storageOf = (
  now: Date,
  folders: readonly { id: number; accountId: number; total: number }[],
  scenario: { damaged?: boolean; low?: boolean },
): StorageOverview => {
  const at = (hours: number): string => new Date(now.getTime() - hours * 3_600_000).toISOString()
  const accountIds = [...new Set(folders.map((folder) => folder.accountId))]
  const accounts = accountIds.map((accountId, index) => {
    const own = folders
      .filter((folder) => folder.accountId === accountId)
      .map(({ id, total }) => ({
        folderId: id,
        messages: total,
        bodies: total,
        bodyBytes: total * 9000,
        attachmentBytes: total * 84_000,
      }))
    const sum = (of: (folder: (typeof own)[number]) => number): number =>
      own.reduce((total, folder) => total + of(folder), 0)
    return {
      accountId,
      messages: sum((folder) => folder.messages),
      bodies: sum((folder) => folder.bodies),
      bodyBytes: sum((folder) => folder.bodyBytes),
      attachmentBytes: sum((folder) => folder.attachmentBytes),
      indexBytes: sum((folder) => folder.messages * 1100),
      folders: own,
      months: index === 0 ? null : 12,
    }
  })
  return {
    free: scenario.low ? 420 * mega : 48 * giga,
    low: scenario.low === true,
    damaged: scenario.damaged === true,
    database: Math.round(1.3 * giga),
    reclaimable: 180 * mega,
    parts: Math.round(2.1 * giga),
    index: 90 * mega,
    measuredAt: at(0.2),
    accounts,
    lastCheck: {
      at: at(40),
      sound: scenario.damaged !== true,
      damaged: scenario.damaged ? 2 : 0,
      missingParts: 0,
    },
    lastBackup: { at: at(70), size: Math.round(3.4 * giga), name: 'Messagerie SousPli 19-11-2026.souspli' },
    lastRebuild: null,
    asides: scenario.damaged ? [{ id: '1', at: at(200), size: Math.round(3.1 * giga) }] : [],
    task: null,
  }
}

/** The care of the store: sizes, backups, rebuilding. */
export const fakeStorage = ({ scenario, now, folders }: FakeWorld): FakePart => {
  return (method, input) => {
    // Calls are checked by the client on the way back; here the input is trusted as the contract types it.
    const given = <M extends Method>(): Input<M> => input as Input<M>
    switch (method) {
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
          sameStore: scenario.session !== 'no-vault',
        })
      case 'window.chooseBackup':
      case 'window.chooseBackupTarget':
        return reply(method, {
          grant: 'fake-grant-of-the-gallery',
          name: 'Messagerie SousPli 19-11-2026.souspli',
        })
      default:
        return null
    }
  }
}
