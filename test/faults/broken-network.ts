import { setTimeout as pause } from 'node:timers/promises'
import { openPractice, type Practice } from '../../app/mail/mail.fixture.ts'
import { must } from '../../app/mail/net/failure.ts'
import { people, type Operator, type Person } from '../operator/index.ts'
import { after, type Action, type Mailbox } from './actions.ts'
import { createDice, type Dice } from './dice.ts'
import type { Scenario } from './harness.ts'
import { fillPlayground, letter, mailboxOf, playground } from './letters.ts'
import type { Protocol } from './dialogue.ts'
import { startFaultProxy, type Effect, type Extent, type Fault, type FaultProxy, type Step } from './proxy.ts'
import { readServer } from './server-truth.ts'
import { unrest } from './view.ts'

/** A server that says nothing is given up after a while; everything else is mended within seconds. */
const restSeconds = { mute: 200, other: 60 } as const
/** Steps that a day may have or not. */
const unsteady = /: (more|news|NOOP|answer to NOOP)$/
const crew = [people.anne, people.paul, people.laboratory, people.hospital, people.patient] as const

interface User {
  who: Person
  practice: Practice
  imap: FaultProxy
  smtp: FaultProxy
  mailbox: Mailbox
}

/** What is done at each step of a protocol: the line cut before it, in the middle of it and after it, and the rest. */
const harms: readonly { effect: Effect; extent: Extent; times: number }[] = [
  { effect: 'cut', extent: 'before', times: 1 },
  { effect: 'cut', extent: 'half', times: 2 },
  { effect: 'cut', extent: 'after', times: 1 },
  { effect: 'stall', extent: 'half', times: 1 },
  { effect: 'stall-cut', extent: 'half', times: 1 },
  { effect: 'slow', extent: 'half', times: 1 },
  { effect: 'garble-record', extent: 'before', times: 1 },
  { effect: 'garble-text', extent: 'half', times: 1 },
  { effect: 'restart', extent: 'after', times: 1 },
]

interface Case {
  protocol: Protocol
  fault: Fault
}

/** Every harm at every step the product was seen to take, in an order drawn from the seed; mute steps on demand. */
const casesOf = (steps: Readonly<Record<Protocol, ReadonlySet<string>>>, seed: number): Case[] => {
  const cases = (['imap', 'smtp'] as const).flatMap((protocol) =>
    [...steps[protocol]].toSorted().flatMap((key) => {
      const from = key.startsWith('client') ? ('client' as const) : ('server' as const)
      const step: Step = { from, name: key.slice(key.indexOf(' ') + 1) }
      // Of a command, what matters beside the line is that its answer is lost.
      const own = harms.map((harm): Case => ({ protocol, fault: { step, ...harm } }))
      const mute = [step.name === 'greeting' ? 'before' : 'half'] as const
      return [
        ...own,
        ...(from === 'client'
          ? [{ protocol, fault: { step, effect: 'cut', extent: 'reply', times: 1 } } satisfies Case]
          : []),
        ...mute.map((extent): Case => ({ protocol, fault: { step, effect: 'mute', extent, times: 1 } })),
      ]
    }),
  )
  const dice = createDice(seed)
  for (let last = cases.length - 1; last > 0; last--) {
    const other = dice.whole(last + 1)
    const [one, two] = [cases[last], cases[other]]
    if (one && two) [cases[last], cases[other]] = [two, one]
  }
  return cases
}

const open = async (operator: Operator, who: Person, dice: Dice): Promise<User> => {
  const mailbox = mailboxOf(await fillPlayground(operator, who, 60, dice))
  const { good } = operator.pki.servers
  const imap = await startFaultProxy('imap', operator.imap.port, good)
  const smtp = await startFaultProxy('smtp', operator.smtp.port, good)
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

/** Waits until nothing is wrong any more; what still is after so many seconds otherwise. */
const rest = async (seconds: number, look: () => Promise<string>): Promise<string> => {
  const deadline = Date.now() + seconds * 1000
  for (let wait = 100; ; wait = Math.min(1000, wait * 1.3)) {
    const wrong = await look()
    if (wrong === '' || Date.now() > deadline) return wrong
    await pause(wait)
  }
}

const wrongSending = async (operator: Operator, user: User): Promise<string> => {
  const items = must(await user.practice.mail.outbox.list())
  const going = items.find(({ state, error }) => state !== 'filed' && (state !== 'unknown' || error === null))
  if (going) return `${going.subject} is ${going.state}`
  const { sent } = await readServer(operator, user.who)
  for (const item of items) {
    const copies = sent.filter(({ subject }) => subject === item.subject)
    const received = operator.received.filter(({ messageId }) => messageId === copies[0]?.messageId).length
    if (item.state === 'filed') {
      if (copies.length !== 1 || received !== 1)
        return `${item.subject}: ${copies.length} copies, sent ${received} times`
    } else if (copies.length > 0) return `${item.subject} is in Sent but its fate is unknown`
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
  { protocol, fault }: Case,
): Promise<[string, string]> => {
  const dice = createDice(seed * 100_003 + moment)
  const { step, extent, effect, times } = fault
  const proxy = user[protocol]
  proxy.set(fault)
  await user.practice.restart()
  await live(operator, user, dice, `${seed} ${moment}`)
  const seconds = fault.effect === 'mute' ? restSeconds.mute : restSeconds.other
  const wrong = await rest(seconds, async () => {
    const state = await wrongSending(operator, user)
    return state === '' ? await unrest(operator, user.who, user.practice.vault, user.mailbox) : state
  })
  const struck = proxy.struck()
  const [account] = must(await user.practice.mail.listAccounts())
  proxy.set(null)
  for (const item of must(await user.practice.mail.outbox.list()))
    if (item.state === 'unknown') must(await user.practice.mail.outbox.cancel(item.id))
  return [
    `${protocol} ${step.from} ${step.name}: ${effect} ${extent}, struck ${struck} of ${times}`,
    wrong === '' ? '' : `${wrong} (${JSON.stringify(account?.connection)})`,
  ]
}

/** What a day without any fault looks like: every step the product takes. */
const quietDay = async (operator: Operator, user: User, seed: number): Promise<void> => {
  const atRest = (): Promise<string> => unrest(operator, user.who, user.practice.vault, user.mailbox)
  const first = await rest(restSeconds.other, atRest)
  if (first !== '') throw new Error(`first synchronisation: ${first}`)
  await user.practice.restart()
  await live(operator, user, createDice(seed), `${seed} sans panne`)
  const wrong = await rest(restSeconds.other, async () => {
    const state = await wrongSending(operator, user)
    return state === '' ? await unrest(operator, user.who, user.practice.vault, user.mailbox) : state
  })
  if (wrong !== '') throw new Error(`without any fault: ${wrong}`)
}

/** Every harm at every protocol step, several users at a time; each must come to rest by itself. */
export const proxyScenario: Scenario = async ({ operator, seed, moments, only, report }) => {
  const users: User[] = []
  try {
    for (const who of crew) users.push(await open(operator, who, createDice(seed + users.length)))
    await Promise.all(users.map((user, index) => quietDay(operator, user, seed + index)))
    const steps = { imap: new Set<string>(), smtp: new Set<string>() }
    for (const user of users)
      for (const protocol of ['imap', 'smtp'] as const)
        for (const step of user[protocol].steps) if (!unsteady.test(step)) steps[protocol].add(step)
    const cases = casesOf(steps, seed)
    let next = 0
    await Promise.all(
      users.map(async (user) => {
        for (let moment = next++; moment < Math.min(moments, cases.length); moment = next++) {
          const one = cases[moment]
          if (!one || (only !== null && only !== moment)) continue
          const started = Date.now()
          const [kind, what] = await endure(operator, user, seed, moment, one)
          const seconds = Math.round((Date.now() - started) / 100) / 10
          if (what !== '') {
            report.failed({ moment, kind, what })
            return // What follows on this mailbox would only repeat it.
          }
          const { protocol, fault } = one
          const struck = !kind.includes('struck 0')
          report.passed(moment, `${kind}, ${seconds} s`, [
            { phase: `${protocol} ${fault.effect}`, inWork: struck, last: fault.step.name },
          ])
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
