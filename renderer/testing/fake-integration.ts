import type { Filing, Input, MessageFilings, Method } from '../../app/contract/index.ts'
import { filingsOf, journalOf, rules, targets, trialsOf } from './fixture-filings.ts'
import { refuse, reply, type FakePart, type FakeWorld } from './fake-world.ts'

/** Patient records: what was handed over, rules, journal; filing changes what is shown. */
export const fakeIntegration = ({ rows, now, emit, newId }: FakeWorld): FakePart => {
  const list = [...rows.values()].sort((a, b) => b.id - a.id)
  const filings = filingsOf(list, now)
  const counts = () => ({
    waiting: filings.filter(({ state }) => state === 'waiting' || state === 'sending').length,
    attention: filings.filter(({ state }) => state === 'refused' || state === 'unknown').length,
  })
  const offersOf = (messageId: number): MessageFilings => {
    const row = rows.get(messageId)
    if (!row || row.documentCount === 0) return { documents: [], transfers: [] }
    const own = filings.filter((one) => one.messageId === messageId)
    // One sender wants back what was filed from a message of his before.
    const before =
      row.documentLabel === 'CR d’imagerie médicale' ? filings.find(({ id }) => id === 4) : undefined
    if (before)
      return {
        documents: [
          {
            ...{ documentId: `${row.id}-1`, label: row.documentLabel ?? '', patient: row.patient },
            ...{ targets: [], doubts: [], filings: [] },
            removal: {
              by: row.from.name,
              obstacle: null,
              filings: [{ ...before, label: row.documentLabel ?? '', patient: row.patient }],
            },
          },
        ],
        transfers: [],
      }
    const there = (targetId: number): boolean =>
      own.some((one) => one.targetId === targetId && !['refused', 'cancelled'].includes(one.state))
    return {
      documents: [
        {
          documentId: `${row.id}-1`,
          label: row.documentLabel ?? '',
          patient: row.patient,
          targets: [1, 2].map((id) => ({ id, action: 'new' as const, already: there(id), replaces: null })),
          doubts: row.patient?.qualified === true ? [] : ['ins-not-qualified'],
          filings: own,
          removal: null,
        },
      ],
      transfers: [],
    }
  }
  return (method, input) => {
    const given = <M extends Method>(): Input<M> => input as Input<M>
    switch (method) {
      case 'integration.targets':
        return reply(method, [...targets])
      case 'integration.testTarget':
        return reply(method, {
          steps: [
            { step: 'connect', error: null },
            { step: 'tls', error: null },
          ],
        })
      case 'integration.offers':
        return reply(method, offersOf(given<'integration.offers'>().messageId))
      case 'integration.file': {
        const { messageId, documentIds, targetId } = given<'integration.file'>()
        const row = rows.get(messageId)
        const made = documentIds.map((documentId): Filing => ({
          id: newId() + 100,
          targetId,
          targetName: targets.find(({ id }) => id === targetId)?.name ?? '',
          messageId,
          documentId,
          label: row?.documentLabel ?? '',
          patient: row?.patient ?? null,
          action: 'new',
          state: 'filed',
          reference: 'B7D260DF520C430C1100',
          attempts: 1,
          faults: [],
          error: null,
          rule: null,
          createdAt: now.toISOString(),
          changedAt: now.toISOString(),
          nextTryAt: null,
        }))
        filings.unshift(...made)
        emit('integration.changed', counts())
        return reply(method, made)
      }
      case 'integration.filings': {
        const { filter } = given<'integration.filings'>()
        const states: Record<string, readonly string[]> = {
          waiting: ['waiting', 'sending', 'transferred', 'withdrawing'],
          attention: ['refused', 'unknown'],
          filed: ['filed', 'replaced', 'withdrawn'],
        }
        const wanted = states[filter]
        const found = wanted ? filings.filter(({ state }) => wanted.includes(state)) : filings
        return reply(method, { filings: found, more: false, counts: counts() })
      }
      case 'integration.rules':
        return reply(method, [...rules])
      case 'integration.tryRule':
        return reply(method, trialsOf(list, given<'integration.tryRule'>().limit))
      case 'integration.journal':
        return reply(method, { entries: journalOf(filings, now), more: false })
      case 'integration.saveTarget':
        return targets[0] ? reply(method, targets[0]) : refuse('integration.target-unknown')
      case 'integration.saveRule':
        return rules[0] ? reply(method, rules[0]) : refuse('integration.rule-unknown')
      case 'integration.transfer':
        return refuse('integration.document-unsuitable')
      case 'integration.removeTarget':
      case 'integration.removeRule':
      case 'integration.orderRules':
      case 'integration.retry':
      case 'integration.cancel':
      case 'integration.settle':
      case 'integration.withdraw':
      case 'integration.undo':
      case 'window.chooseRecordFolder':
        return { ok: true, value: null }
      default:
        return null
    }
  }
}
