import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Policy } from '../../app/contract/index.ts'
import type { Operator } from '../operator/index.ts'
import { startCoreUnderMeasure, type CoreUnderMeasure } from './core-under-measure.ts'
import { owner, type FilledMailbox } from './mailbox.ts'
import type { Answer } from './orders.ts'
import type { Programs } from './bundle.ts'
import type { Peers } from './peers.ts'
import { figure, percentile, type Figure, type Limits } from './statistics.ts'
import { searches } from './vocabulary.ts'

export const benchNames = [
  'first-sync',
  'event-loop',
  'memory',
  'resync',
  'search',
  'open',
  'unlock',
] as const
export type BenchName = (typeof benchNames)[number]

export interface Setting {
  operator: Operator
  mailbox: FilledMailbox
  peers: Peers
  programs: Programs
  /** Scratch, removed by the caller. */
  folder: string
  runs: number
  /** Of the first synchronisation and its peers, which take minutes. */
  longRuns: number
  profileFolder: string | null
  log: (line: string) => void
  print: (line: Figure) => void
}

const passphrase = 'la salle d’attente est pleine'
const searchCount = 90
const viewCount = 200
const softToken = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib64/softhsm/libsofthsm2.so'].find(existsSync)

/** Megabytes measured once with an empty profile (machine-and-peers.md §4), here in mebibytes: no Thunderbird in this run. */
const thunderbird = {
  name: 'Thunderbird 153, empty profile, documented not measured here',
  values: [410 / 1.048576],
}

interface Synced {
  home: string
  recoveryCode: string
}

/** Runs the benches asked for. One first synchronisation after another; the last store serves the others. */
export const runBenches = async (setting: Setting, names: ReadonlySet<BenchName>): Promise<void> => {
  const { synced, peerFolder } = await firstSync(setting, names)
  if (names.has('unlock') || names.has('resync')) await openings(setting, names, synced, peerFolder)
  if (names.has('open')) await views(setting, synced)
  if (names.has('search')) await search(setting, synced, peerFolder)
}

/** A core on `home`, with a card process: SoftHSM without a token stands for the vendor's module. */
const startCore = async (setting: Setting, home: string, part: string): Promise<CoreUnderMeasure> => {
  const { operator, profileFolder, programs } = setting
  const policy: Policy = { ...operator.policy, ...(softToken ? { pkcs11Modules: [softToken] } : {}) }
  const core = startCoreUnderMeasure(programs.core, profileFolder === null ? null : join(profileFolder, part))
  const { cardProcess } = await core.order({ order: 'start', folder: home, policy, programs })
  if (cardProcess === null) setting.log('no SoftHSM: memory is of the core alone')
  return core
}

const note = (setting: Setting, bench: BenchName) => ({
  add: (
    name: string,
    unit: string,
    values: readonly number[],
    peer: { name: string; values: readonly number[] } | null = null,
    limits: Limits | null = null,
  ): void =>
    setting.print(
      figure({ bench, figure: name, unit, messages: setting.mailbox.messages }, values, peer, limits),
    ),
})

const firstSync = async (
  setting: Setting,
  names: ReadonlySet<BenchName>,
): Promise<{ synced: Synced; peerFolder: string }> => {
  const { operator, mailbox, peers, folder, log } = setting
  const measured = (['first-sync', 'event-loop', 'memory'] as const).some((name) => names.has(name))
  const server = { host: operator.imap.host, security: 'starttls' } as const
  const account = {
    address: owner.address,
    displayName: owner.displayName,
    kind: 'personal',
    imap: { ...server, port: operator.imap.port },
    smtp: { ...server, host: operator.smtp.host, port: operator.smtp.port },
    auth: { kind: 'password', password: owner.password },
  } as const
  const answers: Answer<'first-sync'>[] = []
  const memories: ReturnType<CoreUnderMeasure['memory']>[] = []
  const naive: number[] = []
  const pulls: number[] = []
  const indexings: number[] = []
  const peerFolder = join(folder, 'peer')
  const needsPeers = names.has('first-sync') || names.has('resync') || names.has('search')
  let synced: Synced | null = null
  const rounds = measured ? setting.longRuns : 1
  for (let round = 0; round < rounds; round++) {
    const home = join(folder, `core-${round}`)
    // Another process makes the store: Argon2id takes memory of its own, which the way by card does not.
    const maker = await startCore(setting, home, `create-${round}`)
    const { recoveryCode: code } = await maker.order({ order: 'create', passphrase })
    await maker.stop()
    const core = await startCore(setting, home, `first-sync-${round}`)
    const { messages, inbox } = mailbox
    const answer = await core.order({ order: 'first-sync', code, account, messages, inbox })
    const memory = core.memory()
    log(`processor seconds by thread: ${JSON.stringify(core.processorTime())}`)
    const counted = await core.order({ order: 'counts' })
    await core.stop()
    log(
      `first sync ${round + 1}/${rounds}: ${(answer.full / 1000).toFixed(1)} s, ${JSON.stringify(answer.delay)}`,
    )
    if (counted.total !== messages || counted.inbox !== inbox)
      log(`WRONG COUNT: ${JSON.stringify(counted)} for ${messages} messages, ${inbox} in the inbox`)
    if (!answer.newestListedFirst) log('WRONG ORDER: the rows listed first are not the newest')
    answers.push(answer)
    memories.push(memory)
    if (synced) await rm(synced.home, { recursive: true, force: true })
    synced = { home, recoveryCode: code }
    if (names.has('memory')) {
      naive.push(await peers.naiveImapflow())
      log(`peer: naive imapflow, ${naive.at(-1)?.toFixed(0)} MiB PSS`)
    }
    if (!needsPeers) continue
    await rm(peerFolder, { recursive: true, force: true })
    await mkdir(peerFolder, { recursive: true })
    if (peers.mbsync) {
      pulls.push(await peers.mbsync(peerFolder))
      if (peers.notmuchNew) indexings.push(await peers.notmuchNew(peerFolder))
      log(`peers: mbsync ${pulls.at(-1)?.toFixed(0)} ms, notmuch new ${indexings.at(-1)?.toFixed(0)} ms`)
    }
  }
  if (!synced) throw new Error('no run')
  const seconds = (pick: (answer: Answer<'first-sync'>) => number): number[] =>
    answers.map((answer) => pick(answer) / 1000)
  if (names.has('first-sync')) {
    const { add } = note(setting, 'first-sync')
    const pull = { name: 'mbsync', values: pulls.map((value) => value / 1000) }
    const both = {
      name: 'mbsync + notmuch new',
      values: indexings.map((value, index) => (value + (pulls[index] ?? NaN)) / 1000),
    }
    add(
      'newest 200 listed',
      's',
      seconds(({ listed }) => listed),
      pull,
    )
    add(
      'newest 200 listed, newest readable',
      's',
      seconds(({ readable }) => readable),
      pull,
      {
        atMost: 2,
        ofPeer: 0.02,
      },
    )
    add(
      'all headers',
      's',
      seconds(({ headers }) => headers),
      pull,
    )
    add(
      'full, encrypted and indexed',
      's',
      seconds(({ full }) => full),
      both,
      { ofPeer: 0.2 },
    )
  }
  if (names.has('event-loop')) {
    const { add } = note(setting, 'event-loop')
    const delays = answers.map(({ delay }) => delay)
    add(
      'core delay during full sync, p99',
      'ms',
      delays.map(({ p99 }) => p99),
      null,
      { atMost: 50 },
    )
    add(
      'core delay during full sync, worst',
      'ms',
      delays.map(({ max }) => max),
    )
  }
  if (names.has('memory')) {
    const { add } = note(setting, 'memory')
    const peak = memories.map((memory) => memory.peak.pss)
    add(
      'core + card PSS, peak of full sync',
      'MiB',
      peak,
      { name: 'naive imapflow', values: naive },
      { atMost: 300 },
    )
    add('core + card PSS, peak of full sync', 'MiB', peak, thunderbird)
    add(
      'core + card PSS, after full sync',
      'MiB',
      memories.map((memory) => memory.now.pss),
      null,
      { atMost: 300 },
    )
    add(
      'core + card RSS, peak of full sync',
      'MiB',
      memories.map((memory) => memory.peak.rss),
    )
  }
  return { synced, peerFolder }
}

const openings = async (
  setting: Setting,
  names: ReadonlySet<BenchName>,
  { home, recoveryCode }: Synced,
  peerFolder: string,
): Promise<void> => {
  const { peers, runs } = setting
  const byCode: Answer<'open-recovery'>[] = []
  const byPassphrase: Answer<'open-recovery'>[] = []
  const again: number[] = []
  const pulls: number[] = []
  // After a full pull the first look of mbsync takes seconds: not counted.
  if (names.has('resync')) await peers.mbsync?.(peerFolder)
  for (let run = 0; run < runs; run++) {
    const core = await startCore(setting, home, `unlock-${run}`)
    byCode.push(await core.order({ order: 'open-recovery', code: recoveryCode }))
    again.push((await core.order({ order: 'resync' })).milliseconds)
    await core.stop()
    const other = await startCore(setting, home, `unlock-passphrase-${run}`)
    byPassphrase.push(await other.order({ order: 'open-passphrase', passphrase }))
    await other.stop()
    if (names.has('resync') && peers.mbsync) pulls.push(await peers.mbsync(peerFolder))
  }
  if (names.has('unlock')) {
    const { add } = note(setting, 'unlock')
    add(
      'key at hand to first page',
      'ms',
      byCode.map(({ listed }) => listed),
      null,
      { atMost: 400 },
    )
    add(
      'key at hand to session open',
      'ms',
      byCode.map(({ opened }) => opened),
    )
    add(
      'passphrase (Argon2id) to first page',
      'ms',
      byPassphrase.map(({ listed }) => listed),
    )
  }
  if (names.has('resync')) {
    const { add } = note(setting, 'resync')
    const peer = { name: 'mbsync', values: pulls }
    add(
      'no change, connections included',
      'ms',
      byCode.map(({ synced }) => synced),
      peer,
      { ofPeer: 0.5 },
    )
    add('no change, connections there', 'ms', again, peer)
  }
}

const views = async (setting: Setting, { home, recoveryCode }: Synced): Promise<void> => {
  const core = await startCore(setting, home, 'open')
  await core.order({ order: 'open-recovery', code: recoveryCode })
  const rounds: number[][] = []
  for (let run = 0; run < setting.runs; run++)
    rounds.push((await core.order({ order: 'views', count: viewCount, seed: run + 1 })).times)
  await core.stop()
  const { add } = note(setting, 'open')
  add(
    'message of median size, core side, p50',
    'ms',
    rounds.map((times) => percentile(times, 0.5)),
  )
  add(
    'message of median size, core side, p95',
    'ms',
    rounds.map((times) => percentile(times, 0.95)),
    null,
    {
      atMost: 15,
    },
  )
}

const search = async (
  setting: Setting,
  { home, recoveryCode }: Synced,
  peerFolder: string,
): Promise<void> => {
  const { runs, peers, log } = setting
  const texts = searches(searchCount)
  const core = await startCore(setting, home, 'search')
  await core.order({ order: 'open-recovery', code: recoveryCode })
  await core.order({ order: 'searches', texts })
  const withRows: number[][] = []
  for (let run = 0; run < runs; run++) withRows.push((await core.order({ order: 'searches', texts })).times)
  await core.order({ order: 'lock' })
  const alone: number[][] = []
  // The first round warms, as for the peer.
  for (let run = 0; run <= runs; run++) {
    const answer = await core.order({ order: 'store-searches', texts, code: recoveryCode })
    if (run > 0) alone.push(answer.times)
    else log(`searches: ${answer.found} found by ${searchCount}; without body: ${answer.withoutBody}`)
  }
  await core.stop()
  const peer: number[][] = []
  for (let run = 0; run <= runs && peers.notmuchSearch; run++) {
    const times: number[] = []
    for (const text of texts) times.push(await peers.notmuchSearch(peerFolder, text))
    if (run > 0) peer.push(times)
  }
  const { add } = note(setting, 'search')
  const of = (rounds: number[][], share: number): number[] => rounds.map((times) => percentile(times, share))
  const compared = (share: number) => ({ name: 'notmuch search', values: of(peer, share) })
  add('search.query, newest 50, p50', 'ms', of(alone, 0.5), compared(0.5))
  add('search.query, newest 50, p95', 'ms', of(alone, 0.95), compared(0.95), { atMost: 8, ofPeer: 0.3 })
  add('messages.search with rows, newest 50, p50', 'ms', of(withRows, 0.5), compared(0.5))
  add('messages.search with rows, newest 50, p95', 'ms', of(withRows, 0.95), compared(0.95))
}
