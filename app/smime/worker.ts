import { parentPort } from 'node:worker_threads'
import { fail } from '../contract/errors.ts'
import { seal } from './encrypt.ts'
import { takeApart } from './open.ts'
import { importP12 } from './p12.ts'
import type { SmimeJobs, SmimeResults, ToSmimeWorker } from './worker-protocol.ts'

/** Below, bytes may lie in a pool that cannot be given away. */
const transferable = 64 * 1024

if (!parentPort) throw new Error('the S/MIME worker must be started as a worker thread')
const port = parentPort

const open = ({ raw, keys, known, overwrite }: SmimeJobs['open']): SmimeResults['open'] => {
  try {
    const apart = takeApart(raw, keys, { known, overwrite })
    const untouched = apart.content === raw
    const last = apart.layers.at(-1)
    // The caller has the message itself, and nothing was read from a message that cannot be decrypted.
    const unread = untouched && last?.kind === 'encryption' && last.encryption.status === 'failed'
    const content = untouched || apart.spoiled ? null : apart.content
    return { ...apart, content, spoiled: apart.spoiled && !unread }
  } finally {
    for (const { pkcs8 } of keys) pkcs8.fill(0)
  }
}

/** What a job came to, and the bytes given back with it. */
const work = (
  message: ToSmimeWorker,
): { value: SmimeResults[keyof SmimeResults]; rooms: (Uint8Array | null)[] } => {
  if (message.kind === 'open') {
    const value = open(message.job)
    return { value, rooms: [message.job.raw, value.content] }
  }
  if (message.kind === 'importP12') {
    const { bytes, passphrase } = message.job
    const imported = importP12(bytes, passphrase)
    // Small: what goes back is copied, and what stays here goes with the thread.
    const value = imported.ok ? imported : fail(imported.error.code, { retry: imported.error.retry })
    return { value, rooms: [] }
  }
  const value = seal(message.job)
  return { value, rooms: [value] }
}

port.on('message', (message: ToSmimeWorker) => {
  const { value, rooms } = work(message)
  const given = rooms.flatMap((room) =>
    room && room.buffer.byteLength >= transferable ? [room.buffer as ArrayBuffer] : [],
  )
  port.postMessage(value, [...new Set(given)])
})
