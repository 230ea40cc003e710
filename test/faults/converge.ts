import { setTimeout as pause } from 'node:timers/promises'
import type { ImapFlow } from 'imapflow'
import { openPractice, type Practice } from '../../app/mail/mail.fixture.ts'
import { must } from '../../app/mail/net/failure.ts'
import { imapClient } from '../operator/clients.ts'
import { startForwarder, type Forwarder } from '../operator/forwarder.ts'
import { folderNames, people, type Operator } from '../operator/index.ts'
import { createDice, type Dice } from './dice.ts'
import type { Scenario } from './harness.ts'
import { fillPlayground, letter, mailboxOf, playground } from './letters.ts'
import { readServer } from './server-truth.ts'
import { unrest } from './view.ts'

const who = people.hospital
const restSeconds = 60
const actionsPerMoment = 25

interface World {
  operator: Operator
  practice: Practice
  road: Forwarder
  other: ImapFlow
  /** Every message that nobody has deleted for good. */
  alive: Set<string>
  /** What somebody asked to delete for good: it may be there or not, as the other side moved it away before or after. */
  doomed: Set<string>
}

const here = async (
  { practice, alive }: World,
  dice: Dice,
): Promise<{ id: number; subject: string; path: string }[]> => {
  const folders = must(await practice.mail.folders())
  const folder = dice.pick(folders.filter(({ path }) => playground.some((name) => name === path)))
  const { rows } = must(
    await practice.mail.page({ folderId: folder.id, before: null, limit: 200, filter: 'all' }),
  )
  const known = rows.filter(({ subject }) => alive.has(subject))
  const start = dice.whole(Math.max(1, known.length))
  return known
    .slice(start, start + 1 + dice.whole(3))
    .map(({ id, subject }) => ({ id, subject, path: folder.path }))
}

/** An action of our own client, online or not. */
const actHere = async (world: World, dice: Dice): Promise<void> => {
  const { mail } = world.practice
  const rows = await here(world, dice)
  const ids = rows.map(({ id }) => id)
  if (ids.length === 0) return
  const draw = dice.whole(10)
  if (draw < 5) must(await mail.setFlag(ids, dice.pick(['seen', 'flagged'] as const), dice.chance(0.5)))
  else if (draw < 8) {
    const target = dice.pick(playground)
    const folder = must(await mail.folders()).find(({ path }) => path === target)
    const operationId = must(await mail.move(ids, folder?.id ?? 0))
    if (operationId !== 0 && dice.chance(0.2)) must(await mail.undo(operationId))
  } else {
    for (const { subject, path } of rows) if (path === folderNames.trash) world.doomed.add(subject)
    must(await mail.delete(ids))
  }
}

/** An action of somebody else's client on the same mailbox, seen by the server at once. */
const actThere = async (world: World, dice: Dice): Promise<void> => {
  const { other } = world
  const path = dice.pick(playground)
  const lock = await other.getMailboxLock(path)
  try {
    const all = await other.fetchAll('1:*', { uid: true, envelope: true }, { uid: true })
    const start = dice.whole(Math.max(1, all.length))
    const chosen = all.slice(start, start + 1 + dice.whole(3))
    const range = chosen.map(({ uid }) => uid).join(',')
    if (range === '') return
    const draw = dice.whole(10)
    if (draw < 3) await other.messageFlagsAdd(range, [dice.pick(['\\Seen', '\\Flagged'])], { uid: true })
    else if (draw < 5)
      await other.messageFlagsRemove(range, [dice.pick(['\\Seen', '\\Flagged'])], { uid: true })
    else if (draw < 9) {
      const target = dice.pick(playground)
      if (target !== path) await other.messageMove(range, target, { uid: true })
    } else {
      for (const { envelope } of chosen) world.doomed.add(envelope?.subject ?? '')
      await other.messageDelete(range, { uid: true })
    }
  } finally {
    lock.release()
  }
}

/** What became of the messages themselves: '' when none is lost or doubled. */
const lostOrDoubled = async (world: World): Promise<string> => {
  const times = new Map<string, number>()
  for (const { subject } of (await readServer(world.operator, who)).messages)
    times.set(subject, (times.get(subject) ?? 0) + 1)
  for (const [subject, count] of times) if (count > 1) return `${subject} is there ${count} times`
  for (const subject of world.alive) {
    if (times.has(subject)) continue
    if (!world.doomed.has(subject)) return `${subject} is lost`
    world.alive.delete(subject)
  }
  world.doomed.clear()
  return ''
}

const oneMoment = async (world: World, seed: number, moment: number): Promise<string> => {
  const dice = createDice(seed * 100_003 + moment)
  const offline = dice.chance(0.5) ? dice.whole(actionsPerMoment) : null
  for (let action = 0; action < actionsPerMoment; action++) {
    if (action === offline) await world.road.down()
    const draw = dice.whole(10)
    if (draw < 5) await actHere(world, dice)
    else if (draw < 9) await actThere(world, dice)
    else {
      const subject = `Lettre ${seed} ${moment} ${action}`
      world.alive.add(subject)
      const raw = letter(subject, who.address, 100 + dice.whole(3000))
      await world.operator.deliver({ from: people.laboratory.address, to: who.address, raw })
    }
    if (dice.chance(0.4)) await pause(dice.whole(60))
  }
  await world.road.up()
  const deadline = Date.now() + restSeconds * 1000
  for (let look = 0; ; look++) {
    // Folders other than the inbox are polled every two minutes: here more often.
    if (look % 30 === 0) must(await world.practice.mail.syncNow())
    const wrong = await unrest(world.operator, who, world.practice.vault, null)
    if (wrong === '') return await lostOrDoubled(world)
    if (Date.now() > deadline) return wrong
    await pause(100)
  }
}

/** Random actions of two clients on one mailbox, one of them often offline: at the end all see what the server has. */
export const convergeScenario: Scenario = async ({ operator, seed, moments, only, report }) => {
  const mailbox = mailboxOf(await fillPlayground(operator, who, 40, createDice(seed)))
  const road = await startForwarder(operator.imap.port)
  const practice = await openPractice(operator)
  const other = await imapClient(operator, { user: who.address, pass: who.password })
  const world: World = { operator, practice, road, other, alive: new Set(mailbox.keys()), doomed: new Set() }
  try {
    const server = { host: operator.imap.host, security: 'starttls' } as const
    must(
      await practice.mail.createAccount({
        address: who.address,
        displayName: who.displayName,
        kind: 'organisational',
        imap: { ...server, port: road.port },
        smtp: { ...server, host: operator.smtp.host, port: operator.smtp.port },
        auth: { kind: 'password', password: who.password },
      }),
    )
    await practice.witness.until('first sync', () =>
      practice.witness.state.phase === 'idle' ? true : undefined,
    )
    for (let moment = 0; moment < moments; moment++) {
      if (only !== null && only !== moment) continue
      const started = Date.now()
      const what = await oneMoment(world, seed, moment)
      const kind = `${actionsPerMoment} actions, ${Math.round((Date.now() - started) / 100) / 10} s`
      if (what === '') report.passed(moment, kind)
      else {
        report.failed({ moment, kind, what })
        return
      }
    }
  } finally {
    other.close()
    await practice.close()
    await road.down()
  }
}
