/**
 * `npm run bench -- search open unlock --direct [--messages 100000] [--no-peers]`: the figures that need a big store but no
 * server, on a store filled directly (fill-store.ts).
 */
import { mkdir } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import type { Programs } from './bundle.ts'
import { startCoreUnderMeasure, type CoreUnderMeasure } from './core-under-measure.ts'
import type { Peers } from './peers.ts'
import { figure, percentile, type Figure, type Limits } from './statistics.ts'
import { searches } from './vocabulary.ts'

export const directNames = ['search', 'open', 'unlock'] as const

export interface DirectSetting {
  messages: number
  runs: number
  programs: Programs
  folder: string
  /** Null without peers: their index takes minutes to make. */
  peers: Pick<Peers, 'notmuchNew' | 'notmuchSearch'> | null
  log: (line: string) => void
  print: (line: Figure) => void
}

const passphrase = 'la salle d’attente est pleine'
const searchCount = 90
const viewCount = 200

export const runDirect = async (setting: DirectSetting, names: ReadonlySet<string>): Promise<void> => {
  const { messages, runs, programs, folder, peers, log } = setting
  const home = join(folder, 'core-direct')
  const peerFolder = join(folder, 'peer-direct')
  await mkdir(peerFolder, { recursive: true })
  const notmuch = peers?.notmuchSearch && peers.notmuchNew ? peers : null
  const start = async (): Promise<CoreUnderMeasure> => {
    const core = startCoreUnderMeasure(programs.core, null)
    await core.order({ order: 'start', folder: home, policy: {}, programs })
    return core
  }
  const maker = await start()
  const { recoveryCode: code } = await maker.order({ order: 'create', passphrase })
  await maker.order({ order: 'lock' })
  const maildir = notmuch && names.has('search') ? join(peerFolder, 'mail') : null
  const { seconds, tidied } = await maker.order({ order: 'fill', code, messages, maildir })
  await maker.stop()
  const load = (): string =>
    loadavg()
      .map((one) => one.toFixed(1))
      .join(' ')
  log(
    `${messages} messages in the store after ${seconds.toFixed(1)} s, index drawn together in ${tidied.toFixed(1)} s; load ${load()}`,
  )
  const add = (
    bench: string,
    name: string,
    rounds: readonly (readonly number[])[],
    share: number,
    peer: readonly (readonly number[])[] | null = null,
    limits: Limits | null = null,
  ): void => {
    const of = (times: readonly (readonly number[])[]): number[] => times.map((one) => percentile(one, share))
    setting.print(
      figure(
        { bench, figure: name, unit: 'ms', messages },
        of(rounds),
        peer === null ? null : { name: 'notmuch search', values: of(peer) },
        limits,
      ),
    )
  }

  if (names.has('unlock')) {
    const opened: number[][] = []
    const listed: number[][] = []
    for (let run = 0; run < runs; run++) {
      const core = await start()
      const answer = await core.order({ order: 'open-recovery', code, sync: false })
      opened.push([answer.opened])
      listed.push([answer.listed])
      await core.stop()
    }
    add('unlock', 'key at hand to first page, no server', listed, 1, null, { atMost: 400 })
    add('unlock', 'key at hand to session open, no server', opened, 1)
  }
  if (names.has('open')) {
    const core = await start()
    await core.order({ order: 'open-recovery', code, sync: false })
    const rounds: number[][] = []
    for (let run = 0; run < runs; run++)
      rounds.push((await core.order({ order: 'views', count: viewCount, seed: run + 1 })).times)
    await core.stop()
    add('open', 'message of median size, core side, p50', rounds, 0.5)
    add('open', 'message of median size, core side, p95', rounds, 0.95, null, { atMost: 15 })
  }
  if (names.has('search')) {
    const texts = searches(searchCount)
    const core = await start()
    await core.order({ order: 'open-recovery', code, sync: false })
    await core.order({ order: 'searches', texts })
    const pages: number[][] = []
    for (let run = 0; run < runs; run++) pages.push((await core.order({ order: 'searches', texts })).times)
    await core.order({ order: 'lock' })
    const alone: number[][] = []
    for (let run = 0; run <= runs; run++) {
      const answer = await core.order({ order: 'store-searches', texts, code })
      if (run > 0) alone.push(answer.times)
      else log(`searches: ${answer.found} found by ${searchCount}`)
    }
    await core.stop()
    const peer: number[][] = []
    if (notmuch?.notmuchNew && notmuch.notmuchSearch) {
      log(`notmuch new: ${((await notmuch.notmuchNew(peerFolder)) / 1000).toFixed(1)} s`)
      for (let run = 0; run <= runs; run++) {
        const times: number[] = []
        for (const text of texts) times.push(await notmuch.notmuchSearch(peerFolder, text))
        if (run > 0) peer.push(times)
      }
    }
    const compared = peer.length === 0 ? null : peer
    add('search', 'search.query, newest 50, p50', alone, 0.5, compared)
    add('search', 'search.query, newest 50, p95', alone, 0.95, compared, { atMost: 8, ofPeer: 0.3 })
    add('search', 'messages.search with rows and excerpts, newest 50, p50', pages, 0.5, compared)
    add('search', 'messages.search with rows and excerpts, newest 50, p95', pages, 0.95, compared)
  }
  log(`load at the end ${load()}`)
}
