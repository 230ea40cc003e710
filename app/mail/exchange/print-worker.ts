import { parentPort, workerData } from 'node:worker_threads'
import { createPrinter } from './print.ts'
import type { FromPrinter, PrintRequest, ToPrinter } from './printed.ts'

if (!parentPort) throw new Error('the printer must be started as a worker thread')
const port = parentPort
const printer = createPrinter(workerData as PrintRequest)
const answer = (message: FromPrinter): void => port.postMessage(message)
const refuse = (cause: unknown): void => {
  const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined
  answer({ ok: false, code: typeof code === 'string' ? code : 'print' })
}
printer.failed.catch(refuse)

port.on('message', (message: ToPrinter) => {
  try {
    if (message.kind === 'message') {
      printer.add(message.message)
      answer({ ok: true })
      return
    }
    printer.end().then(() => answer({ ok: true }), refuse)
  } catch (cause) {
    refuse(cause)
  }
})
