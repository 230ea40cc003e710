import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { openPractice, type Practice } from '../invariants/practice.fixture.ts'
import { people, type Operator } from '../operator/index.ts'
import { after, type Action, type Mailbox } from './actions.ts'
import type { Scenario } from './harness.ts'
import { brokenIn, swept } from './inspect.ts'
import { letter } from './letters.ts'
import { noCard } from './no-card.ts'
import { readServer } from './server-truth.ts'
import { settle } from './settle.ts'
import { prepareStage, type Stage } from './stage.ts'

const run = promisify(execFile)
const who = people.hospital

interface World {
  operator: Operator
  stage: Stage
  folder: string
}

interface Hardship {
  name: string
  /** Why it cannot be played here; '' when it can. */
  skipped: () => Promise<string>
  /** What is wrong; '' when everything holds. */
  play: (world: World) => Promise<string>
}

const always = (): Promise<string> => Promise.resolve('')
const asRoot = (): Promise<string> =>
  Promise.resolve(process.getuid?.() === 0 ? '' : 'only root may mount a file system')

const code = async (work: Promise<unknown>): Promise<string> =>
  await work.then(
    () => 'ok',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )

/** A clock that can be set. */
const settableClock = () => {
  let offset = 0
  return { now: () => Date.now() + offset, jump: (milliseconds: number) => void (offset += milliseconds) }
}
const hour = 3_600_000
const year = 365 * 24 * hour

const opened = async (world: World, now: () => number = Date.now): Promise<Practice> => {
  const practice = await openPractice(world.operator.policy, { folder: world.folder, card: noCard(), now })
  await practice.call('session.openWithRecovery', { code: world.stage.recoveryCode })
  return practice
}

const settled = async (world: World, practice: Practice, mailbox: Mailbox, sent: string[]): Promise<string> =>
  await settle(world.operator, who, practice, {
    mailbox,
    inFlight: null,
    drafts: new Map(),
    sent: new Set(sent),
  })

/** Writes and sends, with the ten seconds in which it could be taken back still to run. */
const send = async (practice: Practice, subject: string): Promise<void> => {
  const wish = { kind: 'new', accountId: null, sourceId: null } as const
  const { id, content } = await practice.call('drafts.create', wish)
  const to = [{ name: '', address: 'externe@autre-region.mssante.test' }]
  await practice.call('drafts.save', { id, content: { ...content, to, subject, text: 'Patient fictif.' } })
  await practice.call('drafts.send', { id })
}

const flagOne = async (practice: Practice): Promise<Action> => {
  const inbox = (await practice.call('folders.list', null)).find(({ path }) => path === 'INBOX')
  const page = { folderId: inbox?.id ?? 0, before: null, limit: 1, filter: 'all' } as const
  const [row] = (await practice.call('messages.page', page)).rows
  if (!row) throw new Error('no message to flag')
  const on = !row.flagged
  await practice.call('messages.setFlag', { ids: [row.id], flag: 'flagged', on })
  return { kind: 'flag', subjects: [row.subject], flag: 'flagged', on }
}

const arrive = async ({ operator }: World, mailbox: Mailbox, subject: string): Promise<Mailbox> => {
  const raw = letter(subject, who.address, 300)
  await operator.deliver({ from: people.anne.address, to: who.address, raw })
  return new Map(mailbox).set(subject, { folder: 'INBOX', seen: false, flagged: false })
}

/** The clock jumps while a mailbox synchronises, sends, acts and waits for another try. */
const clockJumps =
  (jump: number): Hardship['play'] =>
  async (world) => {
    const { stage, operator, folder } = world
    await stage.restore(folder, 'empty')
    const clock = settableClock()
    const practice = await opened(world, clock.now)
    try {
      await practice.until('mail.delta', () => true)
      clock.jump(jump) // in the middle of the first synchronisation
      let wrong = await settled(world, practice, stage.mailbox, [])
      if (wrong !== '') return `after a jump while synchronising: ${wrong}`
      await operator.smtpDown()
      await send(practice, 'Envoi malgré la pendule')
      await practice.until('outbox.changed', (items) => items.some(({ error }) => error !== null))
      clock.jump(-2 * jump) // while another try is waited for
      await operator.smtpUp()
      let mailbox = after(stage.mailbox, await flagOne(practice))
      clock.jump(jump)
      mailbox = await arrive(world, mailbox, `Lettre pendule ${jump}`)
      wrong = await settled(world, practice, mailbox, ['Envoi malgré la pendule'])
      if (wrong !== '') return `after a jump while sending: ${wrong}`
      const { phase } = await practice.call('session.state', null)
      return phase === 'open' ? '' : 'the session was locked by a jump of the clock'
    } finally {
      await operator.smtpUp()
      await practice.stop()
    }
  }

/** With a clock that is years off no certificate holds: nothing is sent until it is right again, and nothing is lost. */
const clockYearsOff =
  (jump: number): Hardship['play'] =>
  async (world) => {
    const { stage, folder } = world
    await stage.restore(folder, 'synchronised')
    const clock = settableClock()
    clock.jump(jump)
    const practice = await opened(world, clock.now)
    try {
      await practice.until('accounts.changed', (accounts) =>
        accounts.some(
          ({ connection }) => connection.state === 'error' && connection.error.code === 'tls.expired',
        ),
      )
      const mailbox = after(stage.mailbox, await flagOne(practice))
      await send(practice, 'Envoi malgré les années')
      clock.jump(-jump)
      await practice.call('accounts.syncNow', null)
      for (const { id, subject } of await practice.call('outbox.list', null))
        if (subject === 'Envoi malgré les années') await practice.code('outbox.retry', { id })
      // Not in the list of the outbox any more: it shows what was filed within a day.
      const wrong = await settled(world, practice, mailbox, [])
      const copies = (await readServer(world.operator, who)).sent.filter(
        ({ subject }) => subject === 'Envoi malgré les années',
      )
      return wrong === '' && copies.length !== 1 ? `${copies.length} copies in Sent` : wrong
    } finally {
      await practice.stop()
    }
  }

/** A disk that fills up while a mailbox synchronises; once there is room, everything goes on by itself. */
const fullDisk: Hardship['play'] = async (world) => {
  const { stage, folder } = world
  await mkdir(folder, { recursive: true })
  await stage.restore(`${folder}-kept`, 'empty')
  await run('mount', ['-t', 'tmpfs', '-o', 'size=24m,mode=700', 'tmpfs', folder])
  let practice: Practice | null = null
  try {
    await run('cp', ['-a', `${folder}-kept/profile`, folder])
    const filler = join(folder, 'remplissage')
    const { stdout } = await run('df', ['--output=avail', '-B1', folder])
    const free = Number(stdout.trim().split('\n')[1] ?? 0)
    // Room to open and to begin, not to finish.
    await writeFile(filler, Buffer.alloc(Math.max(0, free - 900_000)))
    practice = await opened(world)
    const told = await Promise.race([
      practice
        .until('accounts.changed', (accounts) => JSON.stringify(accounts).includes('vault.disk-full'))
        .then(() => 'vault.disk-full'),
      settled(world, practice, stage.mailbox, []).then((wrong) => (wrong === '' ? 'never full' : wrong)),
    ])
    if (told !== 'vault.disk-full') return `not told that the disk is full: ${told}`
    const drafted = await code(
      practice.call('drafts.create', { kind: 'new', accountId: null, sourceId: null }),
    )
    if (drafted !== 'ok' && !drafted.includes('vault.disk-full')) return `a draft on a full disk: ${drafted}`
    await rm(filler)
    const wrong = await settled(world, practice, stage.mailbox, [])
    if (wrong !== '') return `once there is room: ${wrong}`
    await practice.stop()
    practice = null
    const secret = { kind: 'recovery', code: stage.recoveryCode } as const
    return (await swept(join(folder, 'profile'), secret)) || (await brokenIn(join(folder, 'profile'), secret))
  } finally {
    await practice?.stop()
    await run('umount', [folder])
    await rm(`${folder}-kept`, { recursive: true, force: true })
  }
}

/** A profile nobody may write in: told at opening, and nothing of it is touched. */
const readOnly: Hardship['play'] = async (world) => {
  const { stage, folder } = world
  await stage.restore(folder, 'synchronised')
  // Root may write anywhere but on a mount that is read-only.
  await run('mount', ['--bind', folder, folder])
  await run('mount', ['-o', 'remount,bind,ro', folder])
  try {
    const refused = await code(opened(world))
    if (!/vault\.read-only|EROFS/.test(refused)) return `${refused} instead of vault.read-only`
  } finally {
    await run('umount', [folder])
  }
  const practice = await opened(world)
  try {
    return await settled(world, practice, stage.mailbox, [])
  } finally {
    await practice.stop()
  }
}

/** A second core on the profile of one at work: refused, and the first one goes on. */
const twoCores: Hardship['play'] = async (world) => {
  const { stage, folder } = world
  await stage.restore(folder, 'synchronised')
  const first = await opened(world)
  try {
    const refused = await code(opened(world))
    if (!refused.includes('vault.in-use')) return `${refused} instead of vault.in-use`
    const mailbox = await arrive(world, after(stage.mailbox, await flagOne(first)), 'Lettre à deux')
    return await settled(world, first, mailbox, [])
  } finally {
    await first.stop()
  }
}

/** A server that goes away in the middle of everything and comes back: no word of the user is needed. */
const serverAway: Hardship['play'] = async (world) => {
  const { stage, operator, folder } = world
  await stage.restore(folder, 'empty')
  const practice = await opened(world)
  try {
    await practice.until('mail.delta', () => true)
    await operator.imapDown()
    await operator.smtpDown()
    await practice.until('accounts.changed', (accounts) =>
      accounts.some(({ connection }) => connection.state === 'error'),
    )
    const inbox = (await practice.call('folders.list', null)).find(({ path }) => path === 'INBOX')
    const page = { folderId: inbox?.id ?? 0, before: null, limit: 1, filter: 'all' } as const
    const any = (await practice.call('messages.page', page)).rows.length > 0
    const mailbox = any ? after(stage.mailbox, await flagOne(practice)) : stage.mailbox
    await send(practice, 'Envoi hors ligne')
    await operator.imapUp()
    await operator.smtpUp()
    return await settled(world, practice, mailbox, ['Envoi hors ligne'])
  } finally {
    await operator.imapUp()
    await operator.smtpUp()
    await practice.stop()
  }
}

const hardships: readonly Hardship[] = [
  { name: 'two cores on one profile', skipped: always, play: twoCores },
  { name: 'clock set back two hours and more', skipped: always, play: clockJumps(-2 * hour) },
  { name: 'clock set forward three hours and back', skipped: always, play: clockJumps(3 * hour) },
  { name: 'clock five years slow', skipped: always, play: clockYearsOff(-5 * year) },
  { name: 'clock ten years fast', skipped: always, play: clockYearsOff(10 * year) },
  { name: 'servers away', skipped: always, play: serverAway },
  { name: 'full disk', skipped: asRoot, play: fullDisk },
  { name: 'read-only folder', skipped: asRoot, play: readOnly },
]

/** What the machine itself does to a mailbox. The moments are the hardships, in order. */
export const hardshipScenario: Scenario = async ({ operator, moments, only, report }) => {
  const folder = await mkdtemp(join(tmpdir(), 'souspli-hardship-'))
  try {
    const stage = await prepareStage(operator, who, join(folder, 'stages'), 40)
    for (const [moment, { name, skipped, play }] of hardships.entries()) {
      if (moment >= moments || (only !== null && only !== moment)) continue
      const why = await skipped()
      if (why !== '') {
        report.passed(moment, `${name}: SKIPPED, ${why}`)
        continue
      }
      const what = await play({ operator, stage, folder: join(folder, `moment-${moment}`) }).catch(
        (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error)),
      )
      if (what === '') report.passed(moment, name)
      else report.failed({ moment, kind: name, what })
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
