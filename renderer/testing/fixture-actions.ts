import type { PendingActions } from '../../app/contract/index.ts'

/** Actions waiting for the server, and one it has refused, fictitious. */
export const waitingActions = (now: Date): PendingActions => {
  const minutes = (n: number): string => new Date(now.getTime() + n * 60_000).toISOString()
  const base = { accountId: 1, on: true, folder: { name: 'INBOX', role: 'inbox' }, target: null } as const
  return {
    actions: [
      {
        ...base,
        id: 1,
        kind: 'move',
        target: { name: 'Archives', role: 'archive' },
        messages: 7400,
        total: 10_000,
        since: minutes(-4),
        state: 'sending',
        error: null,
        nextTryAt: null,
      },
      {
        ...base,
        id: 2,
        kind: 'seen',
        messages: 12,
        total: 12,
        since: minutes(-3),
        state: 'delayed',
        error: { code: 'imap.busy', retry: 'later' },
        nextTryAt: minutes(1),
      },
      {
        ...base,
        id: 3,
        kind: 'append',
        target: { name: 'Reprise 2019', role: 'none' },
        folder: null,
        messages: 3,
        total: 250,
        since: minutes(-40),
        state: 'blocked',
        error: { code: 'imap.quota', retry: 'after-change' },
        nextTryAt: null,
      },
      {
        ...base,
        id: 4,
        kind: 'flagged',
        messages: 1,
        total: 1,
        since: minutes(-1),
        state: 'waiting',
        error: null,
        nextTryAt: null,
      },
    ],
    count: 4,
    notices: [
      {
        ...base,
        id: 9,
        kind: 'move',
        target: { name: 'Secrétariat', role: 'none' },
        messages: 3,
        code: 'imap.no-permission',
        subjects: ['Compte rendu de consultation', 'Résultats', 'Courrier'],
        at: minutes(-30),
      },
    ],
  }
}
