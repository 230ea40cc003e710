import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deliveryOperations } from './delivery.ts'
import type { FoundOutcome } from './found-report.ts'
import { recipients, sentStore } from './sent.fixture.ts'

const [p, q] = recipients

/** A message accepted for both recipients; its Message-ID and ENVID. */
const sent = (store: ReturnType<typeof sentStore>) => {
  const id = store.add()
  store.begin(id)
  store.settle(id, 'accepted', { recipients: store.answers(true, true) })
  const { messageId, envelopeId } = store.item(id)
  return { id, messageId, envelopeId }
}

describe('the state of a sent message', () => {
  it('is « sent » as soon as its copy is there, then follows each recipient', () => {
    const store = sentStore()
    const { messageId, envelopeId } = sent(store)
    const copy = store.message(2, { messageId })
    expect(store.row(copy)?.delivery).toEqual({
      state: 'sent',
      total: 2,
      delivered: 0,
      read: 0,
      integrated: 0,
      notIntegrated: 0,
      delayed: 0,
      failed: 0,
    })
    expect(store.report({ envelopeId, outcomes: [store.outcome(p)] }).changed).toEqual([copy])
    expect(store.row(copy)?.delivery).toMatchObject({ state: 'sent', delivered: 1 })
    store.report({ envelopeId, outcomes: [store.outcome(q, { outcome: 'delayed', status: '4.4.1' })] })
    expect(store.row(copy)?.delivery?.state).toBe('delayed')
    store.report({ envelopeId, outcomes: [store.outcome(q)] })
    expect(store.row(copy)?.delivery?.state).toBe('delivered')
    const read = { outcome: 'displayed' as const, automatic: false }
    for (const address of [p, q])
      store.report(
        { kind: 'disposition', originalMessageId: messageId, outcomes: [store.outcome(address, read)] },
        { from: { name: '', address } },
      )
    expect(store.row(copy)?.delivery).toMatchObject({ state: 'read', read: 2, delivered: 2 })
    expect(store.view(copy)?.recipients?.[1]?.events.map((one) => one.outcome)).toEqual([
      'delayed',
      'delivered',
      'displayed',
    ])
  })

  it('is known even when the report comes before the copy in Sent', () => {
    const store = sentStore()
    const { messageId, envelopeId } = sent(store)
    const failed = store.outcome(p, { outcome: 'failed', status: '5.2.1', diagnostic: '550 5.2.1 x' })
    expect(store.report({ envelopeId, outcomes: [failed] }).changed).toEqual([])
    const copy = store.message(2, { messageId })
    expect(store.row(copy)?.delivery).toMatchObject({ state: 'failed', failed: 1 })
  })

  it('never goes from failed to delivered: both stay in the history', () => {
    const store = sentStore()
    const { messageId, envelopeId } = sent(store)
    const copy = store.message(2, { messageId })
    store.report({ envelopeId, outcomes: [store.outcome(p, { outcome: 'failed' })] })
    store.report({ originalMessageId: messageId, outcomes: [store.outcome(p)] })
    const recipient = store.view(copy)?.recipients?.[0]
    expect(recipient).toMatchObject({ state: 'failed' })
    expect(recipient?.events).toHaveLength(2)
  })

  it('tells a refusal at submission as a failure of that recipient', () => {
    const store = sentStore()
    const id = store.add()
    store.begin(id)
    store.settle(id, 'accepted', {
      recipients: store.answers(true, false),
      error: { code: 'smtp.recipient-refused', retry: 'after-change' },
    })
    const copy = store.message(2, { messageId: store.item(id).messageId })
    expect(store.view(copy)?.recipients?.[1]).toMatchObject({
      state: 'failed',
      events: [{ outcome: 'refused', status: '5.1.1' }],
    })
  })

  it('is known of what another program sent, once a report comes', () => {
    const store = sentStore()
    const copy = store.message(2, { messageId: '<webmail@t>' })
    expect(store.row(copy)?.delivery).toBeNull()
    store.report({ originalMessageId: '<webmail@t>', outcomes: [store.outcome(p, { originalAddress: p })] })
    expect(store.row(copy)?.delivery).toMatchObject({ state: 'sent', delivered: 1 })
  })

  it('is proven by a report with our envelope when the connection was cut', () => {
    const store = sentStore()
    const id = store.add()
    store.begin(id)
    store.settle(id, 'unknown', { error: { code: 'outbox.unknown-outcome', retry: 'after-change' } })
    store.report({ originalMessageId: store.item(id).messageId, outcomes: [store.outcome(p)] })
    expect(store.item(id).state).toBe('unknown')
    store.report({ envelopeId: store.item(id).envelopeId, outcomes: [store.outcome(p)] })
    expect(store.item(id).state).toBe('accepted')
  })
})

describe('a report that is not to be believed', () => {
  it('changes nothing of messages we did not send, of other recipients, nor from junk', () => {
    const store = sentStore()
    const { messageId, envelopeId } = sent(store)
    const copy = store.message(2, { messageId })
    const received = store.message(1, { from: { name: '', address: p }, messageId: '<received@t>' })
    store.report({ originalMessageId: '<received@t>', outcomes: [store.outcome(p, { outcome: 'failed' })] })
    expect(store.row(received)?.delivery).toBeNull()
    expect(store.view(received)?.recipients).toBeNull()
    store.report({ envelopeId, outcomes: [store.outcome('stranger@c.test', { outcome: 'failed' })] })
    store.report({ envelopeId, outcomes: [store.outcome(p, { outcome: 'failed' })] }, {}, 3)
    expect(store.row(copy)?.delivery).toMatchObject({ state: 'sent', failed: 0 })
  })

  it('is shown but does not count: a receipt written by another organisation', () => {
    const store = sentStore()
    const { messageId } = sent(store)
    const copy = store.message(2, { messageId })
    store.report(
      {
        kind: 'disposition',
        originalMessageId: messageId,
        outcomes: [store.outcome(p, { outcome: 'displayed' })],
      },
      { from: { name: '', address: 'stranger@c.test' } },
    )
    expect(store.row(copy)?.delivery).toMatchObject({ state: 'sent', read: 0 })
    expect(store.view(copy)?.recipients?.[0]?.events).toMatchObject([{ authentic: false }])
  })

  it('by another reader about this one counts for nobody', () => {
    const store = sentStore()
    const { messageId } = sent(store)
    const copy = store.message(2, { messageId })
    const displayed = (change: Partial<FoundOutcome>) => ({
      kind: 'disposition' as const,
      originalMessageId: messageId,
      outcomes: [store.outcome(p, { outcome: 'displayed', ...change })],
    })
    const domain = p.split('@')[1] ?? ''
    const stranger = `stranger@${domain}`
    // In his own name about p, in p's name, and in the name of somebody of another organisation.
    store.report(displayed({ address: stranger, originalAddress: p }), {
      from: { name: '', address: stranger },
    })
    store.report(displayed({}), { from: { name: '', address: stranger } })
    store.report(displayed({ address: 'x@c.test', originalAddress: p }), {
      from: { name: '', address: 'x@c.test' },
    })
    expect(store.row(copy)?.delivery).toMatchObject({ state: 'sent', read: 0 })
    // A gateway says for the mailboxes of its domain that their documents are filed.
    const filed = displayed({ address: stranger, originalAddress: q, outcome: 'integrated' })
    store.report(filed, { from: { name: '', address: stranger } })
    expect(store.row(copy)?.delivery).toMatchObject({ integrated: 1 })
    // The mailbox of an organisation may speak for those of it.
    const organisation = { from: { name: '', address: stranger }, trust: 'organisation' as const }
    store.report(displayed({ address: stranger, originalAddress: p }), organisation)
    // What is filed has been read as well.
    expect(store.row(copy)?.delivery).toMatchObject({ read: 2, integrated: 1 })
  })

  it('counts once, however often it is seen', () => {
    const store = sentStore()
    const { messageId, envelopeId } = sent(store)
    const copy = store.message(2, { messageId })
    const { id } = store.report({ envelopeId, outcomes: [store.outcome(p)] }, { messageId: '<same@t>' })
    store.storeReportBody(id, { envelopeId, outcomes: [store.outcome(p)] })
    store.report({ envelopeId, outcomes: [store.outcome(p)] }, { messageId: '<same@t>' })
    expect(store.view(copy)?.recipients?.[0]?.events).toHaveLength(1)
  })

  it('in any number and order, leaves a failure a failure and counts within bounds', () => {
    const kinds = ['failed', 'delayed', 'delivered', 'relayed', 'displayed', 'deleted'] as const
    const store = sentStore()
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(p, q), fc.constantFrom(...kinds)), { maxLength: 12 }),
        (list) => {
          store.empty()
          const { messageId, envelopeId } = sent(store)
          const at = list.length >> 1
          const tell = (part: typeof list) => {
            for (const [address, outcome] of part)
              store.report({ envelopeId, outcomes: [store.outcome(address, { outcome })] })
          }
          tell(list.slice(0, at))
          const copy = store.message(2, { messageId })
          tell(list.slice(at))
          const summary = store.row(copy)?.delivery
          expect(summary?.failed).toBe(
            recipients.filter((one) => list.some(([to, kind]) => to === one && kind === 'failed')).length,
          )
          expect((summary?.delivered ?? 0) + (summary?.failed ?? 0)).toBeLessThanOrEqual(2)
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('a report read as a message', () => {
  it('names what it tells about, and our message when there is one', () => {
    const store = sentStore()
    const { messageId, envelopeId } = sent(store)
    const retryUntil = store.clock.time + 1000
    const { id } = store.report({
      envelopeId,
      outcomes: [store.outcome(p, { outcome: 'delayed', status: '4.2.2', retryUntil })],
    })
    expect(store.view(id)?.report).toMatchObject({ kind: 'delivery', original: null })
    const copy = store.message(2, { messageId, subject: 'Avis' })
    expect(store.view(id)?.report).toMatchObject({
      original: { id: copy, subject: 'Avis' },
      recipients: [{ address: p, outcome: 'delayed', retryUntil: new Date(retryUntil).toISOString() }],
    })
  })
})

describe('« annule et remplace »', () => {
  it('links both messages whichever comes first, of one author only', () => {
    const store = sentStore()
    const second = store.message(2, { messageId: '<new@t>', replaces: ['<old@t>'] })
    expect(store.row(second)?.replacement).toBe('replaces')
    expect(store.view(second)?.replaces).toBeNull()
    const first = store.message(2, { messageId: '<old@t>' })
    expect(store.row(first)?.replacement).toBe('replaced')
    expect(store.view(first)?.replacedBy?.id).toBe(second)
    expect(store.view(second)?.replaces?.id).toBe(first)
    const stranger = {
      from: { name: '', address: 'x@c.test' },
      messageId: '<forged@t>',
      replaces: ['<victim@t>'],
    }
    const victim = store.message(1, { from: { name: '', address: p }, messageId: '<victim@t>' })
    store.message(1, stranger)
    expect(store.row(victim)?.replacement).toBeNull()
  })

  it('is taken back with the sending', () => {
    const store = sentStore()
    const first = store.message(2, { messageId: '<old@t>' })
    const id = store.add({ replaces: '<old@t>' })
    const { messageId } = store.item(id)
    expect(store.row(first)?.replacement).toBeNull()
    store.choose['outbox.cancel'](store.db, { id }, store.context)
    store.message(2, { messageId })
    expect(store.row(first)?.replacement).toBeNull()
  })

  it('is known once the copy is in Sent, even when a server took the field away', () => {
    const store = sentStore()
    const first = store.message(2, { messageId: '<old@t>' })
    const { messageId } = store.item(store.add({ replaces: '<old@t>' }))
    const second = store.message(2, { messageId })
    expect(store.row(first)?.replacement).toBe('replaced')
    expect(store.row(second)?.replacement).toBe('replaces')
  })
})

describe('an answer to a request of a read receipt', () => {
  it('is given once', () => {
    const store = sentStore()
    const id = store.message(1, { from: { name: '', address: p }, messageId: '<asked@t>' })
    const { db, context } = store
    expect(deliveryOperations['receipts.answer'](db, { id }, context)).toBeNull()
    expect(deliveryOperations['receipts.decline'](db, { id }, context)).toBe(true)
    expect(deliveryOperations['receipts.decline'](db, { id }, context)).toBe(false)
    expect(deliveryOperations['receipts.answer'](db, { id }, context)).toBe('declined')
  })
})
