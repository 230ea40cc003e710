import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { openPractice } from '../invariants/practice.fixture.ts'
import { people, type Person } from '../operator/index.ts'
import type { Mailbox } from './actions.ts'
import { bundleVictim } from './bundle.ts'
import { createDice } from './dice.ts'
import type { Scenario } from './harness.ts'
import { brokenIn, clearWords, storedSources } from './inspect.ts'
import { changeElsewhere } from './elsewhere.ts'
import { noCard } from './no-card.ts'
import { migrationMoment } from './migration.ts'
import { drawTrigger, phases, workOf, type Moment } from './moments.ts'
import type { Orders } from './orders.ts'
import { askedAfter, settle } from './settle.ts'
import { slotsMoment } from './slot-moment.ts'
import { prepareStage, type Stage } from './stage.ts'
import { actionsOf, placeOf, readTrace, type Mark } from './trace.ts'

/** Each lane takes every second moment and has mailboxes of its own. Nobody here has folders shared with another. */
const lanes: readonly (readonly Person[])[] = [
  [people.laboratory, people.patient],
  [people.paul, people.hospital],
]
const lettersPerMailbox = 70

const program = async (victim: string, orders: Orders): Promise<Mark[]> => {
  const file = join(orders.folder, 'orders.json')
  await writeFile(file, JSON.stringify(orders))
  const child: ChildProcess = fork(victim, [file], {
    execArgv: [],
    env: { ...process.env, TMPDIR: orders.folder, SQLITE_TMPDIR: orders.folder },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const errors: string[] = []
  child.stderr?.on('data', (chunk) => errors.push(String(chunk)))
  const dead = once(child, 'exit')
  let over = false
  void dead.then(() => (over = true))
  const deadline = Date.now() + 60_000
  // It ends itself, or has nothing more to do.
  while (!over && Date.now() < deadline) {
    await Promise.race([dead, pause(40)])
    if (over) break
    const done = await readTraceSoon(orders.trace)
    if (done.some(({ kind }) => kind === 'rest')) child.kill('SIGKILL')
  }
  if (!over) child.kill('SIGKILL')
  await dead
  const trace = await readTraceSoon(orders.trace)
  if (errors.length > 0) throw new Error(`the program ended by itself: ${errors.join('').slice(0, 600)}`)
  if (Date.now() > deadline) throw new Error(`the program never ended its work, after ${placeOf(trace).last}`)
  return trace
}

const readTraceSoon = async (file: string): Promise<Mark[]> => {
  await pause(0)
  try {
    return readTrace(file)
  } catch {
    return [] // It has not opened it yet.
  }
}

/** A mailbox killed at its work: opened again, it comes to rest and everything in it is sound. */
const mailMoment = async (moment: Moment): Promise<{ traces: Mark[][]; wrong: string }> => {
  const { operator, stage, phase, dice, folder } = moment
  await stage.restore(folder, phase === 'first sync' ? 'empty' : 'synchronised')
  let mailbox: Mailbox = stage.mailbox
  if (phase === 'resync') mailbox = await changeElsewhere(operator, stage, dice)
  const traces = [await moment.killOnce(workOf[phase], drawTrigger(phase, dice))]
  // Killed again while it recovers.
  if (dice.chance(0.3)) traces.push(await moment.killOnce('sync', drawTrigger('resync', dice)))
  const secret = { kind: 'recovery', code: stage.recoveryCode } as const
  const profile = join(folder, 'profile')
  const clear = await clearWords(profile)
  if (clear !== '') return { traces, wrong: clear }
  const { done, inFlight } = actionsOf(traces.flat())
  const asked = askedAfter(mailbox, done, inFlight)
  const practice = await openPractice(operator.policy, { folder, card: noCard() })
  let wrong: string
  try {
    await practice.call('session.openWithRecovery', { code: stage.recoveryCode })
    wrong = await settle(operator, stage.who, practice, asked)
  } finally {
    await practice.stop()
  }
  if (wrong === '') wrong = await brokenIn(profile, secret)
  if (wrong === '') wrong = await wrongSources(stage, profile)
  if (wrong === '') wrong = await clearWords(folder)
  return { traces, wrong }
}

/** Messages whose stored source is not the one delivered; '' when there is none. */
const wrongSources = async (stage: Stage, profile: string): Promise<string> => {
  const stored = await storedSources(profile, { kind: 'recovery', code: stage.recoveryCode })
  for (const [subject, digest] of stored) {
    const true_ = stage.sources.get(subject)
    if (true_ !== undefined && true_ !== digest) return `the source of ${subject} is not the one delivered`
  }
  return ''
}

const play = async (moment: Moment): Promise<{ traces: Mark[][]; wrong: string }> => {
  if (moment.phase === 'key slots') return await slotsMoment(moment)
  if (moment.phase === 'migration') return await migrationMoment(moment)
  return await mailMoment(moment)
}

/** Kills a core at moments drawn from the seed, opens its profile again, and compares with server and user. */
export const killScenario: Scenario = async ({ operator, seed, moments, only, report }) => {
  const folder = await mkdtemp(join(tmpdir(), 'souspli-faults-'))
  const bundle = await bundleVictim()
  const stages = new Map<string, Promise<Stage>>()
  const stageOf = (who: Person): Promise<Stage> => {
    const known =
      stages.get(who.key) ?? prepareStage(operator, who, join(folder, 'stages'), lettersPerMailbox)
    stages.set(who.key, known)
    return known
  }
  const playOne = async (index: number): Promise<void> => {
    const phase = phases[index % phases.length] ?? 'first sync'
    const lane = lanes[index % lanes.length] ?? []
    const who = lane[Math.floor(index / lanes.length) % lane.length]
    if (!who) return
    const dice = createDice(seed * 100_003 + index)
    const stage = await stageOf(who)
    const own = join(folder, `moment-${index % lanes.length}`)
    let programs = 0
    const killOnce: Moment['killOnce'] = async (work, trigger, recoveryCode = stage.recoveryCode) => {
      const trace = join(folder, `trace-${index}-${programs++}`)
      return await program(bundle.victim, {
        work,
        folder: own,
        profile: join(own, 'profile'),
        app: join(import.meta.dirname, '../../app'),
        trace,
        policy: operator.policy,
        recoveryCode,
        seed: dice.whole(2 ** 31),
        trigger,
      })
    }
    try {
      const { traces, wrong } = await play({ operator, stage, phase, dice, folder: own, killOnce })
      const places = traces.map(placeOf)
      const what = places.map(({ inWork, last }) => `${inWork ? '' : 'after its work, '}${last}`).join(' | ')
      if (wrong === '')
        report.passed(
          index,
          `${phase}: ${what}`,
          places.map((place) => ({ phase, ...place })),
        )
      else report.failed({ moment: index, kind: `${phase}: ${what}`, what: wrong })
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error)
      report.failed({ moment: index, kind: phase, what })
    }
    await rm(own, { recursive: true, force: true })
  }
  try {
    await mkdir(join(folder, 'stages'))
    await Promise.all(
      lanes.map(async (_, lane) => {
        for (let index = lane; index < moments; index += lanes.length)
          if (only === null || only === index) await playOne(index)
      }),
    )
  } finally {
    await bundle.remove()
    await rm(folder, { recursive: true, force: true })
  }
}
