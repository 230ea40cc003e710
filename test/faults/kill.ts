import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { folderNames, people, type Operator } from '../operator/index.ts'
import { after, difference, lines, type Action, type Mailbox } from './actions.ts'
import { createDice } from './dice.ts'
import type { Broken, Scenario } from './harness.ts'
import { fillPlayground, letter, mailboxOf, playground } from './letters.ts'
import { brokenIn } from './profile.ts'
import { onServer } from './view.ts'
import type { FromSession, Snapshot, ToSession } from './session-messages.ts'

const who = people.paul
const passphrase = 'la salle d’attente est pleine'
const secret = { kind: 'passphrase', passphrase } as const
const settleSeconds = 45

interface Session {
  process: ChildProcess
  /** Resolves with the first message of this kind from now on; throws when the session ends before. */
  hear: <T extends FromSession['told']>(told: T) => Promise<Extract<FromSession, { told: T }>>
  dead: Promise<unknown>
}

/** What was asked so far: certain, and the one action that the kill may have come before or after. */
interface Asked {
  mailbox: Mailbox
  inFlight: Action | null
  drafts: Map<string, string>
  sent: Set<string>
}

const hearing = (child: ChildProcess): Session => {
  const dead = once(child, 'exit')
  const errors: string[] = []
  child.stderr?.on('data', (chunk) => errors.push(String(chunk)))
  return {
    process: child,
    dead,
    hear: (told) =>
      new Promise((resolve, reject) => {
        const listen = (message: FromSession): void => {
          if (message.told !== told) return
          child.off('message', listen)
          resolve(message as Extract<FromSession, { told: typeof told }>)
        }
        child.on('message', listen)
        void dead.then(() => {
          reject(new Error(`the session ended by itself: ${errors.join('').slice(0, 400)}`))
        })
      }),
  }
}

const kill = async (session: Session): Promise<void> => {
  session.process.kill('SIGKILL')
  await session.dead
}

/** The mailbox on the server; what the program files itself (Sent) is left to the rules of sending. */
const serverLines = async (operator: Operator): Promise<string[]> =>
  lines((await onServer(operator, who.key)).map(({ subject, place }) => [subject, place] as const))

/** How the snapshot, the server and what was asked differ; '' when they agree. */
const disagreement = async (operator: Operator, asked: Asked, snapshot: Snapshot): Promise<string> => {
  const server = await serverLines(operator)
  const here = lines(
    snapshot.messages
      .filter(({ place }) => playground.some((folder) => folder === place.folder))
      .map(({ subject, place }) => [subject, place] as const),
  )
  const wanted = lines(asked.mailbox)
  const also = asked.inFlight ? lines(after(asked.mailbox, asked.inFlight)) : wanted
  const pending = snapshot.messages.filter((one) => one.pending).length
  if (pending > 0) return `${pending} actions wait`
  const view = difference(server, here)
  if (view !== '') return `the view is not the server's: ${view}`
  if (difference(wanted, server) !== '' && difference(also, server) !== '')
    return `the server is not as asked: ${difference(wanted, server)}`
  return await wrongSending(operator, asked, snapshot)
}

const wrongSending = async (operator: Operator, asked: Asked, snapshot: Snapshot): Promise<string> => {
  const filed = await operator.mailbox(who.key).list(folderNames.sent)
  const here = snapshot.messages.filter(({ place }) => place.folder === folderNames.sent)
  if (here.length !== filed.length) return `${here.length} of ${filed.length} messages in Sent`
  for (const { messageId } of operator.received) {
    const times = operator.received.filter((mail) => mail.messageId === messageId).length
    if (times > 1) return `sent ${times} times: ${String(messageId)}`
  }
  const names = new Set([...asked.sent, ...snapshot.outbox.map(({ subject }) => subject)])
  for (const name of names) {
    const items = snapshot.outbox.filter(({ subject }) => subject === name)
    const [item] = items
    if (!item || items.length > 1) return `${items.length} outbox items for ${name}`
    const copies = filed.filter(({ subject }) => subject === name)
    if (item.state === 'filed') {
      const [copy] = copies
      if (!copy || copies.length > 1) return `${copies.length} copies of ${name} in Sent`
      if (!operator.received.some(({ messageId }) => messageId === copy.messageId))
        return `${name} is filed but was never sent`
    } else if (item.state !== 'unknown' || item.error === null) return `${name} is still ${item.state}`
    else if (copies.length > 0) return `${name} is in Sent but its fate is unknown`
  }
  for (const [name, text] of asked.drafts) {
    const draft = snapshot.drafts.find((one) => one.name === name)
    const leaving = asked.inFlight?.kind === 'send' && asked.inFlight.name === name
    if (names.has(name) ? draft !== undefined : !leaving && draft?.text !== text) return `draft ${name}`
  }
  return ''
}

/** Kills a core at moments drawn from the seed, opens its profile again, and compares with server and user. */
export const killScenario: Scenario = async ({ operator, seed, moments, report }) => {
  const dice = createDice(seed)
  const asked: Asked = {
    mailbox: mailboxOf(await fillPlayground(operator, who, 150, dice)),
    inFlight: null,
    drafts: new Map(),
    sent: new Set(),
  }
  const folder = await mkdtemp(join(tmpdir(), 'souspli-faults-'))
  const ordersFile = join(folder, 'orders.json')
  const server = { security: 'starttls' } as const
  const account = {
    address: who.address,
    displayName: who.displayName,
    kind: who.kind,
    imap: { ...server, host: operator.imap.host, port: operator.imap.port },
    smtp: { ...server, host: operator.smtp.host, port: operator.smtp.port },
    auth: { kind: 'password', password: who.password },
  }
  const start = async (work: 'mail' | 'sync' | 'slots', killAtEvent: number | null): Promise<Session> => {
    const orders = { folder, policy: operator.policy, passphrase, account, work, killAtEvent }
    await writeFile(ordersFile, JSON.stringify({ ...orders, seed: dice.whole(2 ** 31) }))
    const child = fork(join(import.meta.dirname, 'killed-session.fixture.ts'), [ordersFile], {
      execArgv: [],
      env: { ...process.env, TMPDIR: folder, SQLITE_TMPDIR: folder },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    const session = hearing(child)
    child.on('message', (message: FromSession) => {
      note(asked, message)
    })
    return session
  }
  let delivered = 0
  const deliver = async (): Promise<void> => {
    const subject = `Lettre arrivée ${seed} ${delivered++}`
    asked.mailbox.set(subject, { folder: 'INBOX', seen: false, flagged: false })
    await operator.deliver({
      from: people.laboratory.address,
      to: who.address,
      raw: letter(subject, who.address, 200 + dice.whole(90_000)),
    })
  }
  let session: Session | null = null

  /** Opens the profile and waits until view, server and what was asked are the same. */
  const settle = async (): Promise<Session> => {
    const opened = await start('mail', null)
    await opened.hear('open')
    const deadline = Date.now() + settleSeconds * 1000
    for (;;) {
      const answer = opened.hear('snapshot')
      opened.process.send({ ask: 'snapshot' } satisfies ToSession)
      const { snapshot } = await answer
      const wrong = await disagreement(operator, asked, snapshot)
      if (wrong === '') break
      if (Date.now() > deadline) {
        await kill(opened)
        throw new Error(wrong)
      }
      await pause(50)
    }
    if (asked.inFlight) {
      const done = after(asked.mailbox, asked.inFlight)
      const server = await serverLines(operator)
      if (difference(lines(done), server) === '') asked.mailbox = done
      asked.inFlight = null
    }
    return opened
  }

  try {
    for (let moment = 0; moment < moments; moment++) {
      const kind = moment % 5 === 0 ? 'sync' : moment % 5 === 4 ? 'slots' : 'mail'
      try {
        await killOnce(kind)
        const broken = await brokenIn(join(folder, 'profile'), secret)
        if (broken !== null) throw new Error(broken)
        session = await settle()
        report.passed(moment, kind)
      } catch (error) {
        report.failed({
          moment,
          kind,
          what: error instanceof Error ? error.message : String(error),
        } satisfies Broken)
        return
      }
    }
  } finally {
    if (session) await kill(session)
    await rm(folder, { recursive: true, force: true })
  }

  async function killOnce(kind: 'sync' | 'slots' | 'mail'): Promise<void> {
    const byEvent = dice.chance(0.5)
    if (kind === 'sync') {
      if (session) await kill(session)
      forget(asked)
      await rm(join(folder, 'profile'), { recursive: true, force: true })
      const begun = await start('sync', byEvent ? 1 + dice.whole(25) : null)
      await begun.hear('working')
      if (byEvent) await Promise.race([begun.dead, pause(8000)])
      else await pause(500 + dice.whole(2500))
      await kill(begun)
      // Killed before the vault existed, or with it.
      const made = await brokenIn(join(folder, 'profile'), secret).catch((error: unknown) => error)
      if (made instanceof Error && !made.message.includes('vault.missing')) throw made
      if (made instanceof Error) await kill(await settle())
      return
    }
    if (kind === 'slots') {
      if (session) await kill(session)
      const begun = await start('slots', null)
      await begun.hear('working')
      await pause(dice.whole(900))
      await kill(begun)
      return
    }
    const working = session ?? (await settle())
    const killAt = byEvent ? 1 + dice.whole(30) : null
    working.process.send({ ask: 'work', killAtEvent: killAt } satisfies ToSession)
    for (let left = dice.whole(3); left > 0; left--) await deliver()
    if (byEvent) await Promise.race([working.dead, pause(4000)])
    else await pause(dice.whole(1500))
    await kill(working)
  }
}

const forget = (asked: Asked): void => {
  asked.drafts.clear()
  asked.sent.clear()
}

const note = (asked: Asked, message: FromSession): void => {
  if (message.told === 'begin') asked.inFlight = message.action
  if (message.told !== 'done') return
  const { action } = message
  asked.inFlight = null
  asked.mailbox = after(asked.mailbox, action)
  if (action.kind === 'draft') asked.drafts.set(action.name, action.text)
  if (action.kind === 'send') asked.sent.add(action.name)
}
