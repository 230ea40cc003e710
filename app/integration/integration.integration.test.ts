import { fork } from 'node:child_process'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startPatientRecord } from '../../test/operator/patient-record.ts'
import { patientNamed, patients } from '../../test/operator/seed/patients.ts'
import { openPracticeIn } from './practice.fixture.ts'
import {
  code,
  filed,
  letterWith,
  mllpPlace,
  openPractice,
  recordFor,
  reportMail,
  reports,
  temporaryFolder,
  value,
} from './integration.fixture.ts'

describe('a document filed into a patient record over MLLP', () => {
  it('is there in one click, says so on its message, and is not offered twice (MSS/va1.28, LGC.MDV.06)', async () => {
    const record = await recordFor()
    const practice = await openPractice()
    const target = await practice.target(mllpPlace(record.port))
    const id = await practice.receive((await reportMail('one')).first)
    value(await filed(practice, id, target.id))
    await practice.filingIn(id, 'filed')
    const [received] = record.received
    expect(received?.problems).toEqual([])
    expect((await practice.row(id)).filing).toEqual({ state: 'filed', filed: 1, total: 1 })
    const [offer] = value(await practice.integration.offers(id)).documents
    expect(offer?.targets).toMatchObject([{ id: target.id, already: true }])
    expect(code(await filed(practice, id, target.id))).toBe('integration.already-filed')
    expect(record.received).toHaveLength(1)
    // The same document in another message is the same document.
    const again = await practice.receive((await reportMail('one')).first)
    expect(code(await filed(practice, again, target.id))).toBe('integration.already-filed')
  })

  it('is refused with its reason, and filed as a new message once the reason is gone', async () => {
    const record = await recordFor({ patients: [] })
    const practice = await openPractice()
    const target = await practice.target(mllpPlace(record.port))
    const id = await practice.receive((await reportMail('refused')).first)
    value(await filed(practice, id, target.id))
    const refused = await practice.filingIn(id, 'refused')
    expect(refused.faults).toEqual([{ code: 902, location: 'PID-3', text: 'Identifiant de patient inconnu' }])
    expect((await practice.row(id)).filing?.state).toBe('refused')
    record.patients?.add(patientNamed('DUPONT').ins ?? '')
    value(await practice.integration.retry(refused.id))
    const done = await practice.filingIn(id, 'filed')
    expect(done.reference).not.toBe(refused.reference)
    expect(record.documents.size).toBe(1)
  })

  it('is sent again by itself after a rejection for the moment (AR) and while nobody answers', async () => {
    const record = await recordFor()
    record.answers.push({ kind: 'refuse', code: 'AR', error: 207 })
    const practice = await openPractice()
    const target = await practice.target(mllpPlace(record.port))
    const id = await practice.receive((await reportMail('later')).first)
    value(await filed(practice, id, target.id))
    const done = await practice.filingIn(id, 'filed')
    expect(done.attempts).toBe(2)
    const [first, second] = record.received
    expect(first?.controlId).not.toBe(second?.controlId)

    const { port } = record
    await record.stop()
    const other = await practice.receive((await reportMail('nobody')).first)
    value(await filed(practice, other, target.id))
    await practice.until('a try', async () =>
      (await practice.filings()).find(
        (one) => one.messageId === other && one.attempts > 0 && one.error !== null,
      ),
    )
    const back = await startPatientRecord({ port })
    await practice.filingIn(other, 'filed')
    expect(back.documents.size).toBe(1)
    await back.stop()
  })

  it('of unknown outcome is sent again as the same message, and is in the record once', async () => {
    const record = await recordFor()
    const practice = await openPractice()
    const target = await practice.target(mllpPlace(record.port, { answerSeconds: 1 }))
    const kinds = ['cut-before-answer', 'half-frame', 'garbage', 'wrong-control-id'] as const
    for (const [index, kind] of kinds.entries()) {
      record.answers.push({ kind })
      const id = await practice.receive((await reportMail(kind)).first)
      value(await filed(practice, id, target.id))
      await practice.filingIn(id, 'filed')
      const [first, second] = record.received.slice(-2)
      expect(second?.controlId, kind).toBe(first?.controlId)
      expect(second?.repeated, kind).toBe(true)
      expect(record.documents.size, kind).toBe(index + 1)
    }
  })

  it('of unknown outcome waits for the user where the target says so', async () => {
    const record = await recordFor()
    record.answers.push({ kind: 'cut-before-answer' }, { kind: 'cut-before-answer' })
    const practice = await openPractice()
    const target = await practice.target(mllpPlace(record.port, { afterUnknown: 'ask' }))
    const mails = await Promise.all(['asked-1', 'asked-2'].map((seed) => reportMail(seed)))
    const ids: number[] = []
    for (const { first } of mails) ids.push(await practice.receive(first))
    const [one = 0, two = 0] = ids
    value(await filed(practice, one, target.id))
    const unknown = await practice.filingIn(one, 'unknown')
    expect(unknown.nextTryAt).toBeNull()
    expect((await practice.row(one)).filing?.state).toBe('unknown')
    // Of the same patient: nothing overtakes what may or may not be there.
    value(await filed(practice, two, target.id))
    expect((await practice.filings()).find((each) => each.messageId === two)?.state).toBe('waiting')
    value(await practice.integration.settle(unknown.id, true))
    await practice.filingIn(one, 'filed')
    const second = await practice.filingIn(two, 'unknown')
    value(await practice.integration.settle(second.id, false))
    await practice.filingIn(two, 'filed')
    expect(record.received).toHaveLength(3)
  })

  it('is replaced by the version after it (T10), after it, and never goes back (LGC.MSS/UX.05)', async () => {
    const record = await recordFor()
    const practice = await openPractice()
    const target = await practice.target(mllpPlace(record.port))
    const { first, second } = await reportMail('versions')
    const old = await practice.receive(first)
    value(await filed(practice, old, target.id))
    const recent = await practice.receive(second)
    const [offer] = value(await practice.integration.offers(recent)).documents
    expect(offer?.targets).toMatchObject([{ action: 'replace', already: false }])
    value(await filed(practice, recent, target.id))
    await practice.filingIn(recent, 'filed', 'replace')
    expect(record.received.map(({ trigger }) => trigger)).toEqual(['T02', 'T10'])
    expect(record.received.map(({ problems }) => problems)).toEqual([[], []])
    expect((await practice.filings()).find((one) => one.messageId === old)?.state).toBe('replaced')
    const [late] = value(await practice.integration.offers(old)).documents
    expect(late?.targets).toMatchObject([{ already: true }])
  })

  it('that comes after a later version of it is filed only by who was shown that (LGC.MSS/UX.05)', async () => {
    const record = await recordFor()
    const practice = await openPractice()
    const target = await practice.target(mllpPlace(record.port))
    const { first, second } = await reportMail('behind')
    const recent = await practice.receive(second)
    const [ahead] = value(await practice.integration.offers(recent)).documents
    // What it replaces was never here.
    expect(ahead?.doubts).toEqual(['replaced-not-filed'])
    value(await filed(practice, recent, target.id, ahead?.doubts))
    await practice.filingIn(recent, 'filed')
    const late = await practice.receive(first)
    const [behind] = value(await practice.integration.offers(late)).documents
    expect(behind?.doubts).toEqual(['older-version'])
    expect(code(await filed(practice, late, target.id))).toBe('integration.doubts')
    expect(record.received).toHaveLength(1)
  })

  it('goes as new when the version it was to replace was refused meanwhile', async () => {
    const record = await recordFor()
    const refusal = Promise.withResolvers<undefined>()
    record.answers.push({ kind: 'refuse', code: 'AE', error: 207, application: 906, held: refusal.promise })
    const practice = await openPractice()
    const target = await practice.target(mllpPlace(record.port))
    const { first, second } = await reportMail('refused-parent')
    const [old, recent] = [await practice.receive(first), await practice.receive(second)]
    value(await filed(practice, old, target.id))
    // The record has the first version and takes its time to refuse it: the second is already asked for.
    await record.next()
    value(await filed(practice, recent, target.id, ['replaced-not-filed']))
    refusal.resolve(undefined)
    await practice.filingIn(recent, 'filed', 'new')
    expect(record.received.map(({ trigger }) => trigger)).toEqual(['T02', 'T02'])
  })

  it('goes as a replacement again once both were refused and the version before is there', async () => {
    const record = await recordFor({ patients: [] })
    const practice = await openPractice()
    const target = await practice.target(mllpPlace(record.port))
    const { first, second } = await reportMail('both-refused')
    const [old, recent] = [await practice.receive(first), await practice.receive(second)]
    value(await filed(practice, old, target.id))
    const one = await practice.filingIn(old, 'refused')
    value(await filed(practice, recent, target.id, ['replaced-not-filed']))
    const other = await practice.filingIn(recent, 'refused')
    record.patients?.add(patientNamed('DUPONT').ins ?? '')
    value(await practice.integration.retry(one.id))
    await practice.filingIn(old, 'filed')
    value(await practice.integration.retry(other.id))
    await practice.filingIn(recent, 'filed', 'replace')
    expect(record.received.map(({ trigger }) => trigger)).toEqual(['T02', 'T02', 'T02', 'T10'])
    expect(record.documents.size).toBe(1)
    await practice.filingIn(old, 'replaced')
  })

  it('is not sent again by itself once the receiver has taken it over (CA)', async () => {
    const record = await recordFor()
    record.answers.push({ kind: 'commit-then-cut' })
    const practice = await openPractice()
    const target = await practice.target(mllpPlace(record.port))
    const id = await practice.receive((await reportMail('taken-over')).first)
    value(await filed(practice, id, target.id))
    const unknown = await practice.filingIn(id, 'unknown')
    expect(unknown.nextTryAt).toBeNull()
    expect(record.received).toHaveLength(1)
  })

  it('that waits for a record the administrator took away says so, and can be given up', async () => {
    const folder = temporaryFolder()
    const place = mllpPlace(1, { connectSeconds: 1 })
    const policy = { environment: 'test' as const, patientRecords: [{ name: 'DPI', place }] }
    const practice = await openPracticeIn({ folder, policy })
    const [target] = value(await practice.integration.targets.shown())
    const id = await practice.receive((await reportMail('gone')).first)
    value(await filed(practice, id, target?.id ?? 0))
    await practice.until('tried', async () =>
      (await practice.filings()).some(({ attempts, state }) => attempts > 0 && state === 'waiting'),
    )
    await practice.close()
    const without = await openPractice({ folder, policy: { environment: 'test' } })
    const left = await without.filingIn(id, 'refused')
    expect(left.error?.code).toBe('integration.target-unknown')
    expect(code(await without.integration.retry(left.id))).toBe('integration.too-late')
    value(await without.integration.cancel(left.id))
  })

  it('is taken out again (T04), and can be filed anew', async () => {
    const record = await recordFor()
    const practice = await openPractice()
    const target = await practice.target(mllpPlace(record.port))
    const id = await practice.receive((await reportMail('withdrawn')).first)
    value(await filed(practice, id, target.id))
    const there = await practice.filingIn(id, 'filed')
    value(await practice.integration.withdraw(there.id))
    await practice.filingIn(id, 'withdrawn')
    expect(record.documents.size).toBe(0)
    expect(record.received.at(-1)).toMatchObject({ trigger: 'T04', problems: [] })
    expect((await practice.row(id)).filing?.state).toBe('withdrawn')
    value(await filed(practice, id, target.id))
    await practice.until('filed anew', () => Promise.resolve(record.documents.size === 1))
    // A withdrawal the record refuses leaves the document there.
    record.answers.push({ kind: 'refuse', code: 'AE', error: 207, application: 901 })
    const again = await practice.until('filed', async () =>
      (await practice.filings()).find((one) => one.state === 'filed' && one.action === 'new'),
    )
    value(await practice.integration.withdraw(again.id))
    await practice.filingIn(id, 'refused', 'delete')
    await practice.filingIn(id, 'filed', 'new')
  })

  it('with doubts is filed only once the user was shown them (MSS/va1.27)', async () => {
    const record = await recordFor()
    const practice = await openPractice()
    const target = await practice.target(mllpPlace(record.port))
    const unqualified = patients.find((one) => one.ins === null && one.guardian === null)
    if (!unqualified) throw new Error('no patient without INS')
    const { first } = await reports('doubts', unqualified)
    const id = await practice.receive(await letterWith([first], 'doubts'))
    const [offer] = value(await practice.integration.offers(id)).documents
    expect(offer?.doubts).toContain('ins-missing')
    expect(code(await filed(practice, id, target.id))).toBe('integration.doubts')
    expect(record.received).toHaveLength(0)
    value(await filed(practice, id, target.id, offer?.doubts))
    const refused = await practice.filingIn(id, 'refused')
    expect(refused.faults[0]?.code).toBe(903)

    const { first: good } = await reports('mismatch')
    const otherPatient = patientNamed('LEROY')
    const wrong = await practice.receive(
      await letterWith([good], 'mismatch', { variant: 'patient-mismatch', otherPatient }),
    )
    expect(value(await practice.integration.offers(wrong)).documents[0]?.doubts).toContain('patient-mismatch')
    const damaged = await practice.receive(await letterWith([good], 'damaged', { variant: 'wrong-hash' }))
    expect(code(await filed(practice, wrong, target.id))).toBe('integration.doubts')
    expect(value(await practice.integration.offers(damaged)).documents[0]?.doubts).toContain('hash-mismatch')
  })
})

describe('a crash', () => {
  it('between sending and the answer leaves one document in the record', async () => {
    const record = await recordFor()
    record.answers.push({ kind: 'silence' })
    const folder = temporaryFolder()
    const child = fork(path.join(import.meta.dirname, 'crash.fixture.ts'), [folder, String(record.port)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    const ended = new Promise((resolve) => child.once('exit', resolve))
    const first = await record.next()
    child.kill('SIGKILL')
    await ended
    const practice = await openPractice({ folder })
    const second = await record.next()
    expect(second.controlId).toBe(first.controlId)
    expect(second.repeated).toBe(true)
    await practice.until('filed', async () => (await practice.filings()).find((one) => one.state === 'filed'))
    expect(record.documents.size).toBe(1)
  })
})

describe('a crash between two steps', () => {
  const steps = [
    ['filings.add', 'after'],
    ['filings.begin', 'after'],
    ['filings.settle', 'before'],
  ] as const
  // All five points were played once; these are the ones that can go wrong.
  it('leaves the document once in the record, whichever two they are', async () => {
    const record = await recordFor()
    await Promise.all(
      steps.map(async ([step, when]) => {
        const folder = temporaryFolder()
        const seed = `crash ${step} ${when}`
        const child = fork(
          path.join(import.meta.dirname, 'crash.fixture.ts'),
          [folder, String(record.port), seed, step, when],
          { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
        )
        onTestFinished(() => void child.kill('SIGKILL'))
        const signal = await new Promise((resolve) => child.once('exit', (_, by) => resolve(by)))
        expect(signal, seed).toBe('SIGKILL')
        const source = await letterWith([(await reports(seed)).first], seed)
        const practice = await openPractice({ folder, source })
        await practice.until('filed', async () =>
          (await practice.filings()).find((one) => one.state === 'filed'),
        )
      }),
    )
    expect(record.documents.size).toBe(steps.length)
    // What was sent a second time was the same message.
    expect(new Set(record.received.map(({ controlId }) => controlId)).size).toBe(steps.length)
  })
})
