import type { Input, Method, Trace } from '../../app/contract/index.ts'
import { reply, type FakePart, type FakeWorld } from './fake-world.ts'

const account = 'marie.durand@medecin.mssante.test'

const told: readonly (Pick<Trace, 'action' | 'target' | 'request' | 'answer'> & Partial<Trace>)[] = [
  {
    action: 'read',
    target: '<7c1f@labo-essai.mssante.test>',
    request: 'messages.view',
    answer: '',
    automatic: false,
  },
  {
    action: 'sent',
    target: '<a02d@medecin.mssante.test> paul.martin@chu-essai.mssante.test',
    request:
      'MAIL FROM:<marie.durand@medecin.mssante.test> RCPT TO:<paul.martin@chu-essai.mssante.test> DATA {48213}',
    answer: 'paul.martin@chu-essai.mssante.test: 250 2.1.5 Ok',
    automatic: false,
  },
  {
    action: 'sent',
    target: '<b77e@medecin.mssante.test> absent@chu-essai.mssante.test',
    request:
      'MAIL FROM:<marie.durand@medecin.mssante.test> RCPT TO:<absent@chu-essai.mssante.test> DATA {2048}',
    answer: 'absent@chu-essai.mssante.test: 550 5.1.1 No such mailbox',
    outcome: 'refused',
    code: 'smtp.recipient-refused',
    automatic: false,
  },
  { action: 'moved', target: 'INBOX', request: 'UID MOVE 412:415 Archive', answer: 'OK Move completed' },
  {
    action: 'received',
    target: 'INBOX',
    request: 'UID FETCH 416:418 (UID FLAGS BODY.PEEK[])',
    answer: 'OK Fetch completed',
  },
  {
    action: 'connected',
    target: 'imap.medecin.mssante.test:143',
    request: 'IMAP STARTTLS',
    answer: '',
    outcome: 'failed',
    code: 'net.unreachable',
  },
  {
    action: 'session-opened',
    target: '',
    request: 'session.open',
    answer: '',
    account: null,
    automatic: false,
  },
]

/** Functional traces: a chain that holds, or that somebody changed. */
export const fakeTraces = ({ scenario, now }: FakeWorld): FakePart => {
  const traces = told.map((fields, index): Trace => ({
    seq: 1280 - index,
    at: new Date(now.getTime() - index * 260_000).toISOString(),
    author: '810000000017',
    authorName: 'Marie DURAND',
    openedBy: 'card',
    workstation: 'mdurand@POSTE-3',
    automatic: true,
    account,
    outcome: 'ok',
    code: null,
    hash: `${index}f3c9a7d2e5b8${'0'.repeat(51)}`,
    ...fields,
  }))
  const chain = scenario.tracesBroken
    ? { state: 'broken' as const, count: 1280, finding: 'changed' as const, at: 1042 }
    : {
        state: 'intact' as const,
        count: 1280,
        first: new Date(now.getTime() - 200 * 86_400_000).toISOString(),
        last: now.toISOString(),
        witnessed: new Date(now.getTime() - 900_000).toISOString(),
        notices: scenario.tracesNoticed
          ? [
              { kind: 'replaced' as const, at: 812 },
              { kind: 'clock-back' as const, at: 1042 },
              { kind: 'witness-missing' as const, at: 1277 },
              { kind: 'witness-unavailable' as const },
            ]
          : [],
      }
  return (method: Method, input: unknown) => {
    switch (method) {
      case 'traces.state':
        return reply(method, { chain, months: 12 })
      case 'traces.verify':
        return reply(method, chain)
      case 'traces.page': {
        const { outcomes } = (input as Input<'traces.page'>).filter
        const found = traces.filter(({ outcome }) => outcomes.length === 0 || outcomes.includes(outcome))
        return reply(method, {
          traces: found,
          more: outcomes.length === 0,
          total: outcomes.length === 0 ? 1280 : found.length,
        })
      }
      case 'traces.export':
        return reply(method, {
          url: 'souspli-part://traces/traces.csv',
          fileName: 'souspli-traces.csv',
          count: 1280,
        })
      case 'traces.compare':
        return reply(method, {
          count: 1200,
          same: 1180,
          rewritten: [1042],
          edited: [],
          missing: [],
          purged: 19,
        })
      default:
        return null
    }
  }
}
