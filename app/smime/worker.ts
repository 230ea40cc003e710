import { parentPort } from 'node:worker_threads'
import { ok, toErrorData, type Outcome } from '../contract/errors.ts'
import { sealEntity } from './encrypt.ts'
import { takeApart } from './open.ts'
import { digestEntity } from './sign.ts'
import type { FromSmimeWorker, SmimeJobs, SmimeResults, ToSmimeWorker } from './worker-protocol.ts'

/** Below, bytes may lie in a pool that cannot be given away. */
const transferable = 64 * 1024

if (!parentPort) throw new Error('the S/MIME worker must be started as a worker thread')
const port = parentPort

const open = ({ raw, keys }: SmimeJobs['open']): SmimeResults['open'] => {
  try {
    const apart = takeApart(raw, keys)
    return { ...apart, content: apart.content === raw ? null : apart.content }
  } finally {
    for (const { pkcs8 } of keys) pkcs8.fill(0)
  }
}

const work = (message: ToSmimeWorker): Outcome<FromSmimeWorker & { ok: true }> => {
  const wrap = (value: SmimeResults[keyof SmimeResults]) => ok({ ok: true as const, value })
  switch (message.kind) {
    case 'open':
      return wrap(open(message.job))
    case 'encrypt': {
      const sealed = sealEntity(message.job.entity, message.job.recipients, message.job.secrets)
      return sealed.ok ? wrap(sealed.value) : sealed
    }
    case 'digest': {
      const digest = digestEntity(message.job.entity)
      return digest.ok ? wrap(digest.value) : digest
    }
  }
}

port.on('message', (message: ToSmimeWorker) => {
  const done = work(message)
  const answer: FromSmimeWorker = done.ok ? done.value : { ok: false, error: toErrorData(done.error) }
  const value = answer.ok ? answer.value : null
  const bytes = value instanceof Uint8Array ? value : (value?.content ?? null)
  const given = bytes && bytes.length >= transferable ? [bytes.buffer as ArrayBuffer] : []
  port.postMessage(answer, given)
})
