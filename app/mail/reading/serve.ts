import type { MessagePort } from 'node:worker_threads'
import { packReadings, type BodyReading } from '../../vault/index.ts'
import type { FromReader, ToReader } from './protocol.ts'
import { readSource, unread, type Enrich } from './source.ts'

/** What is the worker's own and larger than this is given back at once, not when garbage is collected. */
const largeBytes = 1024 * 1024

/** The worker's side: reads the batches that come through `port`, one after the other. */
export const serveReading = (port: MessagePort, enrich: Enrich): void => {
  const read = async ({ sources, at }: ToReader): Promise<FromReader> => {
    const current = new Int32Array(at)
    const readings: BodyReading[] = []
    for (const [index, source] of sources.entries()) {
      Atomics.store(current, 0, index)
      // Shared memory is for moving only: what reads gets bytes nobody else can touch.
      const own = source?.buffer instanceof SharedArrayBuffer ? new Uint8Array(source) : source
      readings.push(own === null ? unread('mime.limit') : await readSource(own, enrich))
      if (own && own.byteLength > largeBytes && own.buffer instanceof ArrayBuffer) own.buffer.transfer(0)
    }
    return { readings: packReadings(readings) }
  }
  port.on('message', (message: ToReader) => {
    read(message).then(
      (answer) => port.postMessage(answer, 'readings' in answer ? [answer.readings.buffer] : []),
      (error: unknown) =>
        port.postMessage({ fault: error instanceof Error ? (error.stack ?? error.name) : typeof error }),
    )
  })
}
