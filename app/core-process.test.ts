import type * as NodeCrypto from 'node:crypto'
import { EventEmitter } from 'node:events'
import { afterAll, expect, it, vi } from 'vitest'
import type { FromCore, ToCore } from './contract/index.ts'

vi.mock('node:crypto', async (importOriginal) => {
  const crypto = await importOriginal<typeof NodeCrypto>()
  const createHash: typeof crypto.createHash = (name, options) => {
    if (name === 'sha384') throw new Error('Digest method not supported')
    return crypto.createHash(name, options)
  }
  return { ...crypto, createHash, default: { ...crypto, createHash } }
})

afterAll(() => {
  Reflect.deleteProperty(process, 'parentPort')
  process.removeAllListeners('uncaughtException')
})

it('a core whose Node lacks an algorithm opens nothing, says so to windows, and names it in the technical log', async () => {
  const posted: FromCore[] = []
  const port = Object.assign(new EventEmitter(), { postMessage: (message: FromCore) => posted.push(message) })
  Object.assign(process, { parentPort: port })
  const lines: string[] = []
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((line) => lines.push(String(line)) > 0)
  await import('./core-process.ts')
  const say = (data: ToCore): void => void port.emit('message', { data, ports: [] })
  const start = {
    profileFolder: '/nowhere',
    openedFolder: '/nowhere',
    policy: {},
    vaultWorker: '/nowhere',
    smimeWorker: '/nowhere',
    cardTlsAddon: '/nowhere',
    readingWorker: '/nowhere',
    indexingWorker: '/nowhere',
    directoryWorker: '/nowhere',
    printWorker: '/nowhere',
    writingWorker: '/nowhere',
    printFonts: '/nowhere',
    version: '0.0.0',
  }
  say({ kind: 'start', start })
  await expect.poll(() => posted).toEqual([{ kind: 'ready' }])
  write.mockRestore()
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
    { level: 'error', process: 'core', event: 'algorithm-missing', names: ['sha384'] },
  ])
  say({ kind: 'invoke', id: 1, method: 'session.state', input: null })
  await expect.poll(() => posted).toHaveLength(2)
  expect(posted[1]).toMatchObject({
    kind: 'reply',
    id: 1,
    outcome: { ok: false, error: { code: 'core.algorithm-missing' } },
  })
})
