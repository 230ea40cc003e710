/**
 * The program under measure of the directory bench: a real core in a process of its own imports an extraction and answers what is
 * typed, by the contract. `node directory-program.mjs SETTING-FILE` writes one JSON answer and ends.
 */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import {
  fail,
  ok,
  type CoreMethod,
  type DirectoryState,
  type Input,
  type Outcome,
  type Output,
} from '../../app/contract/index.ts'
import { createCore } from '../../app/core.ts'
import { keepHeapsSmall } from '../../app/process-memory.ts'
import { DirectorySetting, type DirectoryAnswer } from './directory-orders.ts'

/** Milliseconds between two looks at the event loop; taken off the delays, which count it in. */
const resolution = 5

keepHeapsSmall()
const setting = DirectorySetting.parse(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')))
const veiled = (bytes: Uint8Array): Promise<Outcome<Uint8Array>> =>
  Promise.resolve(ok(bytes.map((byte) => byte ^ 0x5a)))
let changed: (state: DirectoryState) => void = () => undefined
const core = await createCore({
  start: {
    profileFolder: join(setting.folder, 'profile'),
    openedFolder: join(setting.folder, 'opened'),
    policy: { directory: { extraction: null } },
    ...setting.programs,
    cardTlsAddon: '/nowhere',
    printWorker: '',
    writingWorker: '',
    printFonts: '',
    version: '0.0.0',
  },
  host: {
    // No card is in this.
    startCardProcess: () => Promise.reject(new Error('no card')),
    openExternal: () => Promise.resolve(fail('core.unavailable')),
    protectSecret: veiled,
    unprotectSecret: veiled,
  },
  emit: (name, payload) => {
    if (name === 'directory.changed') changed(payload as DirectoryState)
  },
  random: (length) => randomBytes(length),
  now: () => Date.now(),
  monotonic: () => performance.now(),
  onFault: () => undefined,
})
const call = async <M extends CoreMethod>(method: M, input: Input<M>): Promise<Output<M>> => {
  const outcome = (await core.invoke(method, input)) as Outcome<Output<M>>
  if (!outcome.ok) throw new Error(`${method}: ${outcome.error.code}`)
  return outcome.value
}

const importFile = async (path: string): Promise<{ milliseconds: number; longest: number; p99: number }> => {
  const grant = core.grantPaths('import', [path])
  if (!grant.ok) throw new Error(grant.error.code)
  const ended = new Promise<DirectoryState>((resolve) => {
    changed = (state) => {
      if (state.work === null) resolve(state)
    }
  })
  const delay = monitorEventLoopDelay({ resolution })
  delay.enable()
  const started = performance.now()
  await call('directory.importFile', { grant: grant.value })
  const state = await ended
  const milliseconds = performance.now() - started
  delay.disable()
  if (state.error) throw new Error(state.error.code)
  const above = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - resolution)
  return { milliseconds, longest: above(delay.max), p99: above(delay.percentile(99)) }
}

const anybody = { profession: null, specialty: null, department: null, type: null, gone: false }
/** Each text as it is typed, a letter after the other; the time of each answer. */
const keystrokes = async (ask: (text: string) => Promise<unknown>): Promise<number[]> => {
  const times: number[] = []
  for (const text of setting.texts)
    for (let length = 2; length <= text.length; length += 1) {
      const started = performance.now()
      await ask(text.slice(0, length))
      times.push(performance.now() - started)
    }
  return times
}

await call('session.createWithPassphrase', { passphrase: 'la salle d’attente est pleine' })
const first = await importFile(setting.extraction)
const { databaseBytes } = await call('directory.state', null)
const searches = await keystrokes((text) => call('directory.search', { text, filters: anybody, limit: 50 }))
const suggestions = await keystrokes((text) => call('recipients.suggest', { text, limit: 12 }))
const next = await importFile(setting.next)
const answer: DirectoryAnswer = { first, next, databaseBytes, searches, suggestions }
process.stdout.write(JSON.stringify(answer))
await core.stop()
process.exit(0)
