import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { join } from 'node:path'
import { getHeapSpaceStatistics } from 'node:v8'
import { z } from 'zod'

const Message = z.object({ id: z.number().optional(), result: z.object({ profile: z.unknown() }).optional() })

const stopId = 3

/** The kernel's account of this process's memory, mapping by mapping, and V8's of the main thread's. */
export const writeMemory = (folder: string): void => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'smaps'), readFileSync('/proc/self/smaps'))
  const main = { usage: process.memoryUsage(), spaces: getHeapSpaceStatistics() }
  writeFileSync(join(folder, 'heap.json'), JSON.stringify(main, null, 2))
}

/**
 * Profiles every worker thread started from now on (`--cpu-prof` knows nothing of workers whose options are their own, and
 * of those that are terminated). `collect` ends the profiles and writes one file for each thread still alive.
 */
export const profileWorkers = async (folder: string): Promise<{ collect: () => Promise<void> }> => {
  const session = new Session()
  session.connect()
  const alive = new Map<string, PromiseWithResolvers<void>>()
  const send = (sessionId: string, message: object): void =>
    void session
      .post('NodeWorker.sendMessageToWorker', { sessionId, message: JSON.stringify(message) })
      .catch(() => alive.get(sessionId)?.resolve())
  session.on('NodeWorker.attachedToWorker', ({ params: { sessionId } }) => {
    alive.set(sessionId, Promise.withResolvers<void>())
    send(sessionId, { id: 1, method: 'Profiler.enable' })
    send(sessionId, { id: 2, method: 'Profiler.start' })
  })
  session.on('NodeWorker.detachedFromWorker', ({ params: { sessionId } }) => {
    alive.get(sessionId)?.resolve()
    alive.delete(sessionId)
  })
  session.on('NodeWorker.receivedMessageFromWorker', ({ params: { sessionId, message } }) => {
    const { id, result } = Message.parse(JSON.parse(message))
    if (id !== stopId || !result) return
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, `worker-${sessionId}.cpuprofile`), JSON.stringify(result.profile))
    alive.get(sessionId)?.resolve()
  })
  await session.post('NodeWorker.enable', { waitForDebuggerOnStart: false })
  return {
    collect: async () => {
      for (const sessionId of alive.keys()) send(sessionId, { id: stopId, method: 'Profiler.stop' })
      await Promise.all([...alive.values()].map(({ promise }) => promise))
    },
  }
}
