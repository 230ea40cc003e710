import { execFile } from 'node:child_process'
import { verify, X509Certificate } from 'node:crypto'
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { CardState } from '../contract/index.ts'
import {
  createVirtualCps,
  makeTestKey,
  type CardContents,
  type VirtualCps,
} from '../../native/virtual-cps/index.ts'
import { createCardService, forkCardProcess, type CardService } from './index.ts'

const entry = join(import.meta.dirname, 'process.ts')
const serial = '2900000909'
const holder = {
  nationalId: '899700000909',
  familyName: 'TESTEUR',
  givenName: 'Élodie',
  profession: 'Médecin',
  serial,
}
const contents = (profile: 'cps3' | 'cps4'): CardContents => ({
  serial,
  label: `CPS3v3-${serial}`,
  pin: '1234',
  puk: '12345678',
  profile,
  authentication: makeTestKey('authentication', holder),
  signature: makeTestKey('signature', holder),
})

let folder: string
let card: CardContents
let services: CardService[] = []
let pids: number[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'souspli-card-'))
  card = contents('cps3')
})
afterEach(async () => {
  await Promise.all(services.map((service) => service.stop()))
  services = []
  pids = []
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const makeCard = (signMilliseconds = 5): Promise<VirtualCps> =>
  createVirtualCps({ folder, card, signMilliseconds })

/** Recognised by the test's clock, which keeps what would then be run. */
const watchdogMilliseconds = 123_456_789
let fireWatchdog: () => void = () => undefined

const start = (modules: string[]): CardService => {
  const service = createCardService({
    startProcess: () => {
      const port = forkCardProcess({ entry })
      if (port.pid !== null) pids.push(port.pid)
      return Promise.resolve(port)
    },
    policy: { pkcs11Modules: modules, cardPollSeconds: 0.2 },
    // No known Cryptolib path for this architecture: only the policy's modules count.
    platform: 'linux',
    arch: 'riscv64',
    fileExists: (path) =>
      path.startsWith('/usr/')
        ? Promise.resolve(false)
        : access(path).then(
            () => true,
            () => false,
          ),
    readFile: (path) => readFile(path, 'utf8'),
    clock: {
      after: (milliseconds, run) => {
        if (milliseconds === watchdogMilliseconds) {
          fireWatchdog = run
          return () => undefined
        }
        const timer = setTimeout(run, milliseconds)
        return () => {
          clearTimeout(timer)
        }
      },
    },
    watchdogMilliseconds,
    now: Date.now,
  })
  services.push(service)
  return service
}

type StateName = CardState['state']
const until = <Name extends StateName>(
  service: CardService,
  name: Name,
): Promise<Extract<CardState, { state: Name }>> =>
  new Promise((found) => {
    const look = (state: CardState): boolean => {
      if (state.state !== name) return false
      found(state as Extract<CardState, { state: Name }>)
      return true
    }
    if (look(service.state())) return
    const off = service.onChange((state) => {
      if (look(state)) off()
    })
  })

const data = Buffer.from('Compte rendu fictif, test de signature')

describe('a CPS3 in its reader', () => {
  test('is read before the PIN, opens with it, and signs with both keys', async () => {
    const virtual = await makeCard()
    const service = start([virtual.modulePath])
    const seen = await until(service, 'pin-needed')
    expect(seen.triesLeft).toBeNull()
    expect(seen.token).toMatchObject({ serial, label: `CPS3v3-${serial}`, model: 'IAS ECC', pinPad: false })
    expect(seen.token.holder).toEqual({
      nationalId: '899700000909',
      rpps: '99700000909',
      familyName: 'TESTEUR',
      givenName: 'Élodie',
      profession: 'Médecin',
      organisation: null,
      cardKind: 'cps',
      specialty: null,
      activities: [],
    })
    expect(await service.sign({ purpose: 'signature', data })).toMatchObject({
      ok: false,
      error: { code: 'card.login-required' },
    })
    expect((await service.login({ pin: '1234' })).ok).toBe(true)
    expect(service.state().state).toBe('open')
    const certificates = await service.certificates()
    if (!certificates.ok) throw new Error('certificates expected')
    for (const purpose of ['signature', 'authentication'] as const) {
      const der = certificates.value[purpose]
      const first = await service.sign({ purpose, data })
      const second = await service.sign({ purpose, data })
      if (!der || !first.ok || !second.ok) throw new Error(`${purpose} key expected`)
      expect(verify('sha256', data, new X509Certificate(der).publicKey, first.value)).toBe(true)
      expect(first.value).toEqual(second.value)
    }
    await service.logout()
    expect(service.state().state).toBe('pin-needed')
    const calls = await virtual.journal()
    expect(calls.filter(({ fn }) => fn === 'C_Login')).toHaveLength(1)
    expect(await readFile(join(folder, 'calls.jsonl'), 'utf8')).not.toMatch(/"1234"|pin/i)
  })

  test('counts wrong PINs, forgets them after the right one, and blocks after three', async () => {
    const virtual = await makeCard()
    const service = start([virtual.modulePath])
    await until(service, 'pin-needed')
    expect(await service.login({ pin: '12345' })).toMatchObject({
      ok: false,
      error: { code: 'card.pin-format' },
    })
    const wrong = async (triesLeft: number): Promise<void> => {
      expect(await service.login({ pin: '9999' })).toMatchObject({
        ok: false,
        error: { code: 'card.pin-incorrect', details: { triesLeft } },
      })
      expect(service.state()).toMatchObject({ state: 'pin-wrong', triesLeft })
    }
    await wrong(2)
    await wrong(1)
    const refused = await service.login({ pin: '1234' })
    expect(refused).toMatchObject({ ok: false, error: { code: 'card.last-try' } })
    expect((await service.login({ pin: '1234', insist: true })).ok).toBe(true)
    expect(await virtual.triesLeft()).toBe(3)
    await service.logout()
    await wrong(2)
    await wrong(1)
    expect(await service.login({ pin: '9999', insist: true })).toMatchObject({
      ok: false,
      error: { code: 'card.pin-locked', details: { triesLeft: 0 } },
    })
    expect(service.state().state).toBe('blocked')
    expect(await service.login({ pin: '1234' })).toMatchObject({
      ok: false,
      error: { code: 'card.pin-locked' },
    })
    expect(await virtual.triesLeft()).toBe(0)
    // One C_Login per typed PIN, none for the malformed one nor for the blocked card.
    expect((await virtual.journal()).filter(({ fn }) => fn === 'C_Login')).toHaveLength(6)
  })

  test('does not spend a last try the user was not told about', async () => {
    const virtual = await makeCard()
    const service = start([virtual.modulePath])
    await until(service, 'pin-needed')
    // Another program burns two tries meanwhile.
    await virtual.setCounters({ tries: 1 })
    expect(await service.login({ pin: '1234' })).toMatchObject({
      ok: false,
      error: { code: 'card.last-try' },
    })
    expect(service.state()).toMatchObject({ state: 'pin-needed', triesLeft: 1 })
    expect(await virtual.triesLeft()).toBe(1)
    // Told now, and still not spent without the user's own word.
    expect(await service.login({ pin: '1234' })).toMatchObject({
      ok: false,
      error: { code: 'card.last-try' },
    })
    expect((await service.login({ pin: '1234', insist: true })).ok).toBe(true)
  })

  test('pulled while open, is noticed within a second, and asks for the PIN when it is back', async () => {
    const virtual = await makeCard()
    const service = start([virtual.modulePath])
    await until(service, 'pin-needed')
    await service.login({ pin: '1234' })
    const pulledAt = performance.now()
    await virtual.remove()
    expect(await until(service, 'removed')).toEqual({ state: 'removed', serial })
    expect(performance.now() - pulledAt).toBeLessThan(1000)
    await until(service, 'no-card')
    expect(await service.sign({ purpose: 'signature', data })).toMatchObject({
      ok: false,
      error: { code: 'card.no-card' },
    })
    await virtual.insert()
    await until(service, 'pin-needed')
    expect((await service.login({ pin: '1234' })).ok).toBe(true)
    expect((await service.sign({ purpose: 'signature', data })).ok).toBe(true)
  })

  test('pulled and put back between two looks, has lost its login', async () => {
    const virtual = await makeCard()
    const service = start([virtual.modulePath])
    await until(service, 'pin-needed')
    await service.login({ pin: '1234' })
    await virtual.remove()
    await virtual.insert()
    await until(service, 'removed')
    await until(service, 'pin-needed')
  })

  test('pulled during a signature, ends it at once', async () => {
    const virtual = await makeCard(5000)
    const service = start([virtual.modulePath])
    await until(service, 'pin-needed')
    await service.login({ pin: '1234' })
    const begun = performance.now()
    const signing = service.sign({ purpose: 'signature', data })
    await virtual.remove()
    expect(await signing).toMatchObject({ ok: false, error: { code: 'card.removed' } })
    expect(performance.now() - begun).toBeLessThan(2000)
    expect(service.state().state).toBe('removed')
    await until(service, 'no-card')
  })
})

describe('what can be missing', () => {
  test('reader and card, one after the other', async () => {
    const virtual = await makeCard()
    await virtual.remove()
    const service = start([virtual.modulePath])
    expect((await until(service, 'no-card')).readers).toEqual(['Gemalto PC Twin Reader 00 00'])
    await virtual.setReader(false)
    await until(service, 'no-reader')
    expect(await service.login({ pin: '1234' })).toMatchObject({
      ok: false,
      error: { code: 'card.no-reader' },
    })
    await virtual.setReader(true)
    await virtual.insert()
    await until(service, 'pin-needed')
  })

  test('a card the module does not know, and one without contact', async () => {
    const virtual = await createVirtualCps({ folder, card: { ...card, profile: 'unknown' } })
    const service = start([virtual.modulePath])
    await until(service, 'unknown-card')
    await service.stop()
    const contactless = await createVirtualCps({ folder, card: { ...card, profile: 'contactless' } })
    await until(start([contactless.modulePath]), 'contactless-card')
  })

  test('the module', async () => {
    const state = await until(start([join(folder, 'absent.so')]), 'no-module')
    expect(state.tried).toEqual([join(folder, 'absent.so')])
  })

  test('a module that is none', async () => {
    const text = join(folder, 'text.so')
    await writeFile(text, 'not a library')
    // A real library without C_GetFunctionList.
    const stranger = process.report.getReport() as { sharedObjects: string[] }
    const libm = stranger.sharedObjects.find((path) => path.includes('libm'))
    if (!libm) throw new Error('libm.so expected')
    const service = start([text])
    const failed = await until(service, 'module-failed')
    expect(failed).toMatchObject({ path: text, error: { code: 'card.module-failed' } })
    expect(await service.login({ pin: '1234' })).toMatchObject({
      ok: false,
      error: { code: 'card.module-failed' },
    })
    const copy = join(folder, 'no-symbol.so')
    await writeFile(copy, await readFile(libm))
    expect((await until(start([copy]), 'module-failed')).path).toBe(copy)
  })

  test('a broken module gives way to the next one', async () => {
    const virtual = await makeCard()
    const text = join(folder, 'text.so')
    await writeFile(text, 'not a library')
    await until(start([text, virtual.modulePath]), 'pin-needed')
  })
})

describe('the card process', () => {
  test('taken down by a module, comes back with the next one', async () => {
    const virtual = await makeCard()
    const crashing = join(folder, 'crashing.so')
    await writeFile(
      join(folder, 'crashing.c'),
      '#include <stdlib.h>\n__attribute__((constructor)) static void boom(void) { abort(); }\n',
    )
    await promisify(execFile)('gcc', ['-shared', '-fPIC', '-o', crashing, join(folder, 'crashing.c')])
    const failed = await until(start([crashing]), 'module-failed')
    expect(failed).toMatchObject({ path: crashing, error: { code: 'card.process-lost' } })
    await until(start([crashing, virtual.modulePath]), 'pin-needed')
  })

  test('talks over the port that Electron’s main process hands it', async () => {
    const virtual = await makeCard()
    // What Electron gives a utility process: process.parentPort, then a port in its first message.
    const electron = `
      const port = {
        on: (name, listener) => process.on(name === 'close' ? 'disconnect' : name, (data) => listener({ data })),
        postMessage: (message) => process.send(message),
        start: () => undefined,
      }
      process.parentPort = { once: (name, listener) => listener({ ports: [port] }) }`
    const port = forkCardProcess({
      entry,
      env: { ...process.env, NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(electron)}` },
    })
    const answers: unknown[] = []
    const closed = new Promise<void>((done) => {
      port.onClose(done)
    })
    const answered = new Promise<void>((done) => {
      port.onMessage((message) => {
        if (answers.push(message) === 2) done()
      })
    })
    port.post({ id: 1, request: { op: 'load', path: virtual.modulePath, minimum: '3.1' } })
    port.post({ id: 2, request: { op: 'look' } })
    await answered
    expect(answers[1]).toMatchObject({
      id: 2,
      outcome: {
        ok: true,
        value: { sight: { readers: [{ content: 'card', card: { serial, open: false } }] } },
      },
    })
    port.post({ id: 3, request: { op: 'stop' } })
    await closed
    expect((await virtual.journal()).at(-1)?.fn).toBe('C_Finalize')
  })

  test('killed, is restarted and the client lives', async () => {
    const virtual = await makeCard(5000)
    const service = start([virtual.modulePath])
    await until(service, 'pin-needed')
    await service.login({ pin: '1234' })
    const signing = service.sign({ purpose: 'signature', data })
    const [pid] = pids
    if (pid === undefined) throw new Error('card process expected')
    process.kill(pid, 'SIGKILL')
    expect(await signing).toMatchObject({ ok: false, error: { code: 'card.process-lost' } })
    await until(service, 'pin-needed')
    await virtual.setSignMilliseconds(5)
    expect((await service.login({ pin: '1234' })).ok).toBe(true)
    expect((await service.sign({ purpose: 'signature', data })).ok).toBe(true)
    expect(pids).toHaveLength(2)
  })

  test('that does not answer is killed by the watchdog', async () => {
    const virtual = await makeCard(60_000)
    const service = start([virtual.modulePath])
    await until(service, 'pin-needed')
    await service.login({ pin: '1234' })
    const signing = service.sign({ purpose: 'signature', data })
    fireWatchdog()
    expect(await signing).toMatchObject({ ok: false, error: { code: 'card.timeout' } })
    await until(service, 'pin-needed')
    expect(pids).toHaveLength(2)
  })
})
