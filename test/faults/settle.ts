/** A profile opened again after a kill: it must come to rest on the server's truth and on what its user had asked. */
import type { MessageRow, OutboxItem } from '../../app/contract/index.ts'
import type { Practice } from '../invariants/practice.fixture.ts'
import { folderNames, type Operator, type Person } from '../operator/index.ts'
import { after, difference, lines, type Action, type Mailbox, type Place } from './actions.ts'
import { attachedWord, hasAttachment, playground } from './letters.ts'
import { readServer, type ServerTruth } from './server-truth.ts'

/** What was asked: acknowledged, and the one action that the kill may have come before or after. */
export interface Asked {
  mailbox: Mailbox
  inFlight: Action | null
  drafts: ReadonlyMap<string, string>
  sent: ReadonlySet<string>
}

/** Everything the windows of a session could see. */
interface Shown {
  messages: { subject: string; place: Place }[]
  pending: number
  outbox: OutboxItem[]
  drafts: { subject: string; text: string }[]
}

/** Rest is waited for, not timed: this only ends a wait that will never end, on the busiest machine. */
const settleSeconds = 150

export const askedAfter = (mailbox: Mailbox, done: readonly Action[], inFlight: Action | null): Asked => {
  const drafts = new Map<string, string>()
  const sent = new Set<string>()
  for (const action of done) {
    if (action.kind === 'draft') drafts.set(action.name, action.text)
    if (action.kind === 'send') sent.add(action.name)
  }
  return { mailbox: done.reduce(after, mailbox), inFlight, drafts, sent }
}

const rowsOf = async (practice: Practice, folderId: number): Promise<MessageRow[]> => {
  const rows: MessageRow[] = []
  for (;;) {
    const before = rows.at(-1)?.id ?? null
    const page = await practice.call('messages.page', { folderId, before, limit: 200, filter: 'all' })
    rows.push(...page.rows)
    if (!page.more) return rows
  }
}

const look = async (practice: Practice): Promise<Shown> => {
  const shown: Shown = { messages: [], pending: 0, outbox: [], drafts: [] }
  for (const folder of await practice.call('folders.list', null)) {
    if (folder.mailbox !== null) continue
    for (const { subject, seen, flagged, pending } of await rowsOf(practice, folder.id)) {
      shown.messages.push({ subject, place: { folder: folder.path, seen, flagged } })
      if (pending) shown.pending++
    }
  }
  shown.outbox = await practice.call('outbox.list', null)
  shown.drafts = (await practice.call('drafts.list', null)).map(({ content }) => content)
  return shown
}

const onTheWay = ({ state, error }: OutboxItem): boolean =>
  state === 'queued' || state === 'sending' || state === 'accepted' || (state === 'unknown' && error === null)

const textOf = (messages: ServerTruth['messages'] | Shown['messages']): string[] =>
  lines(
    messages
      .filter((one) => !('deleted' in one && one.deleted) && playground.includes(one.place.folder))
      .map(({ subject, place }) => [subject, place] as const),
  )

/** How view, server and what was asked differ; '' when they agree. Reports that servers send by themselves nobody asked. */
const disagreement = (asked: Asked, shown: Shown, truth: ServerTruth): string => {
  const view = difference(textOf(truth.messages), textOf(shown.messages))
  if (view !== '') return `the view is not the server's: ${view}`
  const server = textOf(truth.messages.filter(({ subject }) => subject.startsWith('Lettre ')))
  const wanted = difference(lines(asked.mailbox), server)
  if (
    wanted !== '' &&
    (asked.inFlight === null || difference(lines(after(asked.mailbox, asked.inFlight)), server) !== '')
  )
    return `the server is not as asked: ${wanted}`
  return ''
}

/** Message-IDs the submission server took from somebody. */
const acceptedFrom = (operator: Operator, who: Person): (string | null)[] =>
  operator.received.filter(({ from }) => from === who.address).map(({ messageId }) => messageId)

/** What is wrong with what was sent; '' when nothing is. */
const wrongSending = (
  operator: Operator,
  who: Person,
  asked: Asked,
  shown: Shown,
  truth: ServerTruth,
): string => {
  const here = shown.messages.filter(({ place }) => place.folder === folderNames.sent).length
  if (here !== truth.sent.length) return `${here} of ${truth.sent.length} messages in Sent`
  const mine = acceptedFrom(operator, who)
  const names = new Set([...asked.sent, ...shown.outbox.map(({ subject }) => subject)])
  for (const name of names) {
    const [item, ...others] = shown.outbox.filter(({ subject }) => subject === name)
    if (!item || others.length > 0) return `${others.length + (item ? 1 : 0)} outbox items for ${name}`
    const copies = truth.sent.filter(({ subject }) => subject === name)
    if (copies.length > 1) return `${copies.length} copies of ${name} in Sent`
    if (item.state === 'filed') {
      if (!copies[0]) return `no copy of ${name} in Sent`
      if (!mine.includes(copies[0].messageId)) return `${name} is filed but was never sent`
    } else if (item.state !== 'unknown') return `${name} is ${item.state} ${item.error?.code ?? ''}`
    else if (copies.length > 0) return `${name} is in Sent but its fate is unknown`
  }
  for (const [name, text] of asked.drafts) {
    const draft = shown.drafts.find(({ subject }) => subject === name)
    const leaving = asked.inFlight?.kind === 'send' && asked.inFlight.name === name
    if (names.has(name) ? draft !== undefined : !leaving && draft?.text !== text) return `draft ${name}`
  }
  return ''
}

/** Whoever asks all the time is a user at work: attachments are read when he is not. */
const waitForQuiet = 'attachments wait to be read'

/** Attachments still to be read, or found by a search when they should not be, or not found. */
const wrongIndex = async (practice: Practice, truth: ServerTruth): Promise<string> => {
  const { waiting } = await practice.call('search.indexing', null)
  if (waiting > 0) return `${waiting} ${waitForQuiet}`
  const expected = truth.messages.filter((one) => !one.deleted && hasAttachment(one.subject)).length
  const query = { text: attachedWord, scope: { kind: 'all' }, before: null, limit: 200 } as const
  const { rows } = await practice.call('messages.search', query)
  return rows.length === expected ? '' : `${rows.length} of ${expected} attachments are found by their text`
}

/** Waits until everything agrees; what still does not after `settleSeconds` otherwise. */
export const settle = async (
  operator: Operator,
  who: Person,
  practice: Practice,
  asked: Asked,
): Promise<string> => {
  const deadline = Date.now() + settleSeconds * 1000
  for (;;) {
    const accepted = acceptedFrom(operator, who)
    // Nothing mends that.
    if (accepted.length > new Set(accepted).size) return 'a message was sent twice'
    const told = practice.told.length
    const shown = await look(practice)
    const waiting = shown.outbox.filter(onTheWay)
    let wrong =
      waiting.length > 0
        ? `on its way: ${JSON.stringify(waiting[0])}`
        : shown.pending > 0
          ? `${shown.pending} actions wait`
          : ''
    if (wrong === '') {
      const truth = await readServer(operator, who)
      wrong = disagreement(asked, shown, truth) || wrongSending(operator, who, asked, shown, truth)
      if (wrong === '') wrong = await wrongIndex(practice, truth)
      if (wrong === '') {
        const idle = practice.told.findLast(({ name }) => name === 'accounts.progress')?.payload
        wrong = JSON.stringify(idle ?? '').includes('"idle"') ? '' : 'not at rest'
      }
    }
    if (wrong === '') return ''
    if (Date.now() > deadline) return wrong
    await nextNews(practice, told, deadline, wrong.endsWith(waitForQuiet))
  }
}

/** The next thing windows are told, or a while: what the server did by itself is told by nobody. */
const nextNews = async (
  practice: Practice,
  told: number,
  deadline: number,
  quiet: boolean,
): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.min(quiet ? 10_000 : 1000, deadline - Date.now()))
  })
  const indexed = practice.until(
    'search.indexingChanged',
    ({ waiting }) => waiting === 0 && practice.told.length > told,
  )
  const news = (['mail.delta', 'outbox.changed', 'accounts.progress'] as const).map((name) =>
    practice.until(name, () => practice.told.length > told),
  )
  await Promise.race([late, indexed, ...(quiet ? [] : news)])
  clearTimeout(timer)
}
