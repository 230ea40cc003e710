import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { openPractice } from '../invariants/practice.fixture.ts'
import { people, type Person } from '../operator/index.ts'
import type { Action, Mailbox } from './actions.ts'
import { bundlePrograms } from './bundle.ts'
import { backupOf } from './care-work.fixture.ts'
import { createDice } from './dice.ts'
import type { Scenario } from './harness.ts'
import { brokenIn, clearWords, storedSources, swept } from './inspect.ts'
import { changeElsewhere } from './elsewhere.ts'
import { seededWord } from './letters.ts'
import { noCard } from './no-card.ts'
import { migrationMoment } from './migration.ts'
import { drawTrigger, phases, workOf, type Moment } from './moments.ts'
import type { Orders } from './orders.ts'
import { openProfile, profileVault } from './profile.ts'
import { askedAfter, settle } from './settle.ts'
import { slotsMoment } from './slot-moment.ts'
import { sourceIn, type Programs } from './sources.ts'
import { prepareStage, type Stage } from './stage.ts'
import { actionsOf, placeOf, readTrace, type Mark } from './trace.ts'

/** As many moments at a time, each on a mailbox of its own. Nobody here has folders shared with another. */
const crew: readonly Person[] = [people.laboratory, people.paul, people.hospital, people.patient]
const lettersPerMailbox = 70

const program = async (orders: Orders): Promise<Mark[]> => {
  const file = join(orders.folder, 'orders.json')
  await writeFile(file, JSON.stringify(orders))
  const child: ChildProcess = fork(sourceIn(orders.programs)('victim'), [file], {
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
  const { operator, stage, phase, dice, folder, programs } = moment
  await stage.restore(folder, phase === 'first sync' || phase === 'indexing' ? 'empty' : 'synchronised')
  let mailbox: Mailbox = stage.mailbox
  if (phase === 'resync') mailbox = await changeElsewhere(operator, stage, dice)
  const before = storeWorks.has(phase) ? await prelude(moment) : []
  const traces = [await moment.killOnce(workOf[phase], drawTrigger(phase, dice))]
  // Killed again while it recovers.
  if (dice.chance(0.3)) traces.push(await moment.killOnce('sync', drawTrigger('resync', dice)))
  const secret = { kind: 'recovery', code: stage.recoveryCode } as const
  const profile = join(folder, 'profile')
  const clear = await clearWords(profile)
  if (clear !== '') return { traces, wrong: clear }
  const backup = phase === 'backup' ? await wrongBackup(folder) : ''
  if (backup !== '') return { traces, wrong: backup }
  const { done, inFlight } = actionsOf(traces.flat())
  const asked = askedAfter(mailbox, [...before, ...done], inFlight)
  const practice = await openPractice(operator.policy, { folder, card: noCard(), source: sourceIn(programs) })
  let wrong: string
  try {
    await practice.call('session.openWithRecovery', { code: stage.recoveryCode })
    wrong = await settle(operator, stage.who, practice, asked)
  } finally {
    await practice.stop()
  }
  if (wrong === '') wrong = await swept(profile, secret, programs)
  if (wrong === '') wrong = await brokenIn(profile, secret)
  if (wrong === '') wrong = await wrongSources(stage, profile, programs)
  if (wrong === '') wrong = await clearWords(folder)
  return { traces, wrong }
}

/** Works on a whole store, killed with drafts and an action in it that only this workstation may have. */
const storeWorks: ReadonlySet<string> = new Set(['backup', 'restore', 'rebuild', 'compaction'])

const prelude = async ({ operator, stage, folder, phase, programs }: Moment): Promise<Action[]> => {
  const practice = await openPractice(operator.policy, { folder, card: noCard(), source: sourceIn(programs) })
  const done: Action[] = []
  try {
    await practice.call('session.openWithRecovery', { code: stage.recoveryCode })
    const name = 'Brouillon fictif'
    const wish = { kind: 'new', accountId: null, sourceId: null } as const
    const { id, content } = await practice.call('drafts.create', wish)
    const text = `${seededWord}, patient fictif.`
    await practice.call('drafts.save', { id, content: { ...content, subject: name, text } })
    done.push({ kind: 'draft', name, text })
    const inbox = (await practice.call('folders.list', null)).find(({ path }) => path === 'INBOX')
    const page = { folderId: inbox?.id ?? 0, before: null, limit: 5, filter: 'all' } as const
    const { rows } = await practice.call('messages.page', page)
    const ids = rows.map((row) => row.id)
    await practice.call('messages.setFlag', { ids, flag: 'flagged', on: true })
    done.push({ kind: 'flag', subjects: rows.map(({ subject }) => subject), flag: 'flagged', on: true })
  } finally {
    await practice.stop()
  }
  if (phase === 'restore') {
    const vault = await openProfile(
      join(folder, 'profile'),
      { kind: 'recovery', code: stage.recoveryCode },
      programs,
    )
    const how = { signal: new AbortController().signal, onProgress: () => undefined }
    const made = await vault.care.backup({ ...how, target: backupOf(folder), passphrase: null })
    await vault.close()
    if (!made.ok) throw new Error(`no backup: ${made.error.code}`)
  }
  return done
}

/** A backup that is there is whole; '' when it is, or when there is none. */
const wrongBackup = async (folder: string): Promise<string> => {
  if (!existsSync(backupOf(folder))) return ''
  const seen = await profileVault(join(folder, 'profile')).care.inspect(backupOf(folder))
  return seen.ok ? '' : `half a backup: ${seen.error.code}`
}

/** Messages whose stored source is not the one delivered; '' when there is none. */
const wrongSources = async (stage: Stage, profile: string, programs: Programs): Promise<string> => {
  const secret = { kind: 'recovery', code: stage.recoveryCode } as const
  const stored = await storedSources(profile, secret, programs)
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
  const { programs, remove } = await bundlePrograms()
  const stages = new Map<string, Promise<Stage>>()
  const stageOf = (who: Person): Promise<Stage> => {
    const known =
      stages.get(who.key) ?? prepareStage(operator, who, join(folder, 'stages'), lettersPerMailbox)
    stages.set(who.key, known)
    return known
  }
  const playOne = async (index: number, who: Person): Promise<void> => {
    const phase = phases[index % phases.length] ?? 'first sync'
    const dice = createDice(seed * 100_003 + index)
    const stage = await stageOf(who)
    const own = join(folder, `moment-${who.key}`)
    let kills = 0
    const killOnce: Moment['killOnce'] = async (work, trigger, recoveryCode = stage.recoveryCode) => {
      const trace = join(folder, `trace-${index}-${kills++}`)
      return await program({
        work,
        folder: own,
        profile: join(own, 'profile'),
        programs,
        trace,
        policy: operator.policy,
        recoveryCode,
        seed: dice.whole(2 ** 31),
        trigger,
      })
    }
    try {
      const { traces, wrong } = await play({ operator, stage, phase, dice, folder: own, programs, killOnce })
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
    let next = 0
    await Promise.all(
      crew.map(async (who) => {
        for (let index = next++; index < moments; index = next++)
          if (only === null || only === index) await playOne(index, who)
      }),
    )
  } finally {
    await remove()
    await rm(folder, { recursive: true, force: true })
  }
}
