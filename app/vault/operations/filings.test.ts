import { describe, expect, it } from 'vitest'
import { filingOperations, type NewFiling } from './filings.ts'
import { recordTargetOperations } from './record-targets.ts'
import { sentStore } from './sent.fixture.ts'

const header = '<recu@labo.test>'
const gateway = 'appli@hopital.test'

/** A store with a target of each kind and one received message. */
const practice = () => {
  const store = sentStore()
  const run = <P, R>(
    of: (db: typeof store.db, params: P, context: typeof store.context) => R,
    params: P,
  ): R => of(store.db, params, store.context)
  const target = (place: Parameters<(typeof recordTargetOperations)['targets.save']>[1]['place']): number =>
    run(recordTargetOperations['targets.save'], { id: null, name: place.kind, place, preferred: false })
  const mailbox = target({ kind: 'mailbox', address: gateway })
  const folder = target({ kind: 'folder', path: '/tmp', format: 'xdm' })
  const message = store.message(1, { messageId: header })
  const filing = (change: Partial<NewFiling> = {}): NewFiling => ({
    targetId: folder,
    accountId: 1,
    messageId: message,
    messageHeader: header,
    documentId: '2/1',
    documentKey: '1.2.3',
    setKey: null,
    version: 1,
    patientKey: 'p',
    label: 'CR',
    patient: null,
    action: 'new',
    replacesKey: null,
    withdraws: null,
    rule: null,
    journalId: null,
    ...change,
  })
  const add = (...filings: NewFiling[]) => run(filingOperations['filings.add'], { filings })
  const begin = (id: number, reference: string): boolean =>
    run(filingOperations['filings.begin'], {
      id,
      reference,
      payloadFile: null,
      action: 'new',
      restrictions: null,
      replacesKey: null,
    })
  const settle = (id: number, state: 'waiting' | 'unknown' | 'transferred' | 'filed' | 'refused') =>
    run(filingOperations['filings.settle'], {
      id,
      state,
      faults: [],
      error: null,
      nextAttemptAt: null,
      fresh: true,
    })
  const get = (id: number) => run(filingOperations['filings.get'], { id })
  const next = (targetId: number) => run(filingOperations['filings.next'], { targetId })
  return { store, run, mailbox, folder, message, filing, add, begin, settle, get, next }
}

describe('what is handed to a patient record', () => {
  it('is there once in each version, however often it is asked for', () => {
    const { add, filing, begin, settle } = practice()
    const [id = 0] = add(filing())?.ids ?? []
    expect(add(filing())).toBeNull()
    expect(add(filing({ messageId: 1, documentId: '9' }))).toBeNull()
    begin(id, 'r')
    settle(id, 'refused')
    // What was refused may be tried as a new one.
    expect(add(filing())?.ids).toHaveLength(1)
    expect(add(filing({ version: 2 }))?.ids).toHaveLength(1)
    expect(add(filing({ documentKey: 'x' }), filing({ documentKey: 'x' }))?.ids).toHaveLength(1)
  })

  it('goes in the order of its patient, and lets other patients pass', () => {
    const { add, filing, begin, settle, next, folder } = practice()
    const ids = [
      ...(add(filing({ documentKey: 'a', patientKey: 'p' }))?.ids ?? []),
      ...(add(filing({ documentKey: 'b', patientKey: 'p' }))?.ids ?? []),
      ...(add(filing({ documentKey: 'c', patientKey: 'q' }))?.ids ?? []),
    ]
    const [a = 0, b = 0, c = 0] = ids
    expect(next(folder).filing?.id).toBe(a)
    begin(a, 'r')
    settle(a, 'unknown')
    expect(next(folder).filing?.id).toBe(c)
    begin(c, 's')
    settle(c, 'filed')
    expect(next(folder).filing).toBeNull()
    begin(a, 'r')
    settle(a, 'filed')
    expect(next(folder).filing?.id).toBe(b)
  })

  it('keeps its target while it waits, and its history once the target is gone', () => {
    const { add, filing, run, folder, begin, settle, get } = practice()
    const [id = 0] = add(filing())?.ids ?? []
    expect(run(recordTargetOperations['targets.remove'], { id: folder })).toBe(false)
    begin(id, 'r')
    settle(id, 'filed')
    expect(run(recordTargetOperations['targets.remove'], { id: folder })).toBe(true)
    expect(get(id)).toMatchObject({ targetId: null, targetName: 'folder', state: 'filed' })
  })

  it('is found again under its message when the mailbox was made anew', () => {
    const { store, add, filing, begin, settle, message, get } = practice()
    const [id = 0] = add(filing())?.ids ?? []
    begin(id, 'r')
    settle(id, 'filed')
    store.db.exec(`DELETE FROM messages WHERE id = ${String(message)}`)
    expect(get(id)?.messageId).toBeNull()
    const again = store.message(1, { messageId: header })
    expect(get(id)?.messageId).toBe(again)
    expect(store.row(again)?.filing).toEqual({ state: 'filed', filed: 1, total: 1 })
  })
})

describe('a message transferred for integration (IG-TRANSFER)', () => {
  const transferred = () => {
    const made = practice()
    const { add, filing, begin, settle, mailbox } = made
    const [id = 0] =
      add(filing({ targetId: mailbox, documentKey: `message:${header}`, documentId: '' }))?.ids ?? []
    begin(id, '<transfert@b.test>')
    settle(id, 'transferred')
    const answer = (outcome: 'integrated' | 'integration-failed' | 'displayed', about: string, change = {}) =>
      made.store.report(
        {
          kind: 'disposition',
          originalMessageId: about,
          outcomes: [
            made.store.outcome(gateway, {
              outcome,
              status: outcome === 'integration-failed' ? '902' : null,
              diagnostic: outcome === 'integration-failed' ? 'Patient inconnu' : null,
            }),
          ],
        },
        { from: { name: '', address: gateway }, ...change },
      )
    return { ...made, id, answer }
  }

  it('is integrated when the gateway says so, about the transfer or about the message itself', () => {
    for (const about of ['<transfert@b.test>', header]) {
      const { id, answer, get, store, message } = transferred()
      expect(store.row(message)?.filing?.state).toBe('waiting')
      answer('displayed', about)
      expect(get(id)?.state).toBe('transferred')
      expect(answer('integrated', about).changed).toContain(message)
      expect(get(id)?.state).toBe('filed')
      expect(store.row(message)?.filing?.state).toBe('filed')
    }
  })

  it('is refused with the gateway’s code, and by nobody else', () => {
    const { id, answer, get, store } = transferred()
    const elsewhere = { from: { name: '', address: 'x@ailleurs.test' } }
    answer('integration-failed', '<transfert@b.test>', elsewhere)
    expect(get(id)?.state).toBe('transferred')
    // Whoever wrote the message first knows its Message-ID, and speaks for himself.
    store.report(
      {
        kind: 'disposition',
        originalMessageId: header,
        outcomes: [store.outcome('x@ailleurs.test', { outcome: 'integrated' })],
      },
      elsewhere,
    )
    expect(get(id)?.state).toBe('transferred')
    answer('integration-failed', '<transfert@b.test>')
    expect(get(id)).toMatchObject({
      state: 'refused',
      faults: [{ code: 902, location: null, text: 'Patient inconnu' }],
    })
  })

  it('that a crash left is in the outbox or goes again', () => {
    const { store, run, add, filing, begin, mailbox, get } = practice()
    const ids = ['x', 'y'].map(
      (documentKey) => add(filing({ targetId: mailbox, documentKey, patientKey: documentKey }))?.ids[0] ?? 0,
    )
    const [left = 0, lost = 0] = ids
    store.add({ messageId: '<parti@t>' })
    begin(left, '<parti@t>')
    begin(lost, '<jamais@t>')
    run(filingOperations['filings.recover'], { ask: [], folders: [] })
    expect([get(left)?.state, get(lost)?.state]).toEqual(['transferred', 'waiting'])
    expect(get(lost)?.reference).toBe('<jamais@t>')
  })
})
