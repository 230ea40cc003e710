/**
 * A program of its own for lifetime.test.ts: handshakes left in every possible way, `node --expose-gc`. Prints how many of
 * their threads are left.
 */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { Worker, isMainThread, workerData } from 'node:worker_threads'
import { loadAddon, type Addon } from './addon.ts'
import { addonPath, freshCardTls, handshakeThreads, requestOver, tcpTo } from './card-tls.fixture.ts'

const addon = (): Addon => {
  const loaded = loadAddon(addonPath ?? '')
  if (!loaded.ok) throw new Error(loaded.error.code)
  return loaded.value
}

/** A handshake that has said its first word and waits; nobody holds it. */
const begin = async (): Promise<void> => {
  const options = { identity: '', place: '', certificates: [], schemes: [], tls12: true, tls13: true }
  const step = await new (addon().Connector)().start({ host: 'localhost', ...options }).step(null)
  if (step.kind !== 'read' || step.send.length === 0) throw new Error('no hello')
}

/** Looks until there are so many, for 20 s at most: how many there are. */
const atLast = async (wanted: number): Promise<number> => {
  for (let count = 0; count < 2_000 && handshakeThreads() !== wanted; count += 1) {
    globalThis.gc?.()
    await pause(10)
  }
  return handshakeThreads()
}

const ways: Record<string, () => Promise<void>> = {
  /** Let go of without a word: the garbage collector ends the thread. */
  collected: async () => {
    for (let count = 0; count < 20; count += 1) await begin()
    process.stdout.write(`${await atLast(0)}\n`)
  },
  /** A worker is ended with its handshakes. */
  worker: async () => {
    const worker = new Worker(new URL(import.meta.url), { workerData: 'begin' })
    await once(worker, 'message')
    const before = handshakeThreads()
    await worker.terminate()
    process.stdout.write(before === 1 ? `${await atLast(0)}\n` : `before: ${before}\n`)
  },
  /** The program ends, by itself or at once, while a server keeps it waiting. */
  exit: async () => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const stream = await tcpTo(typeof address === 'object' && address ? address.port : 0)
    void freshCardTls().connect(requestOver(stream, null, { handshakeMilliseconds: 60_000 }))
    process.stdout.write(`${(await atLast(1)) - 1}\n`)
    process.exit(0)
  },
}

if (isMainThread) await ways[process.argv[2] ?? '']?.()
else if (workerData === 'begin') {
  const { parentPort } = await import('node:worker_threads')
  await begin()
  parentPort?.postMessage('begun')
  await new Promise(() => setInterval(() => undefined, 1_000))
}
