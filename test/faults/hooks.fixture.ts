/**
 * Seen from outside the engine: store operations, changes of the file system, and lines of protocol, each marked before
 * it happens. Import this before anything of the engine, which keeps its own references.
 */
import { EventEmitter } from 'node:events'
import fsPromises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { Socket } from 'node:net'
import { Worker } from 'node:worker_threads'
import type { Tracer } from './trace.ts'

let tracer: Tracer | null = null

/** From now on the program tells what it does. */
export const traceTo = (next: Tracer): void => {
  tracer = next
}

type Method = (...args: unknown[]) => unknown

/** Marks each call of a method, then lets it happen. */
const before = (target: object, name: string, mark: (args: unknown[], self: unknown) => void): void => {
  const original = Reflect.get(target, name) as Method
  Reflect.set(target, name, function (this: unknown, ...args: unknown[]) {
    mark(args, this)
    return Reflect.apply(original, this, args)
  })
}

const textOf = (value: unknown, name: string): string => {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : null
  return typeof found === 'string' ? found : ''
}

before(Worker.prototype, 'postMessage', ([message]) => {
  const type = textOf(message, 'type')
  if (type === 'run' || type === 'open') tracer?.mark('op', type === 'run' ? textOf(message, 'name') : 'open')
})
const emit = Reflect.get(EventEmitter.prototype, 'emit') as Method
Reflect.set(Worker.prototype, 'emit', function (this: unknown, ...args: unknown[]) {
  if (args[0] === 'message') tracer?.mark('answer', textOf(args[1], 'type'))
  return Reflect.apply(emit, this, args)
})

for (const name of ['rename', 'rm', 'mkdir', 'copyFile', 'writeFile', 'unlink', 'truncate'])
  before(fsPromises, name, () => tracer?.mark('fs', name))
const open = fsPromises.open
let handles = false
Reflect.set(fsPromises, 'open', async (...args: Parameters<typeof open>) => {
  const flags = args[1]
  if (flags !== 'r' && flags !== undefined) tracer?.mark('fs', 'open')
  const handle = await open(...args)
  if (!handles) {
    handles = true
    const shared: unknown = Object.getPrototypeOf(handle)
    if (typeof shared === 'object' && shared !== null)
      for (const name of ['write', 'writeFile', 'sync', 'datasync', 'truncate'])
        before(shared, name, () => tracer?.mark('fs', name))
  }
  return handle
})
syncBuiltinESMExports()

const smtpVerb = /^(EHLO|STARTTLS|AUTH|MAIL FROM|RCPT TO|DATA|RSET|QUIT)\b/
const imapVerb = /^[0-9A-Z]+ ((?:UID )?[A-Z]{2,12})(?: (?:[0-9:,*]+ )?\(?(BODY|FLAGS|UID|ENVELOPE)?)?/
/** Bytes of a message on the way to the submission server, one mark per piece. */
let submitting = false

before(Socket.prototype, 'write', ([chunk]) => {
  if (!(typeof chunk === 'string' || chunk instanceof Uint8Array)) return
  const text =
    typeof chunk === 'string' ? chunk.slice(0, 60) : Buffer.from(chunk.subarray(0, 60)).toString('latin1')
  const smtp = smtpVerb.exec(text)
  if (smtp) {
    submitting = smtp[1] === 'DATA'
    tracer?.mark('net', `smtp ${smtp[1] ?? ''}`)
    return
  }
  const tail =
    typeof chunk === 'string' ? chunk.slice(-5) : Buffer.from(chunk.subarray(-5)).toString('latin1')
  if (submitting) {
    const last = tail.endsWith('\r\n.\r\n') || tail === '.\r\n'
    if (last) submitting = false
    tracer?.mark('net', last ? 'smtp end of message' : 'smtp message')
    return
  }
  const imap = imapVerb.exec(text)
  if (imap) tracer?.mark('net', `imap ${imap[1] ?? ''}`)
  else if (text.startsWith('DONE')) tracer?.mark('net', 'imap DONE')
})
