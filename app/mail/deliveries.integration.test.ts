import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeReadReceipt } from '../../test/operator/delivery-report.ts'
import { folderNames, people, startOperator, type Operator } from '../../test/operator/index.ts'
import type { MessageRow, OutboxItem } from '../contract/index.ts'
import { createAccountFor, letter, openPractice, type Practice } from './mail.fixture.ts'
import { parseMessage } from './index.ts'
import { parseReport } from './mime/report.ts'
import { code, value } from './outcome.fixture.ts'

const { anne, paul, laboratory } = people

describe('sent mail, on the operator’s servers', () => {
  let operator: Operator
  let practice: Practice
  /** How long an answer is waited for, milliseconds: read when mail starts. */
  const patience = { replyTimeout: 120_000 }

  beforeAll(async () => {
    operator = await startOperator()
    practice = await openPractice(operator, patience)
    value(await createAccountFor(practice, 'anne'))
    await practice.witness.until('online', () => (practice.witness.state.phase === 'idle' ? true : undefined))
  })
  afterAll(async () => {
    await practice.close()
    await operator.stop()
  })

  const compose = async (to: string[], subject: string): Promise<number> => {
    const draft = value(await practice.mail.drafts.create({ kind: 'new', accountId: null, sourceId: null }))
    const content = {
      ...draft.content,
      to: to.map((address) => ({ name: '', address })),
      subject,
      text: 'Bonjour',
    }
    value(await practice.mail.drafts.save(draft.id, content))
    return draft.id
  }
  const send = async (to: string[], subject: string, when = {}): Promise<OutboxItem> =>
    value(await practice.mail.drafts.send(await compose(to, subject), when))
  const item = (id: number) => practice.witness.state.outbox.find((one) => one.id === id)
  const reaches = (id: number, what: string, test: (one: OutboxItem) => boolean) =>
    practice.witness.until(`item ${id} ${what}`, () => {
      const one = item(id)
      return one && test(one) ? one : undefined
    })
  const rowWhere = (what: string, test: (row: MessageRow) => boolean) =>
    practice.witness.until(what, () => [...practice.witness.rows.values()].find(test))
  const arrivals = (subject: string) =>
    operator.received.filter((mail) => mail.messageId !== null && sentAs.get(mail.messageId) === subject)
  const sentAs = new Map<string, string>()
  const remember = async (subject: string): Promise<void> => {
    for (const { id } of value(await practice.vault.run('outbox.list', {})).filter(
      (one) => one.subject === subject,
    )) {
      const found = value(await practice.vault.run('outbox.list', {})).find((one) => one.id === id)
      if (found) sentAs.set(found.messageId, subject)
    }
  }

  it('are followed from sent to delivered, failed for one, delayed for another (ECO.2.3.1)', async () => {
    operator.smtp.bounceNext(laboratory.address)
    await send([paul.address, laboratory.address], 'Suivi')
    const row = await rowWhere('the state of both recipients', (one) => {
      return one.subject === 'Suivi' && one.delivery?.failed === 1 && one.delivery.delivered === 1
    })
    expect(row.delivery).toMatchObject({ state: 'failed', total: 2 })
    // Each is named as he was written to, wherever his server sends it on (ORCPT).
    const mail = operator.received.find(({ to }) => to.length === 2)
    expect(mail?.originalRecipients).toEqual(mail?.to.map((address) => `rfc822;${address}`))
    const view = value(await practice.vault.run('delivery.view', { id: row.id }))
    expect(view?.recipients?.find((one) => one.address === laboratory.address)).toMatchObject({
      state: 'failed',
      events: [{ outcome: 'failed', status: '5.2.1' }],
    })
    const failure = await rowWhere('the report', (one) => one.subject === 'Message non remis')
    const report = value(await practice.vault.run('delivery.view', { id: failure.id }))?.report
    expect(report).toMatchObject({ original: { id: row.id, subject: 'Suivi' } })
    // Good news needs no reading; bad news does.
    expect((await rowWhere('good news', (one) => one.subject === 'Message remis')).seen).toBe(true)
    expect(failure.seen).toBe(false)

    operator.smtp.delayNext(paul.address)
    await send([paul.address], 'Lent')
    await rowWhere('the delay', (one) => one.subject === 'Lent' && one.delivery?.state === 'delayed')
  })

  it('ask for a read receipt from the start where their mailbox does (ECO.2.3.2)', async () => {
    const [account] = value(await practice.vault.run('accounts.list', {}))
    const accountId = account?.id ?? 0
    const asked = async (): Promise<boolean> => {
      const draft = value(await practice.mail.drafts.create({ kind: 'new', accountId, sourceId: null }))
      value(await practice.mail.drafts.discard(draft.id))
      return draft.content.readReceipt
    }
    expect(await asked()).toBe(false)
    const changed = value(await practice.mail.updateAccount({ accountId, askReceipts: true }))
    expect(changed.askReceipts).toBe(true)
    expect(await asked()).toBe(true)
    // What is not told stays.
    value(await practice.mail.updateAccount({ accountId, displayName: 'Anne Martin' }))
    expect(await asked()).toBe(true)
    value(await practice.mail.updateAccount({ accountId, askReceipts: false }))
    expect(await asked()).toBe(false)
  })

  it('are read when their reader says so, and by him alone (MSS/va1.14)', async () => {
    await send([paul.address], 'À lire')
    const row = await rowWhere(
      'delivered',
      (one) => one.subject === 'À lire' && one.delivery?.state === 'delivered',
    )
    const header = value(await practice.vault.run('messages.header', { id: row.id }))
    const receipt = (reader: string) =>
      makeReadReceipt({
        reader,
        sender: anne.address,
        originalMessageId: header?.messageId ?? '',
        date: new Date(),
      })
    await operator.deliver({ from: laboratory.address, to: anne.address, raw: receipt(laboratory.address) })
    await rowWhere(
      'the other receipt',
      (one) => one.from.address === laboratory.address && one.preview !== '',
    )
    await operator.deliver({ from: paul.address, to: anne.address, raw: receipt(paul.address) })
    await rowWhere('read', (one) => one.subject === 'À lire' && one.delivery?.state === 'read')
    const events = value(await practice.vault.run('delivery.view', { id: row.id }))?.recipients?.[0]?.events
    expect(events?.filter((one) => one.outcome === 'displayed').map((one) => one.authentic)).toEqual([
      false,
      true,
    ])
  })

  it('say no more than « sent » where the server offers no notices', async () => {
    operator.smtp.setDeliveryNotices(false)
    await send([paul.address], 'Sans avis')
    const row = await rowWhere('sent', (one) => one.subject === 'Sans avis' && one.delivery !== null)
    expect(row.delivery).toMatchObject({ state: 'sent', delivered: 0 })
    operator.smtp.setDeliveryNotices(true)
  })

  it('never leave twice when the server says nothing after the data; the user decides', async () => {
    patience.replyTimeout = 5000
    await practice.restart()
    operator.smtp.stallNextReply()
    const { id } = await send([paul.address], 'Muet')
    await remember('Muet')
    const unknown = await reaches(id, 'to decide', (one) => one.error?.code === 'outbox.unknown-outcome')
    // The operator had taken it: its notice comes back with our envelope and proves that it left.
    expect(['unknown', 'accepted', 'filed']).toContain(unknown.state)
    if (item(id)?.state === 'unknown')
      expect(['ok', 'outbox.not-found']).toContain(code(await practice.mail.outbox.confirm(id)))
    patience.replyTimeout = 120_000
    await practice.restart()
    await reaches(id, 'filed', (one) => one.state === 'filed')
    expect(arrivals('Muet')).toHaveLength(1)
    expect(
      (await operator.mailbox('anne').list(folderNames.sent)).filter((m) => m.subject === 'Muet'),
    ).toHaveLength(1)
  })

  it('are asked about when the line is cut while they leave, and looked for again when the user wants', async () => {
    operator.smtp.cutNextData()
    const { id } = await send([paul.address], 'Coupé tôt')
    await remember('Coupé tôt')
    // Whether anything arrived cannot be known from here: it is asked, never guessed.
    await reaches(id, 'to decide', (one) => one.error?.code === 'outbox.unknown-outcome')
    expect(arrivals('Coupé tôt')).toHaveLength(0)
    value(await practice.mail.outbox.verify(id))
    await reaches(id, 'looked for again', (one) => one.state === 'unknown' && one.error !== null)
    value(await practice.mail.outbox.retry(id))
    await reaches(id, 'filed', (one) => one.state === 'filed')
    expect(arrivals('Coupé tôt')).toHaveLength(1)
  })

  it('reach later, and alone, the recipient a busy server put off', async () => {
    operator.smtp.refuseNext(laboratory.address, { code: 450, text: '4.2.0 Plus tard' })
    const { id } = await send([paul.address, laboratory.address], 'Deux temps')
    await remember('Deux temps')
    const waiting = await reaches(
      id,
      'back in the queue',
      (one) => one.state === 'queued' && one.attempts === 1,
    )
    expect(waiting.recipients).toMatchObject([{ accepted: true }, { accepted: null }])
    value(await practice.mail.outbox.retry(id))
    await reaches(id, 'filed', (one) => one.state === 'filed' && one.error === null)
    expect(arrivals('Deux temps').map((mail) => mail.to)).toEqual([[paul.address], [laboratory.address]])
    const copies = (await operator.mailbox('anne').list(folderNames.sent)).filter(
      (m) => m.subject === 'Deux temps',
    )
    expect(copies).toHaveLength(1)
  })

  it('go again to the refused alone, in the copy already in Sent', async () => {
    operator.smtp.refuseNext(laboratory.address)
    const { id } = await send([paul.address, laboratory.address], 'Refus')
    await remember('Refus')
    await reaches(id, 'filed with a refusal', (one) => one.state === 'filed' && one.error !== null)
    value(await practice.mail.outbox.retry(id))
    await reaches(id, 'filed', (one) => one.state === 'filed' && one.error === null)
    expect(arrivals('Refus').map((mail) => mail.to)).toEqual([[paul.address], [laboratory.address]])
  })

  it('wait for seconds, come back as the draft they were, and survive a restart', async () => {
    const draftId = await compose([paul.address], 'Hésitation')
    const bytes = new Uint8Array([1, 2, 3])
    const file = value(await practice.vault.parts.write([bytes] as unknown as AsyncIterable<Uint8Array>))
    const attachment = { partFile: file.id, size: 3, fileName: 'a.pdf', mimeType: 'application/pdf' }
    value(await practice.mail.drafts.attach(draftId, attachment))
    const before = value(await practice.mail.drafts.get(draftId))
    const { id } = value(await practice.mail.drafts.send(draftId, { delaySeconds: 30 }))
    expect(code(await practice.mail.drafts.get(draftId))).toBe('compose.draft-missing')
    await practice.restart()
    expect(value(await practice.mail.outbox.list()).find((one) => one.id === id)).toMatchObject({
      state: 'queued',
      editable: true,
    })
    expect(value(await practice.mail.outbox.edit(id))).toEqual(before)
    expect(new Uint8Array(value(await practice.vault.parts.readAll(file.id, 10)))).toEqual(bytes)
    expect(code(await practice.mail.outbox.edit(id))).toBe('outbox.too-late')

    const second = value(await practice.mail.drafts.send(draftId, { delaySeconds: 1 }))
    await remember('Hésitation')
    await practice.restart()
    await reaches(second.id, 'filed', (one) => one.state === 'filed')
    expect(arrivals('Hésitation')).toHaveLength(1)
    expect(code(await practice.mail.outbox.edit(second.id))).toBe('outbox.too-late')
  })

  it('leave at their date, dated of that date, and can be put off', async () => {
    const draftId = await compose([paul.address], 'Programmé')
    expect(
      code(await practice.mail.drafts.send(draftId, { at: new Date(Date.now() - 1000).toISOString() })),
    ).toBe('compose.date-past')
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString()
    const { id } = value(await practice.mail.drafts.send(draftId, { at: tomorrow }))
    const soon = new Date(Date.now() + 1500)
    value(await practice.mail.outbox.reschedule(id, soon.toISOString()))
    await remember('Programmé')
    await reaches(id, 'filed', (one) => one.state === 'filed')
    expect(arrivals('Programmé')[0]?.at.getTime()).toBeGreaterThanOrEqual(soon.getTime())
    expect(arrivals('Programmé')).toHaveLength(1)
  })

  it('replace one another, and both say so', async () => {
    await send([paul.address], 'Ordonnance')
    const first = await rowWhere('the first', (one) => one.subject === 'Ordonnance')
    const draft = value(
      await practice.mail.drafts.create({ kind: 'replace', accountId: null, sourceId: first.id }),
    )
    expect(draft.content.subject).toBe('[Annule et remplace] Ordonnance')
    expect(draft.content.to.map((one) => one.address)).toEqual([paul.address])
    value(await practice.mail.drafts.send(draft.id))
    await rowWhere('replaced', (one) => one.id === first.id && one.replacement === 'replaced')
    const second = await rowWhere('replaces', (one) => one.replacement === 'replaces')
    const arrived = await operator.mailbox('paul').waitFor((one) => one.subject === second.subject)
    const source = (await operator.mailbox('paul').source(arrived.uid)).toString()
    const header = value(await practice.vault.run('messages.header', { id: first.id }))
    expect(source).toContain(`Supersedes: ${header?.messageId ?? '?'}`)
  })

  it('are acknowledged as read when the reader agrees, once, and never filed in Sent', async () => {
    await operator.deliver({
      from: paul.address,
      to: anne.address,
      raw: letter(paul.address, anne.address, 'Accusez', [
        `Disposition-Notification-To: <${paul.address}>`,
        'Original-Recipient: rfc822;secretariat@medecin.mssante.test',
      ]),
    })
    const asked = await rowWhere('the request', (one) => one.subject === 'Accusez')
    const answer = { id: asked.id, send: true, subject: 'Lu : Accusez', text: 'Votre message a été affiché.' }
    value(await practice.mail.receipts.answer(answer))
    expect(code(await practice.mail.receipts.answer(answer))).toBe('receipt.not-asked')
    const arrived = await operator.mailbox('paul').waitFor((one) => one.subject === 'Lu : Accusez')
    const source = new Uint8Array(await operator.mailbox('paul').source(arrived.uid))
    const header = value(await practice.vault.run('messages.header', { id: asked.id }))
    expect(parseReport(value(parseMessage(source)))).toMatchObject({
      kind: 'disposition',
      originalMessageId: header?.messageId,
      outcomes: [
        {
          address: anne.address,
          originalAddress: 'secretariat@medecin.mssante.test',
          outcome: 'displayed',
          automatic: false,
        },
      ],
    })
    const unasked = await rowWhere('a letter', (one) => one.subject === 'Suivi')
    expect(code(await practice.mail.receipts.answer({ ...answer, id: unasked.id }))).toBe('receipt.not-asked')
    const copies = await operator.mailbox('anne').list(folderNames.sent)
    expect(copies.some((one) => one.subject === 'Lu : Accusez')).toBe(false)
  })
})
