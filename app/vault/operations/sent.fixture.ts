import { draftOperations } from './drafts.ts'
import { deliveryOperations, storeReport } from './delivery.ts'
import type { FoundOutcome, FoundReport } from './found-report.ts'
import { messageOperations, type NewMessage } from './messages.ts'
import { outboxChoiceOperations } from './outbox-choices.ts'
import { outboxOperations } from './outbox.ts'
import { storeForTest } from '../store.fixture.ts'

export const recipients = ['p@b.test', 'q@b.test'] as const
const own = 'a@b.test'

/** A store with one account, its inbox (1), Sent (2) and junk (3), and a clock of its own. */
export const sentStore = () => {
  const db = storeForTest()
  const clock = { time: Date.UTC(2026, 10, 22, 8) }
  const context = { now: () => clock.time }
  db.exec(`INSERT INTO accounts (id, address, display_name, kind, auth, imap_host, imap_port, imap_security, smtp_host,
      smtp_port, smtp_security, created_at)
    VALUES (1, '${own}', 'A', 'personal', 'psc', 'h', 1, 'starttls', 'h', 1, 'starttls', 0);
    INSERT INTO folders (id, account_id, path, name, role)
    VALUES (1, 1, 'INBOX', 'INBOX', 'inbox'), (2, 1, 'Sent', 'Sent', 'sent'), (3, 1, 'Junk', 'Junk', 'junk')`)
  let serial = 0

  const draft = (): number =>
    draftOperations['drafts.insert'](
      db,
      {
        accountId: 1,
        kind: 'new',
        sourceId: null,
        inReplyTo: null,
        references: [],
        content: {
          accountId: 1,
          to: recipients.map((address) => ({ name: '', address })),
          cc: [],
          bcc: [],
          subject: 's',
          text: 'Bonjour',
          html: null,
          sign: false,
          encrypt: false,
          readReceipt: false,
        },
        attachments: [
          { id: `f${++serial}`, fileName: 'f', mimeType: 'a/b', size: 1, partFile: `part${serial}` },
        ],
      },
      context,
    ).id

  type Add = Parameters<(typeof outboxOperations)['outbox.add']>[1]
  const add = (change: Partial<Add> = {}): number => {
    const draftId = change.draftId === undefined ? draft() : change.draftId
    serial += 1
    const added = outboxOperations['outbox.add'](
      db,
      {
        accountId: 1,
        messageId: `<m${serial}@t>`,
        envelopeId: `env${serial}`,
        purpose: 'message',
        subject: 's',
        sender: own,
        recipients: recipients.map((address) => ({ name: '', address })),
        mime: new Uint8Array([1]),
        mimeFile: null,
        mimeSize: 1,
        source: null,
        due: null,
        replaces: null,
        ...change,
        draftId,
      },
      context,
    )
    if (!added) throw new Error('not queued')
    return added.item.id
  }

  const item = (id: number) => {
    const found = outboxOperations['outbox.list'](db, {}, context).find((one) => one.id === id)
    if (!found) throw new Error(`item ${String(id)} is not listed`)
    return found
  }
  const next = (state: 'queued' | 'unknown' | 'accepted' = 'queued') =>
    outboxOperations['outbox.next'](db, { accountId: 1, state }, context)?.id ?? null
  const begin = (id: number): boolean => outboxOperations['outbox.begin'](db, { id }, context)
  type Settle = Parameters<(typeof outboxOperations)['outbox.settle']>[1]
  const settle = (id: number, state: Settle['state'], change: Partial<Settle> = {}) =>
    outboxOperations['outbox.settle'](
      db,
      { id, state, recipients: null, error: null, nextAttemptAt: null, ...change },
      context,
    )
  const answers = (...accepted: (boolean | null)[]) =>
    accepted.map((one, index) => ({
      address: recipients[index] ?? '',
      accepted: one,
      response: one === true ? '250 ok' : one === null ? '450 4.2.0 later' : '550 5.1.1 no',
    }))
  const drafts = () => draftOperations['drafts.list'](db, {}, context)

  const message = (folderId: number, change: Partial<NewMessage>): number => {
    serial += 1
    const [id = 0] = messageOperations['messages.insert'](
      db,
      {
        accountId: 1,
        folderId,
        messages: [
          {
            uid: serial,
            identity: new Uint8Array([serial]),
            date: clock.time + serial * 1000,
            from: { name: '', address: own },
            to: recipients.map((address) => ({ name: '', address })),
            subject: 's',
            rawSubject: 's',
            flags: 1,
            size: 1,
            hasAttachments: false,
            trust: 'professional',
            signed: false,
            encrypted: false,
            messageId: null,
            inReplyTo: null,
            references: [],
            ...change,
          },
        ],
        state: null,
      },
      context,
    )
    return id
  }

  const outcome = (address: string, change: Partial<FoundOutcome> = {}): FoundOutcome => ({
    address,
    originalAddress: null,
    outcome: 'delivered',
    status: null,
    diagnostic: null,
    automatic: true,
    retryUntil: null,
    ...change,
  })
  /** A report arrives in the inbox with its body. */
  const report = (found: Partial<FoundReport>, change: Partial<NewMessage> = {}, folderId = 1) => {
    const id = message(folderId, {
      from: { name: '', address: 'mailer-daemon@b.test' },
      messageId: `<report${String(serial)}@t>`,
      ...change,
    })
    const changed = storeReportBody(id, found)
    return { id, changed }
  }
  const storeReportBody = (id: number, found: Partial<FoundReport>): number[] =>
    storeReport(
      db,
      id,
      { kind: 'delivery', envelopeId: null, originalMessageId: null, outcomes: [], ...found },
      clock.time,
    )
  /** Nothing sent, nothing reported; the account stays. */
  const empty = (): void => {
    db.exec('DELETE FROM drafts; DELETE FROM outbox; DELETE FROM delivery_reports; DELETE FROM messages')
  }
  const view = (id: number) => deliveryOperations['delivery.view'](db, { id }, context)
  const row = (id: number) => messageOperations['messages.rows'](db, { ids: [id] }, context)[0]
  const choose = outboxChoiceOperations

  return {
    db,
    clock,
    context,
    draft,
    add,
    item,
    next,
    begin,
    settle,
    answers,
    drafts,
    message,
    outcome,
    report,
    storeReportBody,
    empty,
    view,
    row,
    choose,
  }
}
