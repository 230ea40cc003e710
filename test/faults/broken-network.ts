import { setTimeout as pause } from 'node:timers/promises'
import { openPractice, type Practice } from '../../app/mail/mail.fixture.ts'
import { must } from '../../app/mail/net/failure.ts'
import { folderNames, people, type Operator, type Person } from '../operator/index.ts'
import { after, type Action, type Mailbox } from './actions.ts'
import { createDice, type Dice } from './dice.ts'
import type { Scenario } from './harness.ts'
import { fillPlayground, letter, mailboxOf, playground } from './letters.ts'
import { effects, extents, startFaultProxy, type Fault, type FaultProxy, type Step } from './proxy.ts'
import { unrest } from './view.ts'

const restSeconds = 100
const crew = [people.anne, people.paul, people.laboratory, people.hospital, people.patient] as const

const imapSteps: Step[] = [
  { name: 'greeting', from: 'server', matches: /^\* OK/ },
  { name: 'STARTTLS', from: 'client', matches: /STARTTLS/ },
  { name: 'answer to STARTTLS', from: 'server', matches: /OK Begin TLS/ },
  { name: 'login', from: 'client', matches: /AUTHENTICATE|LOGIN/ },
  { name: 'LIST', from: 'server', matches: /^\* LIST/m },
  { name: 'SELECT', from: 'client', matches: /SELECT/ },
  { name: 'SEARCH', from: 'server', matches: /^\* (E?SEARCH)/m },
  { name: 'FETCH of flags', from: 'server', matches: /^\* \d+ FETCH \(UID \d+ FLAGS/m },
  { name: 'FETCH of headers', from: 'server', matches: /BODYSTRUCTURE/ },
  { name: 'FETCH of a body', from: 'server', matches: /BODY\[\](<0>)? \{/ },
  { name: 'STORE', from: 'client', matches: /UID STORE/ },
  { name: 'MOVE', from: 'client', matches: /UID MOVE/ },
  { name: 'COPYUID', from: 'server', matches: /COPYUID/ },
  { name: 'APPEND', from: 'client', matches: /APPEND/ },
  { name: 'APPENDUID', from: 'server', matches: /APPENDUID/ },
  { name: 'IDLE', from: 'client', matches: /IDLE/ },
]
const smtpSteps: Step[] = [
  { name: 'greeting', from: 'server', matches: /^220.*ESMTP/ },
  { name: 'EHLO', from: 'client', matches: /EHLO/ },
  { name: 'answer to STARTTLS', from: 'server', matches: /^220 (?!.*ESMTP)/ },
  { name: 'AUTH', from: 'client', matches: /AUTH/ },
  { name: 'MAIL', from: 'client', matches: /MAIL FROM/ },
  { name: 'RCPT', from: 'client', matches: /RCPT TO/ },
  { name: 'DATA', from: 'client', matches: /^DATA/ },
  { name: 'message', from: 'client', matches: /^Message-ID/im },
  { name: 'end of message', from: 'client', matches: /(^|\r\n)\.\r\n$/ },
  { name: 'reply to the message', from: 'server', matches: /Message accepte/ },
]

interface User {
  who: Person
  practice: Practice
  imap: FaultProxy
  smtp: FaultProxy
  mailbox: Mailbox
}

/** A fault at a step, drawn; a silent greeting costs the client its time-out, so it is rare. */
const drawFault = (dice: Dice): { protocol: 'imap' | 'smtp'; fault: Fault } => {
  const protocol = dice.chance(0.6) ? 'imap' : 'smtp'
  const step = dice.pick(protocol === 'imap' ? imapSteps : smtpSteps)
  const effect = step.name === 'greeting' && dice.chance(0.5) ? 'mute' : dice.pick(effects)
  const extent = effect === 'mute' ? 'before' : dice.pick(extents)
  return { protocol, fault: { step, extent, effect, times: dice.chance(0.3) ? 2 : 1 } }
}

const open = async (operator: Operator, who: Person, dice: Dice): Promise<User> => {
  const mailbox = mailboxOf(await fillPlayground(operator, who, 60, dice))
  const { good } = operator.pki.servers
  const imap = await startFaultProxy(operator.imap.port, good)
  const smtp = await startFaultProxy(operator.smtp.port, good)
  const practice = await openPractice(operator)
  const security = 'starttls' as const
  must(
    await practice.mail.createAccount({
      address: who.address,
      displayName: who.displayName,
      kind: 'personal',
      imap: { host: operator.imap.host, port: imap.port, security },
      smtp: { host: operator.smtp.host, port: smtp.port, security },
      auth: { kind: 'password', password: who.password },
    }),
  )
  return { who, practice, imap, smtp, mailbox }
}

/** Waits until nothing is wrong any more; what still is after `restSeconds` otherwise. */
const rest = async (look: () => Promise<string>): Promise<string> => {
  const deadline = Date.now() + restSeconds * 1000
  for (;;) {
    const wrong = await look()
    if (wrong === '' || Date.now() > deadline) return wrong
    await pause(150)
  }
}

const wrongSending = async (operator: Operator, user: User): Promise<string> => {
  const filed = await operator.mailbox(user.who.key).list(folderNames.sent)
  for (const item of must(await user.practice.mail.outbox.list())) {
    const copies = filed.filter(({ subject }) => subject === item.subject)
    const received = operator.received.filter(({ messageId }) => messageId === copies[0]?.messageId).length
    if (item.state === 'filed') {
      if (copies.length !== 1 || received !== 1)
        return `${item.subject}: ${copies.length} copies, sent ${received} times`
    } else if (item.state !== 'unknown' || item.error === null) return `${item.subject} is ${item.state}`
  }
  const ids = operator.received.map(({ messageId }) => messageId)
  return ids.length === new Set(ids).size ? '' : 'a message was sent twice'
}

/** Things a user does while the network fails him, and mail that arrives meanwhile. */
const live = async (operator: Operator, user: User, dice: Dice, name: string): Promise<void> => {
  const { mail, vault } = user.practice
  const folders = must(await mail.folders()).filter(({ mailbox }) => mailbox === null)
  const idOf = (path: string): number => folders.find((folder) => folder.path === path)?.id ?? 0
  for (let arrivals = dice.whole(3); arrivals > 0; arrivals--) {
    const subject = `Lettre ${name} ${arrivals}`
    user.mailbox.set(subject, { folder: 'INBOX', seen: false, flagged: false })
    await operator.deliver({
      from: people.laboratory.address,
      to: user.who.address,
      raw: letter(subject, user.who.address, 100 + dice.whole(150_000)),
    })
  }
  const act = async (action: Action, work: (ids: number[]) => Promise<unknown>): Promise<void> => {
    if (action.kind === 'draft' || action.kind === 'send') return
    const page = { before: null, limit: 10_000, filter: 'all' } as const
    const rows = []
    for (const path of playground)
      rows.push(...must(await vault.run('messages.page', { ...page, folderId: idOf(path) })).rows)
    await work(rows.filter(({ subject }) => action.subjects.includes(subject)).map(({ id }) => id))
    user.mailbox = after(user.mailbox, action)
  }
  const some = (): string[] => {
    const known = [...user.mailbox.keys()].filter((subject) => !subject.startsWith(`Lettre ${name}`))
    const start = dice.whole(Math.max(1, known.length - 3))
    return known.slice(start, start + 1 + dice.whole(3))
  }
  const flag = dice.pick(['seen', 'flagged'] as const)
  const on = dice.chance(0.5)
  await act({ kind: 'flag', subjects: some(), flag, on }, async (ids) =>
    must(await mail.setFlag(ids, flag, on)),
  )
  const folder = dice.pick(playground)
  await act({ kind: 'move', subjects: some(), folder }, async (ids) =>
    must(await mail.move(ids, idOf(folder))),
  )
  if (dice.chance(0.3))
    await act({ kind: 'delete', subjects: some() }, async (ids) => must(await mail.delete(ids)))
  const draft = must(await mail.drafts.create({ kind: 'new', accountId: null, sourceId: null }))
  const to = [{ name: '', address: people.secretary.address }]
  const text = 'Patient fictif. '.repeat(dice.chance(0.5) ? 3 : 12_000)
  must(await mail.drafts.save(draft.id, { ...draft.content, to, subject: `Envoi ${name}`, text }))
  must(await mail.drafts.send(draft.id))
}

/** One fault for one user, from a restart of his mail to rest; what is broken, or ''. */
const endure = async (
  operator: Operator,
  user: User,
  seed: number,
  moment: number,
): Promise<[string, string]> => {
  const dice = createDice(seed * 100_003 + moment)
  const { protocol, fault } = drawFault(dice)
  const { step, extent, effect, times } = fault
  const proxy = user[protocol]
  proxy.set(fault)
  await user.practice.restart()
  await live(operator, user, dice, `${seed} ${moment}`)
  const wrong = await rest(async () => {
    const state = await wrongSending(operator, user)
    return state === '' ? await unrest(operator, user.who.key, user.practice.vault, user.mailbox) : state
  })
  const struck = proxy.struck()
  const [account] = must(await user.practice.mail.listAccounts())
  proxy.set(null)
  for (const item of must(await user.practice.mail.outbox.list()))
    if (item.state === 'unknown') must(await user.practice.mail.outbox.cancel(item.id))
  return [
    `${protocol} ${effect} ${extent} ${step.name}, ${struck} of ${times} times`,
    wrong === '' ? '' : `${wrong} (${JSON.stringify(account?.connection)})`,
  ]
}

/** Faults at protocol steps drawn from the seed, several users at a time; each must come to rest by itself. */
export const proxyScenario: Scenario = async ({ operator, seed, moments, only, report }) => {
  const users: User[] = []
  try {
    for (const who of crew.slice(0, moments))
      users.push(await open(operator, who, createDice(seed + users.length)))
    await Promise.all(
      users.map(async (user, index) => {
        const fresh = await rest(() => unrest(operator, user.who.key, user.practice.vault, user.mailbox))
        if (fresh !== '') throw new Error(`without any fault: ${fresh}`)
        for (let moment = index; moment < moments; moment += users.length) {
          if (only !== null && only !== moment) continue
          const started = Date.now()
          const [kind, what] = await endure(operator, user, seed, moment)
          const seconds = Math.round((Date.now() - started) / 100) / 10
          if (what === '') report.passed(moment, `${kind}, ${seconds} s`)
          else {
            report.failed({ moment, kind, what })
            return // What follows on this mailbox would only repeat it.
          }
        }
      }),
    )
  } finally {
    for (const user of users) {
      await user.practice.close()
      await user.imap.stop()
      await user.smtp.stop()
    }
  }
}
