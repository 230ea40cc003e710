/**
 * The S/MIME engine under measure, in a process of its own: reads its setting, then does one operation after another as
 * ordered, from a file as `openssl cms` does, and tells what each took and the most memory it held.
 */
import { createPrivateKey, randomBytes, sign } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { fail, ok, type Outcome } from '../../app/contract/index.ts'
import { keepHeapsSmall } from '../../app/process-memory.ts'
import { createSmime, createTrust } from '../../app/smime/index.ts'
import { SmimeOrder, SmimeSetting, type SmimeAnswer } from './smime-orders.ts'

keepHeapsSmall()

const setting = SmimeSetting.parse(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')))
const bytes = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'))
const { people } = setting
const now = new Date(setting.now)
const smime = createSmime({ workerEntry: setting.worker })
const lists = new Map<string, Uint8Array>()
const trust = createTrust({
  anchors: people.anchors.map(bytes),
  environment: 'test',
  // As without a policy.
  revocation: 'prefer',
  now: () => now.getTime(),
  random: (length) => new Uint8Array(randomBytes(length)),
  fetch: () => Promise.resolve(setting.list === null ? fail('net.unreachable') : ok(bytes(setting.list))),
  store: {
    get: (url) => Promise.resolve(lists.get(url) ?? null),
    put: (url, der) => Promise.resolve(void lists.set(url, der)),
  },
})
const signingKey = createPrivateKey({
  key: Buffer.from(people.pkcs8, 'base64'),
  format: 'der',
  type: 'pkcs8',
})
const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length))
const need = <T>(outcome: Outcome<T>): T => {
  if (!outcome.ok) throw new Error(outcome.error.code)
  return outcome.value
}

const memory = (name: 'VmRSS' | 'VmHWM'): number =>
  Number(
    new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? NaN,
  ) / 1024

const operations: Record<SmimeOrder['operation'], (given: Uint8Array) => Promise<Uint8Array>> = {
  sign: async (entity) =>
    need(
      await smime.sign({
        entity,
        certificate: bytes(people.signer),
        chain: [bytes(people.authority)],
        sign: (data) => Promise.resolve(ok(new Uint8Array(sign('sha256', data, signingKey)))),
        signingTime: now,
        random,
      }),
    ),
  verify: async (raw) => {
    const opened = need(await smime.open(raw, { fromAddresses: [people.address], now, trust, keys: [] }))
    if (opened.signature.status !== 'valid') throw new Error(JSON.stringify(opened.signature))
    return opened.content
  },
  encrypt: async (entity) =>
    need(await smime.encrypt({ entity, recipients: [bytes(people.recipient)], random })),
  decrypt: async (raw) => {
    const keys = [{ certificate: bytes(people.recipient), pkcs8: bytes(people.recipientPkcs8) }]
    const opened = need(await smime.open(raw, { fromAddresses: [people.address], now, trust, keys }))
    if (opened.encryption.status !== 'decrypted') throw new Error(JSON.stringify(opened.encryption))
    return opened.content
  },
}

/** The kernel's own high-water mark, started anew: nothing between two looks is missed. */
const resetPeak = (): void => writeFileSync('/proc/self/clear_refs', '5')

/** What is resident before anything was asked: what the engine keeps of earlier calls counts, their results do not. */
const idle = memory('VmRSS')

/** Bytes; collecting costs more than a small message does. */
const collectedFrom = 500_000

const work = async ({ operation, file, expected }: SmimeOrder): Promise<SmimeAnswer> => {
  // Inputs and results of the call before, and what they were compared with, are this program's own garbage.
  if (statSync(file).size > collectedFrom)
    for (let round = 0; round < 2; round += 1) {
      globalThis.gc?.()
      await setImmediate()
    }
  resetPeak()
  const started = performance.now()
  const out = await operations[operation](readFileSync(file))
  const milliseconds = performance.now() - started
  const peak = memory('VmHWM') - idle
  const right = expected === null || Buffer.compare(out, readFileSync(expected)) === 0
  if (!right) throw new Error(`${operation} gave other bytes`)
  return { milliseconds, peak }
}

process.on('message', (message) => {
  if (message === 'stop') {
    void smime.stop().then(() => process.disconnect())
    return
  }
  void work(SmimeOrder.parse(message)).then(
    (answer) => process.send?.({ answer }),
    (error: unknown) => process.send?.({ error: String(error) }),
  )
})
