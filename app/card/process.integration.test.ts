import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { makeTestCard, makeTestCardPki } from '../../native/virtual-cps/index.ts'
import { forkCardProcess } from './index.ts'
import { anne, codeOf, makeScene, until, type Scene } from './scenes.fixture.ts'

let scene: Scene

beforeAll(async () => {
  const now = new Date()
  scene = await makeScene({ A: makeTestCard(await makeTestCardPki(now), anne, { now }) })
})
afterEach(() => scene.stopAll())
afterAll(() => scene.remove())

describe('a module', () => {
  test('that is none is said to be, and gives way to the next one', async () => {
    const text = join(scene.folder, 'text.so')
    await writeFile(text, 'not a library')
    // A real library without C_GetFunctionList.
    const { sharedObjects } = process.report.getReport() as { sharedObjects: string[] }
    const libm = sharedObjects.find((path) => path.includes('libm'))
    if (!libm) throw new Error('libm.so expected')
    const stranger = join(scene.folder, 'stranger.so')
    await writeFile(stranger, await readFile(libm))
    const service = scene.start({ modules: [text, stranger] })
    expect(await until(service, 'module-failed')).toMatchObject({
      path: text,
      error: { code: 'card.module-failed' },
    })
    expect(codeOf(await service.login({ pin: '1234' }))).toBe('card.module-failed')
    await until(scene.start({ modules: [text, stranger, scene.virtual.modulePath] }), 'pin-needed')
  })

  test('that takes its process down is left out of the next one', async () => {
    const crashing = join(scene.folder, 'crashing.so')
    const source = join(scene.folder, 'crashing.c')
    await writeFile(
      source,
      '#include <stdlib.h>\n__attribute__((constructor)) static void boom(void) { abort(); }\n',
    )
    await promisify(execFile)('gcc', ['-shared', '-fPIC', '-o', crashing, source])
    const failed = await until(scene.start({ modules: [crashing] }), 'module-failed')
    expect(failed).toMatchObject({ path: crashing, error: { code: 'card.process-lost' } })
    await until(scene.start({ modules: [crashing, scene.virtual.modulePath] }), 'pin-needed')
  })
})

describe('the card process', () => {
  test('talks over the port that Electron’s main process hands it, and finalises the module when told to stop', async () => {
    // What Electron gives a utility process: process.parentPort, then a port in its first message.
    const electron = `
      const port = {
        on: (name, listener) => process.on(name === 'close' ? 'disconnect' : name, (data) => listener({ data })),
        postMessage: (message) => process.send(message),
        start: () => undefined,
      }
      process.parentPort = { once: (name, listener) => listener({ ports: [port] }) }`
    const port = forkCardProcess({
      entry: join(import.meta.dirname, 'process.ts'),
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
    port.post({ id: 1, request: { op: 'load', path: scene.virtual.modulePath, minimum: '3.1' } })
    port.post({ id: 2, request: { op: 'look' } })
    await answered
    expect(answers[1]).toMatchObject({
      id: 2,
      outcome: {
        ok: true,
        value: { sight: { readers: [{ content: 'card', card: { serial: anne.serial, open: false } }] } },
      },
    })
    port.post({ id: 3, request: { op: 'stop' } })
    await closed
    expect((await scene.virtual.journal()).at(-1)?.fn).toBe('C_Finalize')
  })

  test('killed, is restarted and the client lives; the card it had open is asked for again', async () => {
    await scene.virtual.setSignMilliseconds(5000)
    const service = scene.start()
    await until(service, 'pin-needed')
    await service.login({ pin: '1234' })
    const signing = service.sign({ purpose: 'signature', data: Buffer.from('Compte rendu fictif') })
    const [pid] = scene.pids()
    if (pid === undefined) throw new Error('card process expected')
    process.kill(pid, 'SIGKILL')
    expect(codeOf(await signing)).toBe('card.process-lost')
    expect(await until(service, 'pin-needed')).toMatchObject({ again: true })
    await scene.virtual.setSignMilliseconds(5)
    expect(codeOf(await service.login({ pin: '1234' }))).toBe('ok')
    expect(codeOf(await service.sign({ purpose: 'signature', data: Buffer.from('x') }))).toBe('ok')
    expect(scene.pids()).toHaveLength(2)
  })

  test('keeps no PIN: none is in its journal, in a file of its folder, or told by the service', async () => {
    const service = scene.start()
    await until(service, 'pin-needed')
    await service.login({ pin: '1234' })
    expect(JSON.stringify([service.state(), service.readers(), service.module()])).not.toContain('"1234"')
    expect(await readFile(join(scene.folder, 'calls.jsonl'), 'utf8')).not.toMatch(/"1234"|"pin/i)
  })
})
