/**
 * The program under measure: a real core in a process of its own with its card process, ordered about by messages. Times
 * are taken here, so that the harness's own work is in none of them; events go out as the product posts them.
 */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { forkCardProcess } from '../../app/card/index.ts'
import {
  ok,
  type CoreMethod,
  type EventName,
  type EventPayload,
  type Input,
  type MessageRow,
  type Outcome,
  type Output,
} from '../../app/contract/index.ts'
import { createCore, type Core } from '../../app/core.ts'
import { keepHeapsSmall } from '../../app/process-memory.ts'
import { createVault, type Vault } from '../../app/vault/index.ts'
import { fillStore } from './fill-store.ts'
import { Order, type Answer } from './orders.ts'
import { createDraw } from './vocabulary.ts'
import { profileWorkers, writeMemory } from './worker-profiles.ts'

/** Milliseconds between two looks at the event loop; taken off the delays, which count it in. */
const resolution = 5
const pageSize = 200

keepHeapsSmall()

let core: Core | null = null
let folder = ''
let vaultWorker = ''
let cardProcess: number | null = null
let cardStarted: () => void = () => undefined
const cardStarts = new Promise<void>((resolve) => (cardStarted = resolve))
const listeners = new Set<(name: EventName, payload: unknown) => void>()
const profileFolder = process.env['SOUSPLI_BENCH_PROFILE']
const profiles = profileFolder === undefined ? null : await profileWorkers(profileFolder)
const tell = (message: object): void => void process.send?.(message)

const call = async <M extends CoreMethod>(method: M, input: Input<M>): Promise<Output<M>> => {
  if (!core) throw new Error('not started')
  const outcome = (await core.invoke(method, input)) as Outcome<Output<M>>
  if (!outcome.ok) throw new Error(`${method}: ${outcome.error.code}`)
  return outcome.value
}

/** Resolves when `reached` says so of an event from now on. */
const until = <E extends EventName>(name: E, reached: (payload: EventPayload<E>) => boolean): Promise<void> =>
  new Promise((resolve) => {
    const listener = (told: EventName, payload: unknown): void => {
      if (told !== name || !reached(payload as EventPayload<E>)) return
      listeners.delete(listener)
      resolve()
    }
    listeners.add(listener)
  })

const veiled = (bytes: Uint8Array): Promise<Outcome<Uint8Array>> =>
  Promise.resolve(ok(bytes.map((byte) => byte ^ 0x5a)))

const start = async (order: Order & { order: 'start' }): Promise<Answer<'start'>> => {
  folder = order.folder
  const { programs } = order
  vaultWorker = programs.vaultWorker
  core = await createCore({
    start: {
      profileFolder: join(folder, 'profile'),
      openedFolder: join(folder, 'opened'),
      policy: order.policy,
      vaultWorker,
      smimeWorker: programs.smimeWorker,
      cardTlsAddon: '/nowhere',
      readingWorker: programs.readingWorker,
      indexingWorker: programs.indexingWorker,
      directoryWorker: programs.directoryWorker,
      // Nothing is printed here.
      printWorker: '',
      writingWorker: '',
      printFonts: '',
      version: '0.0.0',
    },
    host: {
      startCardProcess: () => {
        const port = forkCardProcess({ entry: programs.card })
        cardProcess = port.pid
        cardStarted()
        return Promise.resolve(port)
      },
      openExternal: () => Promise.resolve(ok(null)),
      protectSecret: veiled,
      unprotectSecret: veiled,
    },
    emit: (name, payload) => {
      tell({ event: name, payload })
      for (const listener of listeners) listener(name, payload)
    },
    random: (length) => randomBytes(length),
    now: () => Date.now(),
    monotonic: () => performance.now(),
    onFault: (error) => process.stderr.write(`fault: ${String(error)}\n`),
  })
  if (order.policy.pkcs11Modules !== undefined) await cardStarts
  return { cardProcess }
}

const inboxId = async (): Promise<number> => {
  const inbox = (await call('folders.list', null)).find(
    ({ role, mailbox }) => role === 'inbox' && mailbox === null,
  )
  if (!inbox) throw new Error('no inbox')
  return inbox.id
}

const newestPage = async (): Promise<MessageRow[]> => {
  const query = { folderId: await inboxId(), before: null, limit: pageSize, filter: 'all' } as const
  return (await call('messages.page', query)).rows
}

const firstSync = async (order: Order & { order: 'first-sync' }): Promise<Answer<'first-sync'>> => {
  await call('session.openWithRecovery', { code: order.code })
  const delays = monitorEventLoopDelay({ resolution })
  const wanted = Math.min(pageSize, order.inbox)
  const ids = new Set<number>()
  const withBody = new Set<number>()
  const listedIds: number[] = []
  const at = { listed: NaN, readable: NaN, headers: NaN, full: NaN }
  let looking = false
  delays.enable()
  const begun = performance.now()
  const since = (): number => performance.now() - begun
  const look = async (): Promise<void> => {
    looking = true
    const rows = await newestPage()
    if (rows.length >= wanted) {
      at.listed = since()
      listedIds.push(...rows.map(({ id }) => id))
      const view = await call('messages.view', { id: listedIds[0] ?? 0 })
      if (!view.body.available) throw new Error('the newest message cannot be read')
      at.readable = since()
    }
    looking = false
  }
  let failed: (error: unknown) => void = () => undefined
  const broken = new Promise<never>((_resolve, reject) => (failed = reject))
  const complete = until('mail.delta', ({ upserted }) => {
    for (const row of upserted) {
      ids.add(row.id)
      if (row.preview !== '') withBody.add(row.id)
    }
    if (!looking && listedIds.length === 0 && ids.size >= wanted) look().catch(failed)
    if (Number.isNaN(at.headers) && ids.size >= order.messages) at.headers = since()
    if (withBody.size < order.messages) return false
    at.full = since()
    return true
  })
  await call('accounts.create', order.account)
  await Promise.race([complete, broken])
  delays.disable()
  if (profileFolder !== undefined) writeMemory(profileFolder)
  const last = new Set((await newestPage()).map(({ id }) => id))
  const milliseconds = (share: number): number => Math.max(0, delays.percentile(share) / 1e6 - resolution)
  const share = Array.from({ length: 1_000 }, (_, index) => milliseconds((index + 1) / 10))
  return {
    ...at,
    newestListedFirst: listedIds.every((id) => last.has(id)),
    delay: {
      p50: milliseconds(50),
      p99: milliseconds(99),
      max: Math.max(0, delays.max / 1e6 - resolution),
      over50: share.filter((delay) => delay > 50).length / 1_000,
    },
  }
}

/** Opens the session, lists the inbox, and waits until the server has nothing new. */
const open = async (unlock: () => Promise<unknown>, sync: boolean): Promise<Answer<'open-recovery'>> => {
  let connecting = NaN
  const begun = performance.now()
  const connects = until('accounts.changed', ([account]) => {
    connecting = performance.now()
    return account?.connection.state === 'connecting'
  })
  const idle = until('accounts.progress', ({ phase }) => phase === 'idle')
  await unlock()
  const opened = performance.now() - begun
  await newestPage()
  const listed = performance.now() - begun
  if (!sync) return { opened, listed, synced: 0 }
  await connects
  await idle
  return { opened, listed, synced: performance.now() - connecting }
}

const resync = async (): Promise<Answer<'resync'>> => {
  const begun = performance.now()
  const idle = until('accounts.progress', ({ phase }) => phase === 'idle')
  await call('accounts.syncNow', null)
  await idle
  return { milliseconds: performance.now() - begun }
}

/** Views of messages between half and twice the median size, drawn from the whole inbox. */
const views = async (order: Order & { order: 'views' }): Promise<Answer<'views'>> => {
  const folderId = await inboxId()
  const candidates: MessageRow[] = []
  let before: number | null = null
  for (;;) {
    const page: Output<'messages.page'> = await call('messages.page', {
      folderId,
      before,
      limit: 200,
      filter: 'all',
    })
    candidates.push(...page.rows.filter(({ size }) => size > 4_000 && size < 16_000))
    before = page.rows.at(-1)?.id ?? null
    if (!page.more || before === null) break
  }
  const draw = createDraw(order.seed)
  const times: number[] = []
  let size = 0
  for (let index = 0; index < order.count; index++) {
    const row = candidates[draw.below(candidates.length)]
    if (!row) throw new Error('no message of median size')
    const begun = performance.now()
    await call('messages.view', { id: row.id })
    times.push(performance.now() - begun)
    size += row.size / order.count
  }
  return { times, size }
}

const searches = async (order: Order & { order: 'searches' }): Promise<Answer<'searches'>> => {
  const times: number[] = []
  let found = 0
  for (const text of order.texts) {
    const begun = performance.now()
    const page = await call('messages.search', { text, scope: { kind: 'all' }, before: null, limit: 50 })
    times.push(performance.now() - begun)
    found += page.rows.length
  }
  return { times, found }
}

const counts = async (): Promise<Answer<'counts'>> => {
  const folders = await call('folders.list', null)
  const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0)
  return {
    total: sum(folders.map(({ total }) => total)),
    unread: sum(folders.map(({ unread }) => unread)),
    inbox: folders.find(({ role }) => role === 'inbox')?.total ?? 0,
  }
}

const must = <T>(outcome: Outcome<T>): T => {
  if (!outcome.ok) throw new Error(outcome.error.code)
  return outcome.value
}

const openStoreAlone = async (code: string): Promise<Vault> => {
  const vault = createVault({
    folder: join(folder, 'profile'),
    workerEntry: vaultWorker,
    random: (length) => randomBytes(length),
    now: () => Date.now(),
    deviceSecret: { protect: veiled, unprotect: veiled },
  })
  must(await vault.open({ kind: 'recovery', code }))
  return vault
}

const fill = async (order: Order & { order: 'fill' }): Promise<Answer<'fill'>> => {
  const vault = await openStoreAlone(order.code)
  const seconds = await fillStore(vault, order.messages, order.maildir)
  const begun = performance.now()
  // What the product does when nothing else is to be done.
  while (must(await vault.run('indexing.merge', { pages: 64 }))) continue
  await vault.close()
  return { seconds, tidied: (performance.now() - begun) / 1000 }
}

const storeSearches = async (
  order: Order & { order: 'store-searches' },
): Promise<Answer<'store-searches'>> => {
  const vault = await openStoreAlone(order.code)
  const accounts = must(await vault.run('accounts.list', {}))
  const withoutBody = must(await vault.run('messages.countWithoutBody', { accountId: accounts[0]?.id ?? 0 }))
  const times: number[] = []
  let found = 0
  for (const text of order.texts) {
    const begun = performance.now()
    const result = must(
      await vault.run('search.query', { text, scope: { kind: 'all' }, before: null, limit: 50 }),
    )
    times.push(performance.now() - begun)
    found += result.ids.length
  }
  await vault.close()
  return { times, found, withoutBody }
}

const obey = async (order: Order): Promise<unknown> => {
  switch (order.order) {
    case 'start':
      return start(order)
    case 'create':
      return call('session.createWithPassphrase', { passphrase: order.passphrase })
    case 'first-sync':
      return firstSync(order)
    case 'open-passphrase':
      return open(
        () => call('session.openWithPassphrase', { passphrase: order.passphrase }),
        order.sync ?? true,
      )
    case 'open-recovery':
      return open(() => call('session.openWithRecovery', { code: order.code }), order.sync ?? true)
    case 'fill':
      return fill(order)
    case 'resync':
      return resync()
    case 'views':
      return views(order)
    case 'searches':
      return searches(order)
    case 'counts':
      return counts()
    case 'store-searches':
      return storeSearches(order)
    case 'lock':
      return call('session.lock', { reason: 'user' })
    case 'stop':
      await profiles?.collect()
      await core?.stop()
      return null
  }
}

// The harness is gone: nobody to measure for.
process.on('disconnect', () => process.exit())
process.on('message', (message) => {
  const order = Order.parse(message)
  obey(order).then(
    (answer) => {
      // Leaving by itself lets --cpu-prof write its files.
      process.send?.({ answer }, undefined, undefined, () => {
        if (order.order === 'stop') process.disconnect()
      })
    },
    (error: unknown) => tell({ error: String(error) }),
  )
})
