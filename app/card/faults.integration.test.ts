import { execFile } from 'node:child_process'
import { access, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { verify, X509Certificate } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { findModules } from './modules.ts'
import type { CardService } from './index.ts'
import { anne, codeOf, makeCards, makeScene, passed, until, type Scene } from './scenes.fixture.ts'

// Rows of cps-card.md §6.4 about the module and its process.
const message = Buffer.from('Compte rendu fictif')
let scene: Scene

beforeAll(async () => {
  const { cards } = await makeCards()
  scene = await makeScene(cards)
})
afterEach(async () => {
  await scene.stopAll()
  await scene.virtual.clearFaults()
  await scene.virtual.setModule({ lock: 'global', behaviour: 'cryptolib', slotCache: false, journal: 'busy' })
  await scene.virtual.setCard({ signMilliseconds: 5 })
  await scene.virtual.insert('A')
})
afterAll(() => scene.remove())

const opened = async (options: Parameters<Scene['start']>[0] = {}): Promise<CardService> => {
  const service = scene.start(options)
  await until(service, 'pin-needed')
  expect(codeOf(await service.login({ pin: '1234' }))).toBe('ok')
  return service
}
/** Waits until a fault has happened. */
const struck = async (fault: string): Promise<void> =>
  await expect.poll(() => scene.virtual.fired(), { interval: 20 }).toContain(fault)

/** Makes so many looks in a row fail, each at another call of it. */
const failLooks = (rv: string, looks: number): Promise<void> =>
  scene.virtual.set(
    Object.fromEntries(
      ['C_WaitForSlotEvent', 'C_GetSessionInfo', 'C_GetSlotInfo', 'C_GetSlotList']
        .slice(0, looks)
        .map((fn) => [`fault look-${rv}-${fn}`, `* ${fn} before rv:${rv}`]),
    ),
  )

const sign = (service: CardService) => service.sign({ purpose: 'signature', data: message })

describe('a slow card', () => {
  test('signs in the order asked, nobody looks at readers meanwhile, and the core goes on', async () => {
    await scene.virtual.setCard({ signMilliseconds: 600 })
    await scene.virtual.setModule({ journal: 'all' })
    const service = await opened()
    const before = (await scene.virtual.journal()).length
    let ticks = 0
    const timer = setInterval(() => (ticks += 1), 10)
    const order: string[] = []
    await Promise.all(
      (['signature', 'authentication', 'signature'] as const).map(async (purpose, index) => {
        expect(codeOf(await service.sign({ purpose, data: message }))).toBe('ok')
        order.push(`${purpose} ${index}`)
      }),
    )
    clearInterval(timer)
    expect(order).toEqual(['signature 0', 'authentication 1', 'signature 2'])
    // One or two, were the core held up by each of the three signatures.
    expect(ticks).toBeGreaterThan(6)
    const calls = (await scene.virtual.journal()).slice(before).map(({ fn }) => fn)
    const first = calls.indexOf('C_SignInit')
    const during = calls.slice(first, calls.lastIndexOf('C_Sign') + 1)
    expect(new Set(during)).toEqual(new Set(['C_SignInit', 'C_Sign']))
    const keys = (await scene.virtual.journal()).filter(({ fn }) => fn === 'C_Sign').slice(-3)
    expect(keys.map(({ keyLabel }) => keyLabel)).toEqual(['CPS_PRIV_SIG', 'CPS_PRIV_AUT', 'CPS_PRIV_SIG'])
  })
})

describe('a login lost to another program', () => {
  test('is asked for once, whatever was waiting, and never answered by SousPli itself', async () => {
    const service = await opened()
    const before = (await scene.virtual.journal()).filter(({ fn }) => fn === 'C_Login').length
    const questions: string[] = []
    service.onChange((state) => questions.push(state.state))
    await scene.virtual.fault({ fn: 'C_SignInit', action: 'lose_login' })
    const outcomes = await Promise.all([sign(service), sign(service), sign(service)])
    expect(outcomes.map(codeOf)).toEqual([
      'card.login-required',
      'card.login-required',
      'card.login-required',
    ])
    expect(service.state()).toMatchObject({
      state: 'pin-needed',
      again: true,
      token: { serial: anne.serial },
    })
    expect(questions).toEqual(['pin-needed'])
    expect(codeOf(await service.login({ pin: '1234' }))).toBe('ok')
    expect(codeOf(await sign(service))).toBe('ok')
    expect((await scene.virtual.journal()).filter(({ fn }) => fn === 'C_Login')).toHaveLength(before + 1)
  })
})

describe('a driver that fails', () => {
  test('hangs: the watchdog ends it, what waits is told, another process takes over', async () => {
    const service = await opened()
    const hang = await scene.virtual.fault({ fn: 'C_Sign', action: 'hang:60000' })
    const hung = sign(service)
    const waiting = sign(service)
    await struck(hang)
    scene.fireWatchdog()
    expect(codeOf(await hung)).toBe('card.timeout')
    expect(codeOf(await waiting)).toBe('card.process-lost')
    expect(await until(service, 'pin-needed')).toMatchObject({ again: true })
    expect(codeOf(await service.login({ pin: '1234' }))).toBe('ok')
    expect(codeOf(await sign(service))).toBe('ok')
    expect(scene.pids()).toHaveLength(2)
  })

  test('hangs in a look at the readers', async () => {
    const service = scene.start()
    await until(service, 'pin-needed')
    await struck(await scene.virtual.fault({ fn: 'C_GetSessionInfo', action: 'hang:60000' }))
    await passed(service, 'starting', () => Promise.resolve(scene.fireWatchdog()))
    await until(service, 'pin-needed')
    expect(scene.pids()).toHaveLength(2)
  })

  test('hangs while the program ends: it is not waited for', async () => {
    const service = scene.start()
    await until(service, 'pin-needed')
    await struck(await scene.virtual.fault({ fn: 'C_GetSessionInfo', action: 'hang:600000' }))
    await service.stop()
    const [pid] = scene.pids()
    if (pid === undefined) throw new Error('card process expected')
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), { timeout: 30_000 })
  })

  test.each(['C_Sign', 'C_Login', 'C_GetTokenInfo'] as const)('crashes in %s: the core lives', async (fn) => {
    const service = fn === 'C_Sign' ? await opened() : scene.start()
    await until(service, fn === 'C_Sign' ? 'open' : 'pin-needed')
    await scene.virtual.fault({ fn, action: 'crash' })
    const outcome = fn === 'C_Sign' ? await sign(service) : await service.login({ pin: '1234' })
    expect(codeOf(outcome)).toBe('card.process-lost')
    await until(service, 'pin-needed')
    expect(codeOf(await service.login({ pin: '1234' }))).toBe('ok')
    expect(await scene.virtual.triesLeft()).toBe(3)
  })

  test.each([
    ['80000001', 'card.updating'],
    ['5', 'card.operation-failed'],
    ['63', 'card.mechanism-unavailable'],
    ['32', 'card.removed'],
    ['101', 'card.login-required'],
  ])('answers 0x%s to a signature: %s', async (rv, code) => {
    const service = await opened()
    await scene.virtual.fault({ fn: 'C_Sign', action: `rv:${rv}` })
    expect(codeOf(await sign(service))).toBe(code)
    // Whatever it was, the card serves again, after its PIN where that was lost.
    await until(service, code === 'card.removed' || code === 'card.login-required' ? 'pin-needed' : 'open')
  })

  test('fails at every look: said with its code, and a fresh process is tried', async () => {
    const service = scene.start()
    await until(service, 'pin-needed')
    expect(await passed(service, 'module-failed', () => failLooks('80000002', 3))).toMatchObject({
      error: { code: 'card.operation-failed', details: { reason: 'CKR_VENDOR 0x80000002' } },
    })
    await until(service, 'pin-needed')
    expect(scene.pids()).toHaveLength(2)
  })

  test('says that the card is being updated: waited for, in the same process', async () => {
    const service = scene.start()
    await until(service, 'pin-needed')
    const failed = await passed(service, 'module-failed', () => failLooks('80000001', 4))
    expect(failed.error.code).toBe('card.updating')
    await until(service, 'pin-needed')
    expect(scene.pids()).toHaveLength(1)
  })

  test('fails at one look, or at all while the card is updated: an open card stays open', async () => {
    const service = await opened()
    const states: string[] = []
    service.onChange(({ state }) => states.push(state))
    for (const rv of ['5', '80000001', '80000001'])
      await struck(await scene.virtual.fault({ fn: 'C_GetSlotList', action: `rv:${rv}` }))
    expect(codeOf(await sign(service))).toBe('ok')
    expect(states.filter((state) => state !== 'open')).toEqual([])
  })

  test('exchanges the card while the PIN is on its way: the PIN goes to nobody', async () => {
    const service = scene.start()
    await until(service, 'pin-needed')
    await scene.virtual.fault({ fn: 'C_GetTokenInfo', action: 'swap:B' })
    const before = (await scene.virtual.journal()).filter(({ fn }) => fn === 'C_Login').length
    expect(codeOf(await service.login({ pin: '1234', serial: anne.serial }))).toBe('card.removed')
    expect((await scene.virtual.journal()).filter(({ fn }) => fn === 'C_Login')).toHaveLength(before)
    expect(await until(service, 'pin-needed')).not.toMatchObject({ token: { serial: anne.serial } })
  })
})

describe('modules that behave otherwise', () => {
  test.each([
    { behaviour: 'strict' },
    { behaviour: 'opensc' },
    { lock: 'none' },
    { slotCache: true },
  ] as const)('%o', async (settings) => {
    await scene.virtual.setModule(settings)
    const service = await opened()
    const credential = await service.credential({ purpose: 'authentication' })
    if (!credential.ok) throw new Error(credential.error.code)
    const signed = await credential.value.sign({ scheme: 'rsa_pkcs1_sha256', message })
    if (!signed.ok) throw new Error(signed.error.code)
    const { publicKey } = new X509Certificate(credential.value.certificate)
    expect(verify('sha256', message, publicKey, signed.value)).toBe(true)
    await passed(service, 'removed', () => scene.virtual.remove())
  })
})

describe('the module', () => {
  /** A module of a few lines, that says what it is told to. */
  const makeModule = async (name: string, description: string, version: string): Promise<string> => {
    const [source, library] = [join(scene.folder, `${name}.c`), join(scene.folder, `${name}.so`)]
    const [major, minor] = version.split('.')
    await writeFile(
      source,
      `#include <string.h>
      typedef unsigned long U;
      struct info { unsigned char c[2]; unsigned char m[32]; U f; unsigned char d[32]; unsigned char v[2]; };
      static U yes(void *p) { (void)p; return 0; }
      static U get(struct info *i) {
        memset(i, ' ', sizeof *i); i->c[0] = 2; i->c[1] = 20; i->f = 0; i->v[0] = ${major}; i->v[1] = ${minor};
        memcpy(i->d, "${description}", ${description.length}); return 0; }
      static struct { unsigned char v[2]; void *f[68]; } list = { {2, 20}, { yes, yes, get } };
      U C_GetFunctionList(void **p) { *p = &list; return 0; }`,
    )
    await promisify(execFile)('gcc', ['-shared', '-fPIC', '-w', '-o', library, source])
    return library
  }

  test('of before package 5.2 is refused, unless the policy takes it; another one is tried', async () => {
    const old = await makeModule('old', 'CPS3 PKCS#11 LINUX', '2.10')
    const service = scene.start({ modules: [old] })
    expect(await until(service, 'module-failed')).toMatchObject({
      path: old,
      error: { code: 'card.module-too-old', details: { version: '2.10', minimum: '3.1' } },
    })
    expect(codeOf(await service.login({ pin: '1234' }))).toBe('card.module-too-old')
    const both = scene.start({ modules: [old, scene.virtual.modulePath] })
    await until(both, 'pin-needed')
    expect(both.module()).toEqual({
      path: scene.virtual.modulePath,
      manufacturer: 'ANS',
      description: 'CPS3 PKCS#11 LINUX',
      libraryVersion: '3.1',
      cryptokiVersion: '2.20',
    })
    const strict = scene.start({ policy: { cardModuleVersion: '3.4' } })
    expect((await until(strict, 'module-failed')).error.code).toBe('card.module-too-old')
  })

  test('of another architecture is told as such, before it is loaded', async () => {
    const wrong = join(scene.folder, 'wrong.so')
    // ELF, 32 bits, Intel.
    const head = Buffer.alloc(64)
    head.write('\x7fELF\x01\x01\x01', 'latin1')
    head.writeUInt16LE(3, 16)
    head.writeUInt16LE(3, 18)
    await writeFile(wrong, head)
    expect(await until(scene.start({ modules: [wrong] }), 'module-failed')).toMatchObject({
      error: { code: 'card.module-architecture', details: { found: 'ia32', needed: process.arch } },
    })
  })

  test('absent', async () => {
    const service = scene.start({ modules: [join(scene.folder, 'absent.so')] })
    expect((await until(service, 'no-module')).tried).toEqual([join(scene.folder, 'absent.so')])
    expect(codeOf(await service.login({ pin: '1234' }))).toBe('card.no-module')
  })
})

const known = await findModules({
  policyPaths: [],
  platform: process.platform,
  arch: process.arch,
  fileExists: (path) =>
    access(path).then(
      () => true,
      () => false,
    ),
  readFile: (path) => readFile(path, 'utf8'),
})
const [genuine] = known.found

describe('the genuine Cryptolib CPS', () => {
  const where = genuine ?? `skipped: not on this machine (looked at ${known.tried.join(', ')})`
  test.skipIf(genuine === undefined)(`loads without a reader (${where})`, async () => {
    const service = scene.start({ modules: genuine === undefined ? [] : [genuine] })
    await until(service, 'no-reader')
    expect(service.module()?.description).toMatch(/^CPS3 PKCS#11/)
    await service.stop()
  })
})
