/**
 * A program to be killed: a core at work as a user would have it, or a vault whose key slots change. Argument: a JSON
 * file. It says what it is about to do before doing it, so that whoever kills it knows what was asked.
 */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { NewAccount, Policy, type MessageRow } from '../../app/contract/index.ts'
import { openPractice, type Practice } from '../invariants/practice.fixture.ts'
import { people } from '../operator/people.ts'
import { playground } from './letters.ts'
import type { Action } from './actions.ts'
import { createDice, type Dice } from './dice.ts'
import type { FromSession, Snapshot, ToSession } from './session-messages.ts'
import { openProfile } from './profile.ts'

const Orders = z.object({
  folder: z.string(),
  policy: Policy,
  passphrase: z.string(),
  account: NewAccount,
  seed: z.number(),
  work: z.enum(['mail', 'sync', 'slots']),
  /** The process ends itself at this event, counted from the beginning of the work. */
  killAtEvent: z.number().nullable(),
})

const orders = Orders.parse(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')))
const dice = createDice(orders.seed)

/** Resolves when the message is in the pipe: a kill after that no longer loses it. */
const say = (message: FromSession): Promise<void> =>
  new Promise((resolve, reject) => {
    process.send?.(message, (error: Error | null) => {
      if (error) reject(error)
      else resolve()
    })
  })

const rowsOf = async (practice: Practice, folderId: number): Promise<MessageRow[]> => {
  const rows: MessageRow[] = []
  for (;;) {
    const before = rows.at(-1)?.id ?? null
    const page = await practice.call('messages.page', { folderId, before, limit: 200, filter: 'all' })
    rows.push(...page.rows)
    if (!page.more) return rows
  }
}

const snapshot = async (practice: Practice): Promise<Snapshot> => {
  const folders = await practice.call('folders.list', null)
  const messages: Snapshot['messages'] = []
  for (const folder of folders.filter(({ mailbox }) => mailbox === null))
    for (const row of await rowsOf(practice, folder.id))
      messages.push({
        subject: row.subject,
        place: { folder: folder.path, seen: row.seen, flagged: row.flagged },
        pending: row.pending,
      })
  return {
    messages,
    outbox: (await practice.call('outbox.list', null)).map(({ subject, state, error }) => ({
      subject,
      state,
      error: error?.code ?? null,
    })),
    drafts: (await practice.call('drafts.list', null)).map(({ content }) => ({
      name: content.subject,
      text: content.text,
    })),
  }
}

/** Some messages of one folder that the harness put there. */
const someRows = async (practice: Practice, die: Dice): Promise<MessageRow[]> => {
  const folders = await practice.call('folders.list', null)
  const folder = die.pick(folders.filter(({ path }) => playground.some((name) => name === path)))
  const { rows } = await practice.call('messages.page', {
    folderId: folder.id,
    before: null,
    limit: 50,
    filter: 'all',
  })
  const wanted = rows.filter(({ subject }) => subject.startsWith('Lettre '))
  const start = die.whole(Math.max(1, wanted.length))
  return wanted.slice(start, start + 1 + die.whole(4))
}

const act = async (practice: Practice, round: number): Promise<void> => {
  const draw = dice.whole(100)
  const perform = async (action: Action, work: () => Promise<unknown>): Promise<void> => {
    await say({ told: 'begin', action })
    await work()
    await say({ told: 'done', action })
  }
  if (draw < 65) {
    const rows = await someRows(practice, dice)
    if (rows.length === 0) return
    const ids = rows.map(({ id }) => id)
    const subjects = rows.map(({ subject }) => subject)
    if (draw < 35) {
      const flag = dice.pick(['seen', 'flagged'] as const)
      const on = dice.chance(0.5)
      await perform({ kind: 'flag', subjects, flag, on }, () =>
        practice.call('messages.setFlag', { ids, flag, on }),
      )
    } else if (draw < 55) {
      const folders = await practice.call('folders.list', null)
      const folder = dice.pick(playground)
      const target = folders.find(({ path }) => path === folder)
      if (target)
        await perform({ kind: 'move', subjects, folder }, () =>
          practice.call('messages.move', { ids, folderId: target.id }),
        )
    } else await perform({ kind: 'delete', subjects }, () => practice.call('messages.delete', { ids }))
    return
  }
  const name = `Brouillon ${orders.seed} ${round}`
  const { id, content } = await practice.call('drafts.create', {
    kind: 'new',
    accountId: null,
    sourceId: null,
  })
  const filled = { ...content, subject: name, to: [{ name: '', address: people.hospital.address }] }
  const text = draw < 75 ? 'Patient fictif. '.repeat(8000) : 'Patient fictif.'
  await perform({ kind: 'draft', name, text }, () =>
    practice.call('drafts.save', { id, content: { ...filled, text } }),
  )
  if (draw < 90) await perform({ kind: 'send', name }, () => practice.call('drafts.send', { id }))
}

const mailWork = async (): Promise<void> => {
  const practice = await openPractice(orders.policy, { folder: orders.folder })
  const countDown = (killAtEvent: number | null): void => {
    if (killAtEvent === null) return
    let events = 0
    let counting = false // what was told before is shown again first
    const count = (): boolean => {
      if (counting && ++events === killAtEvent) process.kill(process.pid, 'SIGKILL')
      return false
    }
    for (const name of ['mail.delta', 'accounts.progress', 'outbox.changed'] as const)
      void practice.until(name, count)
    counting = true
  }
  const { phase } = await practice.call('session.state', null)
  if (orders.work === 'sync') {
    await say({ told: 'working' })
    countDown(orders.killAtEvent)
  }
  const { passphrase } = orders
  await practice.call(phase === 'no-vault' ? 'session.createWithPassphrase' : 'session.openWithPassphrase', {
    passphrase,
  })
  if ((await practice.call('accounts.list', null)).length === 0)
    await practice.call('accounts.create', orders.account)
  process.on('message', (message: ToSession) => {
    if (message.ask === 'snapshot') {
      void snapshot(practice).then((value) => say({ told: 'snapshot', snapshot: value }))
      return
    }
    countDown(message.killAtEvent)
    void (async () => {
      await say({ told: 'working' })
      for (let round = 0; ; round++) await act(practice, round)
    })()
  })
  await say({ told: 'open' })
}

const slotWork = async (): Promise<void> => {
  const vault = await openProfile(join(orders.folder, 'profile'), {
    kind: 'passphrase',
    passphrase: orders.passphrase,
  })
  await say({ told: 'working' })
  for (;;) {
    const renewed = await vault.renewRecovery()
    if (!renewed.ok) throw new Error(renewed.error.code)
    if (dice.chance(0.7)) continue
    const added = await vault.addSlot({ kind: 'passphrase', passphrase: randomBytes(12).toString('hex') })
    if (!added.ok) throw new Error(added.error.code)
    const removed = await vault.removeSlot(added.value.id)
    if (!removed.ok) throw new Error(removed.error.code)
  }
}

await (orders.work === 'slots' ? slotWork() : mailWork())
