import { fork } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
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

describe('a document filed into a patient record over MLLP', { timeout: 90_000 }, () => {
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
    const target = await practice.target(mllpPlace(record.port))
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

describe('a crash', { timeout: 90_000 }, () => {
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

describe('a crash between two steps', { timeout: 120_000 }, () => {
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

describe('a request to take a document out', { timeout: 90_000 }, () => {
  it('is proposed to the user when its author asks, taken out in one click, and shows on both messages', async () => {
    const record = await recordFor()
    const practice = await openPractice()
    const target = await practice.target(mllpPlace(record.port))
    const { first } = await reports('removal')
    const id = await practice.receive(await letterWith([first], 'removal-1'))
    value(await filed(practice, id, target.id))
    const there = await practice.filingIn(id, 'filed')
    const order = await practice.receive(await letterWith([first], 'removal-2', { variant: 'removal' }))
    const [offer] = value(await practice.integration.offers(order)).documents
    expect(offer).toMatchObject({ targets: [], filings: [], removal: { obstacle: null } })
    expect(offer?.removal?.filings.map((one) => one.id)).toEqual([there.id])
    // It is never put in: its author wants it out.
    const wish = {
      messageId: order,
      documentIds: [offer?.documentId ?? ''],
      targetId: target.id,
      despite: [],
    }
    expect(code(await practice.integration.file(wish))).toBe('integration.document-unsuitable')
    expect(record.received).toHaveLength(1)
    value(await practice.integration.withdraw(there.id, order))
    await practice.filingIn(id, 'withdrawn')
    expect(record.received.at(-1)).toMatchObject({ trigger: 'T04', problems: [] })
    expect(record.documents.size).toBe(0)
    expect((await practice.row(id)).filing?.state).toBe('withdrawn')
    expect((await practice.row(order)).filing?.state).toBe('withdrawn')
    const [after] = value(await practice.integration.offers(order)).documents
    expect(after?.removal).toMatchObject({ obstacle: 'not-filed' })
    expect(after?.removal?.filings.map(({ action, state }) => [action, state])).toEqual([
      ['delete', 'filed'],
      ['new', 'withdrawn'],
    ])
  })

  it('by anybody else is shown, and nothing is taken out', async () => {
    const record = await recordFor()
    const practice = await openPractice()
    const target = await practice.target(mllpPlace(record.port))
    const { first } = await reports('removal-forged')
    const id = await practice.receive(await letterWith([first], 'forged-1'))
    value(await filed(practice, id, target.id))
    const there = await practice.filingIn(id, 'filed')
    const stranger = { name: 'Imagerie', address: 'cr@imagerie.mssante.test' }
    const forged = await practice.receive(
      await letterWith([first], 'forged-2', { variant: 'removal', from: stranger }),
    )
    const [offer] = value(await practice.integration.offers(forged)).documents
    expect(offer?.removal?.obstacle).toBe('unverified')
    expect(code(await practice.integration.withdraw(there.id, forged))).toBe('integration.cannot-withdraw')
    const unfiled = await practice.receive(
      await letterWith([(await reports('removal-unfiled')).first], 'unfiled', { variant: 'removal' }),
    )
    const [nothing] = value(await practice.integration.offers(unfiled)).documents
    expect(nothing?.removal).toMatchObject({ obstacle: 'not-filed', filings: [] })
    expect(record.received).toHaveLength(1)
  })

  it('takes the files of a watched folder back, while they are there', async () => {
    const practice = await openPractice()
    const folder = temporaryFolder()
    practice.state.chosenFolder = folder
    const place = { kind: 'folder' as const, path: '', format: 'xdm' as const }
    const target = value(
      await practice.integration.targets.save({
        ...{ id: null, name: 'Dossier', place, folder: 'x'.repeat(20), preferred: true },
      }),
    )
    const { first } = await reports('removal-folder')
    const id = await practice.receive(await letterWith([first], 'removal-folder-1'))
    value(await filed(practice, id, target.id))
    const there = await practice.filingIn(id, 'filed')
    expect(readdirSync(folder)).toHaveLength(1)
    const order = await practice.receive(
      await letterWith([first], 'removal-folder-2', { variant: 'removal' }),
    )
    value(await practice.integration.withdraw(there.id, order))
    await practice.filingIn(id, 'withdrawn')
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('a document filed into a watched folder', { timeout: 90_000 }, () => {
  it('appears whole, beside what describes it, and is never overwritten', async () => {
    const practice = await openPractice()
    for (const [format, extensions] of [
      ['xdm', ['zip']],
      ['pdf-json', ['json', 'pdf']],
      ['pdf-xml', ['pdf', 'xml']],
    ] as const) {
      const folder = temporaryFolder()
      practice.state.chosenFolder = folder
      const target = value(
        await practice.integration.targets.save({
          id: null,
          name: format,
          place: { kind: 'folder', path: '/etc', format },
          folder: 'x'.repeat(20),
          preferred: false,
        }),
      )
      // The window’s path is not taken.
      expect(target.place).toMatchObject({ path: folder })
      const id = await practice.receive((await reportMail(format)).first)
      value(await filed(practice, id, target.id))
      await practice.filingIn(id, 'filed')
      const files = readdirSync(folder).sort()
      expect(files.map((name) => name.split('.').at(-1))).toEqual([...extensions])
      for (const name of files) expect(name).toMatch(/^[A-Za-z0-9_-]+\.\w+$/)
      const told = files.find((name) => /\.(?:json|xml)$/.test(name))
      if (told !== undefined) {
        const text = readFileSync(path.join(folder, told), 'utf8')
        expect(text).toContain('DUPONT')
        expect(text).toContain(patientNamed('DUPONT').ins)
      }
      const [one] = (await practice.filings()).filter((each) => each.messageId === id)
      value(await practice.integration.withdraw(one?.id ?? 0))
      expect(readdirSync(folder)).toEqual([])
      // Once the record has taken it, it is not ours to take back.
      value(await filed(practice, id, target.id))
      const again = await practice.filingIn(id, 'filed')
      for (const name of readdirSync(folder)) unlinkSync(path.join(folder, name))
      expect(code(await practice.integration.withdraw(again.id))).toBe('integration.cannot-withdraw')
    }
  })

  it('waits while the folder is away, and stands back from another file of its name', async () => {
    const practice = await openPractice()
    const folder = temporaryFolder()
    practice.state.chosenFolder = folder
    const target = value(
      await practice.integration.targets.save({
        id: null,
        name: 'Dossier',
        place: { kind: 'folder', path: '', format: 'xdm' },
        folder: 'x'.repeat(20),
        preferred: true,
      }),
    )
    expect(value(await practice.integration.targets.test(target.id)).steps).toEqual([
      { step: 'folder', error: null },
    ])
    const id = await practice.receive((await reportMail('clash')).first)
    value(await filed(practice, id, target.id))
    const there = await practice.filingIn(id, 'filed')
    value(await practice.integration.withdraw(there.id))
    writeFileSync(path.join(folder, there.reference ?? ''), 'autre chose')
    value(await filed(practice, id, target.id))
    const refused = await practice.filingIn(id, 'refused')
    expect(refused.error?.code).toBe('integration.already-filed')
    expect(readFileSync(path.join(folder, there.reference ?? ''), 'utf8')).toBe('autre chose')
    expect(existsSync(folder)).toBe(true)
  })

  it('that a crash interrupted is there when it is whole, else the user looks: it may have been taken', async () => {
    const folder = temporaryFolder()
    const inbox = temporaryFolder()
    const practice = await openPracticeIn({ folder })
    practice.state.chosenFolder = inbox
    const place = { kind: 'folder' as const, path: '', format: 'xdm' as const }
    const save = async (name: string) =>
      value(
        await practice.integration.targets.save({
          ...{ id: null, name, place, folder: 'x'.repeat(20), preferred: false },
        }),
      )
    const [other, target] = [await save('Autre'), await save('Dossier')]
    const mails = [(await reportMail('cut-1')).first, (await reportMail('cut-2', 'LEROY')).first]
    const there = await practice.receive(mails[0] ?? new Uint8Array())
    const taken = await practice.receive(mails[1] ?? new Uint8Array())
    value(await filed(practice, there, other.id))
    await practice.filingIn(there, 'filed')
    // As a crash leaves them: on their way, the first in the folder, of the second nobody knows.
    await practice.integration.stop()
    for (const id of [there, taken]) {
      const [one] = value(await filed(practice, id, target.id))
      value(
        await practice.vault.run('filings.begin', {
          ...{ id: one?.id ?? 0, reference: 'x', payloadFile: null, action: 'new' },
          ...{ restrictions: null, replacesKey: null },
        }),
      )
    }
    await practice.vault.close()
    const again = await openPractice({ folder })
    await again.integration.stop()
    for (const [index, id] of [there, taken].entries())
      again.sources.set(id, mails[index] ?? new Uint8Array())
    await again.integration.start()
    const asked = await again.until('left to the user', async () =>
      (await again.filings()).find((one) => one.state === 'unknown' && one.nextTryAt === null),
    )
    expect(asked.messageId).toBe(taken)
    await again.until('there', async () =>
      (await again.filings()).every(({ messageId, state }) => messageId !== there || state === 'filed'),
    )
    expect(readdirSync(inbox)).toHaveLength(1)
    value(await again.integration.settle(asked.id, false))
    await again.filingIn(taken, 'filed')
    expect(readdirSync(inbox)).toHaveLength(2)
  })
})

describe('a message transferred for integration (IG-TRANSFER)', { timeout: 90_000 }, () => {
  it('leaves whole and once, and waits for the gateway', async () => {
    const practice = await openPractice()
    const target = await practice.target({ kind: 'mailbox', address: 'DPI@hopital.mssante.test' })
    const id = await practice.receive((await reportMail('transfer')).first)
    value(await practice.integration.transfer(id, target.id))
    const there = await practice.filingIn(id, 'transferred')
    expect(practice.transfers).toMatchObject([
      { to: 'dpi@hopital.mssante.test', messageIdHeader: there.reference },
    ])
    expect(code(await practice.integration.transfer(id, target.id))).toBe('integration.already-filed')
    expect((await practice.row(id)).filing?.state).toBe('waiting')
  })
})
