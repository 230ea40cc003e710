/** What a user does in a program that is going to be killed. He says what he is about to do before doing it. */
import { randomUUID } from 'node:crypto'
import type { MessageRow } from '../../app/contract/index.ts'
import type { Practice } from '../invariants/practice.fixture.ts'
import type { Action } from './actions.ts'
import type { Dice } from './dice.ts'
import { letter, playground, seededWord } from './letters.ts'
import type { Orders } from './orders.ts'
import type { Tracer } from './trace.ts'

/** Outside the operator, inside the trust space: what is sent there ends there. */
const addressee = { name: 'Confrère fictif', address: 'externe@autre-region.mssante.test' }

type Perform = (action: Action, work: () => Promise<unknown>) => Promise<void>

/** Some messages of one folder that the harness put there; now and then all of them. */
const someRows = async (practice: Practice, dice: Dice): Promise<MessageRow[]> => {
  const folders = await practice.call('folders.list', null)
  const folder = dice.pick(
    folders.filter(({ path, mailbox }) => mailbox === null && playground.includes(path)),
  )
  const page = { folderId: folder.id, before: null, limit: 200, filter: 'all' } as const
  const { rows } = await practice.call('messages.page', page)
  const known = rows.filter(({ subject }) => subject.startsWith('Lettre '))
  if (dice.chance(0.15)) return known
  const start = dice.whole(Math.max(1, known.length))
  return known.slice(start, start + 1 + dice.whole(4))
}

const actOnce = async (practice: Practice, dice: Dice, perform: Perform): Promise<void> => {
  const rows = await someRows(practice, dice)
  if (rows.length === 0) return
  const ids = rows.map(({ id }) => id)
  const subjects = rows.map(({ subject }) => subject)
  const draw = dice.whole(100)
  if (draw < 45) {
    const flag = dice.pick(['seen', 'flagged'] as const)
    const on = dice.chance(0.5)
    await perform({ kind: 'flag', subjects, flag, on }, () =>
      practice.call('messages.setFlag', { ids, flag, on }),
    )
  } else if (draw < 80) {
    const folders = await practice.call('folders.list', null)
    const folder = dice.pick(playground)
    const target = folders.find(({ path, mailbox }) => path === folder && mailbox === null)
    if (target)
      await perform({ kind: 'move', subjects, folder }, () =>
        practice.call('messages.move', { ids, folderId: target.id }),
      )
  } else await perform({ kind: 'delete', subjects }, () => practice.call('messages.delete', { ids }))
}

/** Streams bytes as a window does; answers the upload's name. */
const upload = async (practice: Practice, bytes: Buffer): Promise<string> => {
  const uploadId = randomUUID()
  const step = 60_000
  for (let at = 0, index = 0; at < bytes.length; at += step, index++) {
    const last = at + step >= bytes.length
    const piece = bytes.subarray(at, at + step)
    const taken = await practice.core.upload({ uploadId, index, bytes: piece, last })
    if (!taken.ok) throw new Error(taken.error.code)
  }
  return uploadId
}

const attach = async (practice: Practice, draftId: number, bytes: number): Promise<void> => {
  const text = `${seededWord} patient fictif. `.repeat(Math.ceil(bytes / 32))
  const uploadId = await upload(practice, Buffer.from(text))
  const fileName = 'compte-rendu.txt'
  await practice.call('drafts.attach', { id: draftId, uploadId, fileName, mimeType: 'text/plain' })
}

const writeAndSend = async (
  practice: Practice,
  dice: Dice,
  name: string,
  perform: Perform,
): Promise<void> => {
  const { id, content } = await practice.call('drafts.create', {
    kind: 'new',
    accountId: null,
    sourceId: null,
  })
  const text = `${seededWord} patient fictif. `.repeat(dice.chance(0.4) ? 8000 : 3)
  const filled = { ...content, subject: name, to: [addressee], text }
  await perform({ kind: 'draft', name, text }, () => practice.call('drafts.save', { id, content: filled }))
  if (dice.chance(0.4)) await attach(practice, id, 30_000 + dice.whole(200_000))
  if (dice.chance(0.85)) await perform({ kind: 'send', name }, () => practice.call('drafts.send', { id }))
}

/** Resolves when nothing waits any more for the server. */
const allGone = async (practice: Practice): Promise<void> => {
  for (;;) {
    const items = await practice.call('outbox.list', null)
    const waiting = items.filter(({ state, error }) =>
      state === 'unknown' ? error === null : state !== 'filed' && state !== 'refused',
    )
    if (waiting.length === 0) return
    const told = practice.told.length
    await practice.until('outbox.changed', () => practice.told.length > told)
  }
}

/** Resolves when every attachment has been read for the index. */
const indexed = async (practice: Practice): Promise<void> => {
  for (;;) {
    const told = practice.told.length
    const { waiting } = await practice.call('search.indexing', null)
    if (waiting === 0) return
    await practice.until('search.indexingChanged', () => practice.told.length > told)
  }
}

/** Resolves when the server has been told everything. */
const nothingPending = async (practice: Practice): Promise<void> => {
  for (;;) {
    const told = practice.told.length
    let pending = 0
    for (const { id, mailbox } of await practice.call('folders.list', null)) {
      if (mailbox !== null) continue
      const page = { folderId: id, before: null, limit: 200, filter: 'all' } as const
      pending += (await practice.call('messages.page', page)).rows.filter((row) => row.pending).length
    }
    if (pending === 0) return
    await practice.until('mail.delta', () => practice.told.length > told)
  }
}

/** An mbox file dropped on the window: a small one, or one with big letters. */
const importLetters = async (
  practice: Practice,
  dice: Dice,
  name: string,
  perform: Perform,
): Promise<void> => {
  const folders = await practice.call('folders.list', null)
  const folder = dice.pick(playground)
  const target = folders.find(({ path, mailbox }) => path === folder && mailbox === null)
  if (!target) return
  const subjects = Array.from(
    { length: 3 + dice.whole(30) },
    (_, index) => `Lettre importée ${name} ${index}`,
  )
  const mbox = subjects.map((subject) => {
    const bytes = dice.chance(0.15) ? 100_000 : 400
    const text = letter(subject, 'paul.bernard@medecin.mssante.test', bytes).replaceAll('\r\n', '\n')
    return `From fictif@bioval.mssante.test Sat Nov 21 10:00:00 2026\n${text}\n\n`
  })
  const uploadId = await upload(practice, Buffer.from(mbox.join('')))
  const source = { uploads: [{ uploadId, fileName: 'lettres.mbox' }] }
  await perform({ kind: 'import', subjects, folder }, () =>
    practice.call('exchange.import', { source, folderId: target.id }),
  )
}

/** The work of a phase, to its end unless killed before. */
export const act = async (
  practice: Practice,
  work: Orders['work'],
  dice: Dice,
  tracer: Tracer,
  orders: Orders,
): Promise<void> => {
  const perform: Perform = async (action, deed) => {
    tracer.mark('begin', JSON.stringify(action))
    await deed()
    tracer.mark('done')
  }
  if (work === 'indexing') {
    await practice.until('accounts.progress', ({ phase }) => phase === 'idle')
    await indexed(practice)
    return
  }
  tracer.mark('work')
  if (work === 'import') {
    await importLetters(practice, dice, `${orders.seed}`, perform)
    await practice.until('exchange.import', ({ state }) => state === 'done')
    await nothingPending(practice)
  } else if (work === 'send') {
    const count = 1 + dice.whole(3)
    for (let index = 0; index < count; index++)
      await writeAndSend(practice, dice, `Envoi ${orders.seed} ${index}`, perform)
    await allGone(practice)
  } else {
    const count = 3 + dice.whole(8)
    for (let index = 0; index < count; index++) await actOnce(practice, dice, perform)
    await practice.until('accounts.progress', ({ phase }) => phase === 'idle')
  }
}
