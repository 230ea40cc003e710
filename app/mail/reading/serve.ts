import type { MessagePort } from 'node:worker_threads'
import { packReadings, type BodyReading } from '../../vault/index.ts'
import type { FromReader, ToReader } from './protocol.ts'
import { readSource, unread, type Enrich } from './source.ts'

/** The worker's side: reads the batches that come through `port`, one after the other. */
export const serveReading = (port: MessagePort, enrich: Enrich): void => {
  const read = async ({ sources, at }: ToReader): Promise<FromReader> => {
    const current = new Int32Array(at)
    const readings: BodyReading[] = []
    for (const [index, source] of sources.entries()) {
      Atomics.store(current, 0, index)
      readings.push(source === null ? unread('mime.limit') : await readSource(new Uint8Array(source), enrich))
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
