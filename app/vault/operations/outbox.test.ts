import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { draftOperations } from './drafts.ts'
import { outboxOperations } from './outbox.ts'
import { recipients, sentStore } from './sent.fixture.ts'

const busy = { code: 'smtp.busy', retry: 'later' } as const
const refusedSome = { code: 'smtp.recipient-refused', retry: 'after-change' } as const

describe('the outbox', () => {
  it('takes nothing without its draft, and no draft twice', () => {
    const store = sentStore()
    expect(() => store.add({ draftId: 99 })).toThrow('not queued')
    const draftId = store.draft()
    store.add({ draftId })
    expect(() => store.add({ draftId })).toThrow('not queued')
  })

  it('hides the draft of what waits: it can be neither changed nor thrown away', () => {
    const store = sentStore()
    const draftId = store.draft()
    store.add({ draftId })
    const { db, context } = store
    expect(store.drafts()).toEqual([])
    expect(draftOperations['drafts.get'](db, { id: draftId }, context)).toBeNull()
    expect(draftOperations['drafts.remove'](db, { id: draftId }, context)).toEqual([])
    expect(draftOperations['drafts.detach'](db, { draftId, attachmentId: 'f1' }, context)).toBeNull()
  })

  it('gives the draft back as it was, attachments too, and sends nothing any more', () => {
    const store = sentStore()
    const draftId = store.draft()
    const before = store.drafts()[0]
    const id = store.add({ draftId, due: { at: store.clock.time + 10_000, kind: 'delay' } })
    expect(store.item(id)).toMatchObject({ editable: true, dueKind: 'delay' })
    expect(store.choose['outbox.edit'](store.db, { id }, store.context)?.draftId).toBe(draftId)
    expect(store.drafts()).toEqual([before])
    store.clock.time += 60_000
    expect(store.next()).toBeNull()
    expect(store.begin(id)).toBe(false)
    expect(store.choose['outbox.edit'](store.db, { id }, store.context)).toBeNull()
  })

  it('waits until due, and cannot be taken back once it is leaving', () => {
    const store = sentStore()
    const id = store.add({ due: { at: store.clock.time + 10_000, kind: 'delay' } })
    expect(store.next()).toBeNull()
    expect(store.begin(id)).toBe(false)
    const wakeAt = outboxOperations['outbox.wakeAt'](store.db, { accountId: 1 }, store.context)
    expect(wakeAt).toBe(store.clock.time + 10_000)
    store.clock.time += 10_000
    expect(store.next()).toBe(id)
    expect(store.begin(id)).toBe(true)
    expect(store.begin(id)).toBe(false)
    expect(store.choose['outbox.edit'](store.db, { id }, store.context)).toBeNull()
    expect(store.choose['outbox.cancel'](store.db, { id }, store.context)).toBeNull()
  })

  it('loses nothing and sends nothing twice when the clock jumps', () => {
    const store = sentStore()
    const start = store.clock.time
    const delayed = store.add({ due: { at: start + 10_000, kind: 'delay' } })
    const dated = store.add({ due: { at: start + 3_600_000, kind: 'schedule' } })
    // Set back a day: seconds to change one's mind are not a day; a chosen date is what it says.
    store.clock.time = start - 86_400_000
    expect(store.next()).toBe(delayed)
    store.begin(delayed)
    store.settle(delayed, 'queued', { error: busy, nextAttemptAt: start + 60_000 })
    expect(store.next()).toBe(delayed)
    store.begin(delayed)
    store.settle(delayed, 'accepted', { recipients: store.answers(true, true) })
    expect(store.next()).toBeNull()
    store.clock.time = start + 3_600_000
    expect(store.next()).toBe(dated)
    expect(store.begin(delayed)).toBe(false)
  })

  it('can be put off and hurried, not once it is leaving', () => {
    const store = sentStore()
    const id = store.add({ due: { at: store.clock.time + 10_000, kind: 'schedule' } })
    const at = store.clock.time + 86_400_000
    expect(store.choose['outbox.reschedule'](store.db, { id, at }, store.context)).toBe(true)
    expect(store.item(id)).toMatchObject({ dueAt: at, dueKind: 'schedule' })
    store.clock.time += 20_000
    expect(store.next()).toBeNull()
    expect(store.choose['outbox.requeue'](store.db, { id }, store.context)).toBe(true)
    expect(store.next()).toBe(id)
    store.begin(id)
    expect(store.choose['outbox.reschedule'](store.db, { id, at }, store.context)).toBe(false)
  })

  it('makes an interrupted sending of unknown outcome, never queued again by itself', () => {
    const store = sentStore()
    const id = store.add()
    store.begin(id)
    outboxOperations['outbox.recover'](store.db, {}, store.context)
    expect(store.next()).toBeNull()
    expect(store.next('unknown')).toBe(id)
    store.settle(id, 'unknown', { error: { code: 'outbox.unknown-outcome', retry: 'after-change' } })
    expect(store.next('unknown')).toBeNull()
    expect(store.choose['outbox.verify'](store.db, { id }, store.context)).toBe(true)
    expect(store.next('unknown')).toBe(id)
    expect(store.choose['outbox.requeue'](store.db, { id }, store.context)).toBe(true)
    expect(store.next()).toBe(id)
  })

  it('takes the user’s word that a message of unknown outcome has left', () => {
    const store = sentStore()
    const id = store.add()
    store.begin(id)
    store.settle(id, 'unknown')
    expect(store.choose['outbox.confirm'](store.db, { id }, store.context)).toBe(true)
    expect(store.next('accepted')).toBe(id)
    store.settle(id, 'filed')
    expect(store.item(id)).toMatchObject({ state: 'filed', error: null })
    expect(store.choose['outbox.requeue'](store.db, { id }, store.context)).toBe(false)
  })

  it('keeps bytes and draft for those refused, and sends again to them alone', () => {
    const store = sentStore()
    const id = store.add()
    store.begin(id)
    expect(
      store.settle(id, 'accepted', { recipients: store.answers(true, false), error: refusedSome }).files,
    ).toEqual([])
    store.settle(id, 'filed', { error: refusedSome })
    expect(store.choose['outbox.requeue'](store.db, { id }, store.context)).toBe(true)
    expect(store.item(id).recipients).toMatchObject([{ accepted: true }, { accepted: null }])
    store.begin(id)
    expect(store.settle(id, 'accepted', { recipients: store.answers(true, true).slice(1) }).files).toEqual([
      'part1',
    ])
    store.settle(id, 'filed')
    expect(store.item(id)).toMatchObject({ state: 'filed', error: null, editable: false })
  })

  it('gives back, of what some have got, a draft to the others alone', () => {
    const store = sentStore()
    const id = store.add()
    store.begin(id)
    store.settle(id, 'accepted', { recipients: store.answers(true, false), error: refusedSome })
    store.settle(id, 'filed', { error: refusedSome })
    expect(store.choose['outbox.edit'](store.db, { id }, store.context)).not.toBeNull()
    expect(store.drafts()[0]?.content.to.map((one) => one.address)).toEqual([recipients[1]])
    expect(store.item(id)).toMatchObject({ state: 'filed', error: null })
  })

  it('tries those a busy server put off again, after the copy is in Sent and without a second one', () => {
    const store = sentStore()
    const id = store.add()
    store.begin(id)
    const at = store.clock.time + 30_000
    store.settle(id, 'accepted', { recipients: store.answers(true, null), error: busy, nextAttemptAt: at })
    store.settle(id, 'filed', { error: busy, nextAttemptAt: at })
    expect(store.item(id)).toMatchObject({ state: 'queued', nextAttemptAt: at })
    expect(store.item(id).filedAt).not.toBeNull()
    expect(store.next()).toBeNull()
    store.clock.time = at
    expect(store.next()).toBe(id)
  })

  it('sends a receipt at most once and asks nobody', () => {
    const store = sentStore()
    const asked = store.message(1, { from: { name: '', address: 'p@b.test' }, messageId: '<asked@t>' })
    const wish = {
      purpose: 'receipt' as const,
      draftId: null,
      source: { id: asked, kind: 'receipt' as const },
    }
    const id = store.add(wish)
    expect(() => store.add(wish)).toThrow('not queued')
    store.begin(id)
    outboxOperations['outbox.recover'](store.db, {}, store.context)
    expect(store.next('unknown')).toBeNull()
    expect(store.next()).toBeNull()
  })
})

describe('whatever fails', () => {
  // The server's truth beside the store's: who got the message how often, and how often the user asked for it again.
  const step = fc.constantFrom(
    'take',
    'accept',
    'accept-one',
    'put-off',
    'refuse',
    'later',
    'cut-before',
    'cut-after',
    'crash',
    'look',
    'file',
    'wait',
    'back',
    'again',
    'confirm',
    'edit',
  )
  it('nobody gets a message twice unless the user asks, and none is lost', () => {
    const store = sentStore()
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        store.empty()
        const { db, context } = store
        const id = store.add({ due: { at: store.clock.time + 10_000, kind: 'delay' } })
        const got = new Map<string, number>(recipients.map((address) => [address, 0]))
        let inSent = false
        let asked = 0
        let confirmed = false
        const state = () =>
          db.prepare('SELECT state FROM outbox WHERE id = ?').get<{ state: string }>([id])?.state
        const waiting = (): string[] =>
          store
            .item(id)
            .recipients.filter((one) => one.accepted === null)
            .map((one) => one.address)
        const deliver = (addresses: readonly string[]) => {
          for (const address of addresses) got.set(address, (got.get(address) ?? 0) + 1)
        }
        const answer = (addresses: readonly string[], accepted: boolean | null) =>
          addresses.map((address) => ({ address, accepted, response: accepted === null ? '450' : 'x' }))
        for (const one of steps) {
          const sending = state() === 'sending'
          const to = sending ? waiting() : []
          if (one === 'take' && store.next() === id) store.begin(id)
          else if (one === 'accept' && sending) {
            deliver(to)
            store.settle(id, 'accepted', { recipients: answer(to, true) })
          } else if ((one === 'accept-one' || one === 'put-off') && sending && to.length > 1) {
            const [first = '', ...others] = to
            deliver([first])
            const rest = answer(others, one === 'put-off' ? null : false)
            const error = one === 'put-off' ? busy : refusedSome
            store.settle(id, 'accepted', { recipients: [...answer([first], true), ...rest], error })
          } else if (one === 'refuse' && sending)
            store.settle(id, 'refused', { recipients: answer(to, false), error: refusedSome })
          else if (one === 'later' && sending)
            store.settle(id, 'queued', { error: busy, nextAttemptAt: store.clock.time + 2000 })
          else if (one === 'cut-before' && sending) store.settle(id, 'unknown')
          else if (one === 'cut-after' && sending) {
            deliver(to)
            store.settle(id, 'unknown')
          } else if (one === 'crash') outboxOperations['outbox.recover'](db, {}, context)
          else if (one === 'look' && store.next('unknown') === id) {
            if (inSent && store.item(id).filedAt === null) store.settle(id, 'filed')
            else
              store.settle(id, 'unknown', {
                error: { code: 'outbox.unknown-outcome', retry: 'after-change' },
              })
          } else if (one === 'file' && store.next('accepted') === id) {
            inSent = true
            const { error, nextAttemptAt } = store.item(id)
            store.settle(id, 'filed', { error, nextAttemptAt })
          } else if (one === 'wait') store.clock.time += 3000
          else if (one === 'back') store.clock.time -= 86_400_000
          else if (one === 'again' && state() !== 'queued') {
            if (store.choose['outbox.requeue'](db, { id }, context)) asked += 1
          } else if (one === 'confirm')
            confirmed = store.choose['outbox.confirm'](db, { id }, context) || confirmed
          else if (one === 'edit' && store.choose['outbox.edit'](db, { id }, context)) break
        }
        for (const times of got.values()) expect(times).toBeLessThanOrEqual(1 + asked)
        // Not lost: everybody has it, or it can still be sent, asked about or edited.
        const mime = db.prepare('SELECT mime FROM outbox WHERE id = ?').get<{ mime: unknown }>([id])?.mime
        const everybody = [...got.values()].every((times) => times > 0)
        const kept = mime !== null || store.drafts().length === 1
        expect(everybody || kept || confirmed).toBe(true)
      }),
      { numRuns: 400 },
    )
  })
})
