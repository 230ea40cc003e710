import type { ImapFlow } from 'imapflow'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { folderNames, people, startOperator, type Operator } from '../../test/operator/index.ts'
import { ok, type OutboxItem } from '../contract/index.ts'
import { parseMessage } from './index.ts'
import { fileSent } from './outbox/filing.ts'
import { createAccountFor, letter, openPractice, type Practice } from './mail.fixture.ts'
import { code, value } from './outcome.fixture.ts'

const { anne, paul, laboratory } = people

/** In the form of a signed message; nobody checks the signature here. */
const signedBody = [
  '--x',
  'Content-Type: text/plain',
  '',
  'Bonjour',
  '--x',
  'Content-Type: application/pkcs7-signature; name=smime.p7s',
  'Content-Transfer-Encoding: base64',
  '',
  'MIAGCSqG',
  '--x--',
  '',
].join('\r\n')

describe('sending', () => {
  let operator: Operator
  let practice: Practice
  const card = { present: true }
  /** Addresses that the list of the trust space has lost meanwhile. */
  const gone = new Set<string>()
  /** Addresses of patients who have opposed meanwhile. */
  const opposed = new Set<string>()
  /** Addresses that the base of patients builds no more. */
  const refused = new Set<string>()

  beforeAll(async () => {
    operator = await startOperator()
    await operator.deliver({
      from: paul.address,
      to: anne.address,
      raw: letter(
        `"Dr Paul BERNARD" <${paul.address}>`,
        `${anne.address}, ${laboratory.address}`,
        'Avis',
        [],
        'Que pensez-vous ?\r\n',
      ),
    })
    practice = await openPractice(operator, {
      canSign: () => card.present,
      opposedAmong: (addresses) => Promise.resolve(ok(addresses.find((one) => opposed.has(one)) ?? null)),
      domainChecks: ({ content }) =>
        Promise.resolve(
          ok(
            content.to
              .filter(({ address }) => refused.has(address))
              .map(({ address }) => ({
                ...{ kind: 'patient-unknown' as const, blocking: true, address },
                ...{ trust: null, size: null, limit: null },
              })),
          ),
        ),
      classify: (address) =>
        gone.has(address) || !address.endsWith('.mssante.test') ? 'outside' : 'professional',
    })
    value(await createAccountFor(practice, 'anne'))
    await practice.witness.until('the letter', () => rowNamed(practice, 'Avis'))
    await practice.witness.until('bodies', () => (practice.witness.state.phase === 'idle' ? true : undefined))
  })
  afterAll(async () => {
    await practice.close()
    await operator.stop()
  })

  const compose = async (to: string, subject: string, change: object = {}): Promise<number> => {
    const draft = value(await practice.mail.drafts.create({ kind: 'new', accountId: null, sourceId: null }))
    const content = {
      ...draft.content,
      to: [{ name: '', address: to }],
      subject,
      text: 'Bonjour,\nÀ bientôt.',
      ...change,
    }
    value(await practice.mail.drafts.save(draft.id, content))
    return draft.id
  }

  const stateOf = (id: number): OutboxItem | undefined =>
    practice.witness.state.outbox.find((item) => item.id === id)
  const reaches = (id: number, state: OutboxItem['state']) =>
    practice.witness.until(`item ${id} ${state}`, () =>
      stateOf(id)?.state === state ? stateOf(id) : undefined,
    )

  it('answers: quoted, threaded, delivered, filed once, the question marked as answered', async () => {
    const source = rowNamed(practice, 'Avis')
    const draft = value(
      await practice.mail.drafts.create({ kind: 'reply-all', accountId: null, sourceId: source?.id ?? 0 }),
    )
    expect(draft.content.to).toEqual([{ name: 'Dr Paul BERNARD', address: paul.address }])
    expect(draft.content.cc.map((one) => one.address)).toEqual([laboratory.address])
    expect(draft.content.subject).toBe('Re: Avis')
    expect(draft.content.text).toContain('> Que pensez-vous ?')
    const item = value(await practice.mail.drafts.send(draft.id))
    expect(value(await practice.mail.drafts.list())).toEqual([])
    await reaches(item.id, 'filed')
    const arrived = await operator.mailbox('paul').waitFor((message) => message.subject === 'Re: Avis')
    const parsed = value(parseMessage(new Uint8Array(await operator.mailbox('paul').source(arrived.uid))))
    const asked = (await operator.mailbox('anne').waitFor(({ subject }) => subject === 'Avis')).messageId
    expect(asked).toMatch(/^<.+@.+>$/)
    expect([parsed.inReplyTo, parsed.references.at(-1)]).toEqual([asked, asked])
    expect(parsed.messageId).toMatch(/^<[^<>@\s]{16,}@medecin\.mssante\.test>$/)
    expect(parsed.messageId).not.toBe(asked)
    expect(parsed.from).toEqual({ name: anne.displayName, address: anne.address })
    expect(await operator.mailbox('anne').list(folderNames.sent)).toHaveLength(1)
    await operator.mailbox('anne').waitFor((m) => m.subject === 'Avis' && m.flags.includes('\\Answered'))
    const sent = await practice.witness.until('the answer in Sent', () => rowNamed(practice, 'Re: Avis'))
    const thread = value(await practice.mail.thread(sent.id))
    expect(thread.map((row) => row.subject)).toEqual(['Avis', 'Re: Avis'])
  })

  it('keeps attachments when forwarding, names and bytes', async () => {
    const id = await compose(paul.address, 'Avec pièce')
    const bytes = new Uint8Array(100_000).map((_, index) => index % 251)
    const file = value(await practice.vault.parts.write([bytes] as unknown as AsyncIterable<Uint8Array>))
    value(
      await practice.mail.drafts.attach(id, {
        partFile: file.id,
        size: bytes.byteLength,
        fileName: 'Compte rendu œdème.pdf',
        mimeType: 'application/pdf',
      }),
    )
    const item = value(await practice.mail.drafts.send(id))
    await reaches(item.id, 'filed')
    const sent = await practice.witness.until('in Sent', () => rowNamed(practice, 'Avec pièce'))
    const forward = value(
      await practice.mail.drafts.create({ kind: 'forward', accountId: null, sourceId: sent.id }),
    )
    expect(forward.content.subject).toBe('Fwd: Avec pièce')
    expect(forward.attachments).toMatchObject([{ fileName: 'Compte rendu œdème.pdf', size: 100_000 }])
    value(await practice.mail.drafts.discard(forward.id))
  })

  it('refuses a recipient outside the trust space before anything leaves', async () => {
    const id = await compose('quelquun@exemple.test', 'Dehors')
    const checks = value(await practice.mail.drafts.check(id))
    expect(checks).toContainEqual(expect.objectContaining({ kind: 'recipient-outside', blocking: true }))
    expect(code(await practice.mail.drafts.send(id))).toBe('compose.recipient-outside')
    expect(value(await practice.mail.drafts.get(id)).content.subject).toBe('Dehors')
    const none = await compose(paul.address, 'Personne', { to: [] })
    expect(code(await practice.mail.drafts.send(none))).toBe('compose.no-recipient')
  })

  it('tells which recipient was refused, and sends to the others', async () => {
    operator.smtp.refuseNext(laboratory.address)
    const id = await compose(paul.address, 'À deux', { cc: [{ name: '', address: laboratory.address }] })
    const item = value(await practice.mail.drafts.send(id))
    const filed = await reaches(item.id, 'filed')
    expect(filed.recipients).toMatchObject([
      { address: paul.address, accepted: true },
      { address: laboratory.address, accepted: false, response: expect.stringContaining('550') },
    ])
    expect(filed.error?.code).toBe('smtp.recipient-refused')
  })

  it('stops when every recipient was refused; the user may try again', async () => {
    operator.smtp.refuseNext(paul.address)
    const item = value(await practice.mail.drafts.send(await compose(paul.address, 'Refusé')))
    const refused = await reaches(item.id, 'refused')
    expect(refused.error?.code).toBe('smtp.all-recipients-refused')
    value(await practice.mail.outbox.retry(item.id))
    await reaches(item.id, 'filed')
    expect(
      operator.received.filter((mail) => mail.messageId === (lastReceived(operator)?.messageId ?? '')),
    ).toHaveLength(1)
  })

  it('never sends twice when the connection ends after the data', async () => {
    const before = operator.received.length
    operator.smtp.dropNextReply()
    const item = value(await practice.mail.drafts.send(await compose(paul.address, 'Coupé')))
    const unknown = await practice.witness.until('the outcome asked to the user', () =>
      stateOf(item.id)?.error?.code === 'outbox.unknown-outcome' ? stateOf(item.id) : undefined,
    )
    expect(unknown.state).toBe('unknown')
    await practice.restart()
    expect(operator.received.length - before).toBe(1)
    expect(value(await practice.mail.outbox.list()).find((one) => one.id === item.id)?.state).toBe('unknown')
  })

  it('after a crash while sending, finds the message that the server filed and does not send again', async () => {
    const before = operator.received.length
    await practice.mail.stop()
    const id = await compose(paul.address, 'Tombé')
    const item = value(await practice.mail.drafts.send(id))
    expect(value(await practice.vault.run('outbox.begin', { id: item.id }))).toBe(true)
    const stored = value(await practice.vault.run('outbox.mime', { id: item.id }))
    await operator.fill('anne', [
      {
        folder: folderNames.sent,
        flags: ['\\Seen'],
        date: new Date(),
        raw: stored?.mime ?? new Uint8Array(),
      },
    ])
    await practice.restart()
    await reaches(item.id, 'filed')
    expect(operator.received.length).toBe(before)
  })

  it('refuses a message larger than the server takes', async () => {
    operator.smtp.setSizeLimit(20_000)
    const item = value(
      await practice.mail.drafts.send(await compose(paul.address, 'Gros', { text: 'x'.repeat(60_000) })),
    )
    const refused = await reaches(item.id, 'refused')
    expect(refused.error?.code).toBe('smtp.too-large')
    operator.smtp.setSizeLimit(25 * 1024 * 1024)
  })

  it('keeps the message while the server is down and sends it afterwards', async () => {
    await operator.smtpDown()
    const item = value(await practice.mail.drafts.send(await compose(paul.address, 'Patience')))
    const waiting = await practice.witness.until('a failed try', () =>
      stateOf(item.id)?.error?.code === 'net.unreachable' ? stateOf(item.id) : undefined,
    )
    expect(waiting).toMatchObject({ state: 'queued' })
    expect(waiting.nextAttemptAt).not.toBeNull()
    await operator.smtpUp()
    value(await practice.mail.outbox.retry(item.id))
    await reaches(item.id, 'filed')
  })

  it('WL-CHECK: what waited is refused when its recipient has left the trust space meanwhile', async () => {
    await operator.smtpDown()
    const item = value(await practice.mail.drafts.send(await compose(paul.address, 'Trop tard')))
    await practice.witness.until('a failed try', () =>
      stateOf(item.id)?.error?.code === 'net.unreachable' ? true : undefined,
    )
    gone.add(paul.address)
    await operator.smtpUp()
    value(await practice.mail.outbox.retry(item.id))
    const refused = await practice.witness.until('refused', () =>
      stateOf(item.id)?.state === 'refused' ? stateOf(item.id) : undefined,
    )
    expect(refused.error).toMatchObject({
      code: 'compose.recipient-outside',
      details: { address: paul.address },
    })
    gone.clear()
    value(await practice.mail.outbox.cancel(item.id))
  })

  it('MSS/va1.20: what waited is refused when the patient has opposed meanwhile', async () => {
    await operator.smtpDown()
    const before = operator.received.length
    const item = value(await practice.mail.drafts.send(await compose(paul.address, 'Opposé depuis')))
    await practice.witness.until('a failed try', () =>
      stateOf(item.id)?.error?.code === 'net.unreachable' ? true : undefined,
    )
    opposed.add(paul.address)
    await operator.smtpUp()
    value(await practice.mail.outbox.retry(item.id))
    const refused = await practice.witness.until('refused or gone', () =>
      ['refused', 'accepted', 'filed'].includes(stateOf(item.id)?.state ?? '') ? stateOf(item.id) : undefined,
    )
    expect(refused).toMatchObject({
      state: 'refused',
      error: { code: 'compose.patient-refused', details: { address: paul.address } },
    })
    expect(operator.received).toHaveLength(before)
    opposed.clear()
    value(await practice.mail.outbox.cancel(item.id))
  })

  it('ECO.2.2.6: what waited is held when its address is no longer one that may be written to, and says why', async () => {
    await operator.smtpDown()
    const before = operator.received.length
    const item = value(await practice.mail.drafts.send(await compose(paul.address, 'Identité changée')))
    await practice.witness.until('a failed try', () =>
      stateOf(item.id)?.error?.code === 'net.unreachable' ? true : undefined,
    )
    refused.add(paul.address)
    await operator.smtpUp()
    value(await practice.mail.outbox.retry(item.id))
    const held = await practice.witness.until('refused or gone', () =>
      ['refused', 'accepted', 'filed'].includes(stateOf(item.id)?.state ?? '') ? stateOf(item.id) : undefined,
    )
    expect(held).toMatchObject({
      state: 'refused',
      editable: true,
      error: { code: 'compose.patient-unknown', details: { address: paul.address } },
    })
    expect(operator.received).toHaveLength(before)
    // Once the identity is right again, the same message leaves.
    refused.clear()
    value(await practice.mail.outbox.retry(item.id))
    await practice.witness.until('gone', () =>
      ['accepted', 'filed'].includes(stateOf(item.id)?.state ?? 'filed') ? true : undefined,
    )
    expect(operator.received).toHaveLength(before + 1)
  })

  it('proposes to sign as one did last, and to answer a signed message signed, when a card is there', async () => {
    const wanted = async (kind: 'new' | 'reply' | 'forward', subject: string): Promise<boolean> => {
      const sourceId = kind === 'new' ? null : (rowNamed(practice, subject)?.id ?? 0)
      const draft = value(await practice.mail.drafts.create({ kind, accountId: null, sourceId }))
      value(await practice.mail.drafts.discard(draft.id))
      return draft.content.sign
    }
    expect(await wanted('new', '')).toBe(false)
    expect(await wanted('reply', 'Avis')).toBe(false)
    await operator.deliver({
      from: paul.address,
      to: anne.address,
      raw: letter(paul.address, anne.address, 'Avis signé', [], signedBody).replace(
        'Content-Type: text/plain; charset=utf-8',
        'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary=x',
      ),
    })
    await practice.witness.until('the signed letter', () => rowNamed(practice, 'Avis signé'))
    expect(await wanted('reply', 'Avis signé')).toBe(true)
    expect(await wanted('forward', 'Avis signé')).toBe(false)

    for (const sign of [true, false]) {
      const id = await compose(paul.address, sign ? 'Signé' : 'Non signé', { sign })
      value(await practice.mail.drafts.send(id))
      expect(await wanted('new', '')).toBe(sign)
    }
    card.present = false
    expect(await wanted('reply', 'Avis signé')).toBe(false)
    card.present = true
  })

  it('makes a Sent folder where the server has none, and keeps the message while it may not', async () => {
    await practice.witness.until('nothing on its way', () =>
      practice.witness.state.outbox.some((one) => ['queued', 'sending', 'accepted'].includes(one.state))
        ? undefined
        : true,
    )
    await operator.imapDown()
    const item = value(await practice.mail.drafts.send(await compose(paul.address, 'Sans dossier')))
    await reaches(item.id, 'accepted')
    const appended: string[] = []
    const client = (mailboxCreate: () => Promise<{ path: string }>) =>
      ({
        usable: true,
        mailbox: false,
        mailboxCreate,
        getMailboxLock: () => Promise.resolve({ release: () => undefined }),
        noop: () => Promise.resolve(),
        search: () => Promise.resolve([]),
        append: (path: string) => Promise.resolve(appended.push(path) > 0),
      }) as unknown as ImapFlow
    const file = async (create: () => Promise<{ path: string }>) =>
      await fileSent(
        { vault: practice.vault, accountId: item.accountId, onChange: () => Promise.resolve() },
        client(create),
        null,
      )
    const kept = async () => value(await practice.vault.run('outbox.mime', { id: item.id }))
    expect(await file(() => Promise.reject(new Error('NOPERM')))).toBe(false)
    expect((await kept())?.mime).not.toBeNull()
    expect(await file(() => Promise.resolve({ path: 'Sent' }))).toBe(true)
    expect(appended).toEqual(['Sent'])
    expect((await kept())?.mime).toBeNull()
    await operator.imapUp()
  })
})

const lastReceived = (operator: Operator) => operator.received.at(-1)

const rowNamed = (practice: Practice, subject: string) =>
  [...practice.witness.rows.values()].find((row) => row.subject === subject)
