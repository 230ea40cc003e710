import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { ImapFlow } from 'imapflow'
import { openPractice, type Practice } from '../invariants/practice.fixture.ts'
import { imapClient } from '../operator/clients.ts'
import { startForwarder, type Forwarder } from '../operator/forwarder.ts'
import { folderNames, people, type Operator } from '../operator/index.ts'
import { difference, lines, type Place } from './actions.ts'
import { createDice } from './dice.ts'
import type { Scenario } from './harness.ts'
import { brokenIn, readProfile, swept } from './inspect.ts'
import { letter, playground } from './letters.ts'
import { noCard } from './no-card.ts'
import { prepareStage, type Stage } from './stage.ts'
import { drawSteps, shrink, told, type PlayedStep } from './steps.ts'

const who = people.hospital
const restSeconds = 90
const stepsPerMoment = 30
/** Folders that only this scenario makes. */
const made = /^Dossier \d+( bis)?$/

interface Ours {
  practice: Practice
  folder: string
  road: Forwarder
  lastOperation: number
}

interface World {
  operator: Operator
  clients: Record<'first' | 'second', Ours>
  other: ImapFlow
  /** Every message that nobody has deleted for good. */
  alive: Set<string>
  /** What somebody asked to delete for good: it may be there or not, as another moved it away before or after. */
  doomed: Set<string>
  /** Messages that somebody moved to a folder that can be deleted: they go with it, or do not. */
  strays: Set<string>
  /**
   * Who moved a letter. A server may copy one that two sessions move at the same instant twice (Dovecot 2.3 did in 22 of 60
   * trials of two plain clients): no client can help that.
   */
  movers: Map<string, Set<PlayedStep['actor']>>
  count: number
}

const noteMove = (world: World, actor: PlayedStep['actor'], subjects: readonly string[]): void => {
  for (const subject of subjects)
    world.movers.set(subject, (world.movers.get(subject) ?? new Set()).add(actor))
}

const open = async (operator: Operator, stage: Stage, folder: string): Promise<Ours> => {
  const road = await startForwarder(operator.imap.port)
  await stage.copyProfile(folder, 'synchronised')
  const secret = { kind: 'recovery', code: stage.recoveryCode } as const
  await readProfile(join(folder, 'profile'), secret, (db) =>
    db.prepare('UPDATE accounts SET imap_port = ?').run([road.port]),
  )
  const practice = await openPractice(operator.policy, { folder, card: noCard() })
  await practice.call('session.openWithRecovery', { code: stage.recoveryCode })
  return { practice, folder, road, lastOperation: 0 }
}

/** An action of one of our clients, online or not. What the server has changed meanwhile may make it void. */
const actOurs = async (world: World, step: PlayedStep, client: Ours): Promise<void> => {
  const { practice } = client
  const dice = createDice(step.draw)
  if (step.kind === 'offline') return await client.road.down()
  if (step.kind === 'online') return await client.road.up()
  if (step.kind === 'undo') {
    if (client.lastOperation > 0) await practice.code('messages.undo', { operationId: client.lastOperation })
    client.lastOperation = 0
    return
  }
  const all = (await practice.call('folders.list', null)).filter(({ mailbox }) => mailbox === null)
  const folders = all.filter(({ path }) => playground.includes(path) || made.test(path))
  const folder = dice.pick(folders)
  const page = { folderId: folder.id, before: null, limit: 200, filter: 'all' } as const
  const { rows } = await practice.call('messages.page', page)
  const known = rows.filter(({ subject }) => world.alive.has(subject))
  const start = dice.whole(Math.max(1, known.length))
  const chosen = known.slice(start, start + 1 + dice.whole(3))
  const ids = chosen.map(({ id }) => id)
  const [any] = ids
  if (any === undefined) return
  const subjects = chosen.map(({ subject }) => subject)
  if (step.kind === 'flag') {
    const flag = dice.pick(['seen', 'flagged'] as const)
    await practice.code('messages.setFlag', { ids, flag, on: dice.chance(0.5) })
  } else if (step.kind === 'move') {
    const target = dice.pick(folders)
    noteMove(world, step.actor, subjects)
    if (made.test(target.path)) for (const subject of subjects) world.strays.add(subject)
    client.lastOperation = await practice.call('messages.move', { ids, folderId: target.id }).catch(() => 0) // Refused by rights or because it is gone: nothing was done.
  } else {
    noteMove(world, step.actor, subjects)
    if (folder.path === folderNames.trash) for (const subject of subjects) world.doomed.add(subject)
    client.lastOperation = await practice.call('messages.delete', { ids }).catch(() => 0)
  }
}

const foldersOf = async (other: ImapFlow): Promise<string[]> =>
  (await other.list()).map(({ path }) => path).filter((path) => playground.includes(path) || made.test(path))

const changeFolders = async (world: World, kind: PlayedStep['kind'], draw: number): Promise<void> => {
  const { other } = world
  const dice = createDice(draw)
  if (kind === 'create folder') {
    await other.mailboxCreate(`Dossier ${++world.count}`)
    return
  }
  const own = (await foldersOf(other)).filter((path) => made.test(path))
  if (own.length === 0) return
  const path = dice.pick(own)
  await other.mailboxClose()
  if (kind === 'rename folder') {
    if (!path.endsWith('bis')) await other.mailboxRename(path, `${path} bis`)
    return
  }
  const status = await other.status(path, { messages: true })
  if (status && status.messages === 0) await other.mailboxDelete(path)
}

/** An action of somebody else's client on the same mailbox, seen by the server at once. */
const actOther = async (world: World, { kind, draw }: PlayedStep): Promise<void> => {
  const { other, operator } = world
  const dice = createDice(draw)
  if (kind === 'breath') return await pause(dice.whole(80))
  if (kind === 'arrival') {
    const subject = `Lettre venue ${++world.count}`
    world.alive.add(subject)
    const raw = letter(subject, who.address, 100 + dice.whole(3000))
    return await operator.deliver({ from: people.laboratory.address, to: who.address, raw })
  }
  if (kind === 'renumber') {
    await other.mailboxClose()
    return await operator.renumber(who.key, dice.pick(playground))
  }
  if (kind.endsWith('folder')) return await changeFolders(world, kind, draw)
  const folders = await foldersOf(other)
  const path = dice.pick(folders)
  if (kind === 'append') {
    const subject = `Lettre ajoutée ${++world.count}`
    world.alive.add(subject)
    if (made.test(path)) world.strays.add(subject)
    await other.append(path, Buffer.from(letter(subject, who.address, 300)), [])
    return
  }
  const lock = await other.getMailboxLock(path)
  try {
    const all = await other.fetchAll('1:*', { uid: true, envelope: true })
    const start = dice.whole(Math.max(1, all.length))
    const chosen = all.slice(start, start + 1 + dice.whole(3))
    const range = chosen.map(({ uid }) => uid).join(',')
    if (range === '') return
    const flag = dice.pick(['\\Seen', '\\Flagged'])
    if (kind === 'flag' && dice.chance(0.5)) await other.messageFlagsAdd(range, [flag], { uid: true })
    else if (kind === 'flag') await other.messageFlagsRemove(range, [flag], { uid: true })
    else if (kind === 'move') {
      const target = dice.pick(folders)
      const subjects = chosen.map(({ envelope }) => envelope?.subject ?? '')
      noteMove(world, 'other', subjects)
      if (made.test(target)) for (const subject of subjects) world.strays.add(subject)
      if (target !== path) await other.messageMove(range, target, { uid: true })
    } else {
      for (const { envelope } of chosen) world.doomed.add(envelope?.subject ?? '')
      await other.messageDelete(range, { uid: true })
    }
  } finally {
    lock.release()
  }
}

interface Seen {
  subject: string
  place: Place
}

/** Every letter the server has, whatever its folder. */
const serverLetters = async (other: ImapFlow): Promise<Seen[]> => {
  const seen: Seen[] = []
  for (const folder of await foldersOf(other)) {
    const lock = await other.getMailboxLock(folder)
    try {
      await other.noop()
      if (other.mailbox === false || other.mailbox.exists === 0) continue
      for (const { envelope, flags } of await other.fetchAll('1:*', { envelope: true, flags: true })) {
        if (flags?.has('\\Deleted') === true) continue
        const place = {
          folder,
          seen: flags?.has('\\Seen') === true,
          flagged: flags?.has('\\Flagged') === true,
        }
        seen.push({ subject: envelope?.subject ?? '', place })
      }
    } finally {
      lock.release()
    }
  }
  return seen
}

const text = (list: readonly Seen[]): string[] =>
  lines(list.map(({ subject, place }) => [subject, place] as const))

/** How one of our clients differs from the server; '' when it does not. */
const unlike = async ({ practice }: Ours, server: readonly Seen[]): Promise<string> => {
  const here: Seen[] = []
  for (const { id, path, mailbox } of await practice.call('folders.list', null)) {
    if (mailbox !== null || !(playground.includes(path) || made.test(path))) continue
    for (let before: number | null = null, more = true; more;) {
      const page: {
        rows: { id: number; subject: string; seen: boolean; flagged: boolean; pending: boolean }[]
        more: boolean
      } = await practice.call('messages.page', { folderId: id, before, limit: 200, filter: 'all' })
      for (const { subject, seen, flagged, pending } of page.rows) {
        if (pending) return `${subject} waits`
        here.push({ subject, place: { folder: path, seen, flagged } })
      }
      before = page.rows.at(-1)?.id ?? null
      more = page.more
    }
  }
  return difference(text(server), text(here))
}

/** What became of the messages themselves: '' when none is lost or doubled. */
const lostOrDoubled = (world: World, server: readonly Seen[]): string => {
  const times = new Map<string, number>()
  for (const { subject } of server) times.set(subject, (times.get(subject) ?? 0) + 1)
  for (const [subject, count] of times)
    if (count > Math.max(1, world.movers.get(subject)?.size ?? 0)) return `${subject} is there ${count} times`
  for (const subject of world.alive)
    if (!times.has(subject) && !world.doomed.has(subject) && !world.strays.has(subject))
      return `${subject} is lost`
  return ''
}

const comeToRest = async (world: World): Promise<string> => {
  const { first, second } = world.clients
  await first.road.up()
  await second.road.up()
  const deadline = Date.now() + restSeconds * 1000
  for (let look = 0; ; look++) {
    // Folders other than the inbox are polled every two minutes: here more often.
    if (look % 10 === 0)
      for (const { practice } of [first, second]) await practice.call('accounts.syncNow', null)
    const server = await serverLetters(world.other)
    const one = await unlike(first, server)
    const two = one === '' ? await unlike(second, server) : ''
    if (one === '' && two === '') return lostOrDoubled(world, server)
    if (Date.now() > deadline) return one === '' ? `the second client: ${two}` : `the first client: ${one}`
    await pause(200)
  }
}

const playSteps = async (
  operator: Operator,
  stage: Stage,
  folder: string,
  steps: readonly PlayedStep[],
): Promise<string> => {
  await stage.restore(join(folder, 'first'), 'synchronised')
  const first = await open(operator, stage, join(folder, 'first'))
  const second = await open(operator, stage, join(folder, 'second'))
  const other = await imapClient(operator, { user: who.address, pass: who.password })
  const world: World = {
    operator,
    clients: { first, second },
    other,
    alive: new Set(stage.mailbox.keys()),
    doomed: new Set(),
    strays: new Set(),
    movers: new Map(),
    count: 0,
  }
  let wrong: string
  try {
    for (const step of steps) {
      if (step.actor === 'other') await actOther(world, step)
      else await actOurs(world, step, world.clients[step.actor])
    }
    wrong = await comeToRest(world)
  } finally {
    other.close()
    for (const { practice, road } of [first, second]) {
      await practice.stop()
      await road.down()
    }
  }
  const secret = { kind: 'recovery', code: stage.recoveryCode } as const
  for (const client of [first, second]) {
    const profile = join(client.folder, 'profile')
    if (wrong === '') wrong = await swept(profile, secret)
    if (wrong === '') wrong = await brokenIn(profile, secret)
    await rm(client.folder, { recursive: true, force: true })
  }
  return wrong
}

const triesToShrink = 12

/**
 * Random steps of two clients of ours, of somebody else's and of the server on one mailbox, ours often offline: at the end
 * all see what the server has, and no message is lost or doubled. A failure is shrunk to fewer steps, and told.
 */
export const convergeScenario: Scenario = async ({ operator, seed, moments, only, report }) => {
  const folder = await mkdtemp(join(tmpdir(), 'souspli-converge-'))
  try {
    const stage = await prepareStage(operator, who, join(folder, 'stages'), 40)
    for (let moment = 0; moment < moments; moment++) {
      if (only !== null && only !== moment) continue
      const started = Date.now()
      const steps = drawSteps(seed * 100_003 + moment, stepsPerMoment)
      const play = (some: readonly PlayedStep[]): Promise<string> =>
        playSteps(operator, stage, folder, some).catch((error: unknown) =>
          error instanceof Error ? error.message : String(error),
        )
      const what = await play(steps)
      const kind = `${stepsPerMoment} steps, ${Math.round((Date.now() - started) / 100) / 10} s`
      if (what === '') {
        report.passed(moment, kind)
        continue
      }
      const fewer = await shrink(
        steps,
        async (some) => (await play(some)) !== '',
        only === null ? 0 : triesToShrink,
      )
      report.failed({ moment, kind, what: `${what}\n  steps: ${told(fewer)}` })
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
