import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { ok } from '../contract/errors.ts'
import { createVault } from './vault.ts'

/** Run as a program by crash.test.ts: writes without end and says what was acknowledged, until it is killed. */
const [, , folder = '', passphrase = ''] = process.argv
const vault = createVault({
  folder,
  workerEntry: path.join(import.meta.dirname, 'worker.ts'),
  random: (n) => new Uint8Array(randomBytes(n)),
  now: () => Date.now(),
  deviceSecret: {
    protect: (bytes) => Promise.resolve(ok(bytes)),
    unprotect: (bytes) => Promise.resolve(ok(bytes)),
  },
})
const opened = await vault.open({ kind: 'passphrase', passphrase })
if (!opened.ok) throw new Error(opened.error.code)
const part = async function* (text: string) {
  yield await Promise.resolve(Buffer.from(text))
}
for (let n = 1; ; n += 1) {
  // Both in one operation, or neither: the index and what it counts.
  const words = { id: n, body: `ecriture ${String(n)}` }
  const indexed = await vault.run('search.index', { messages: [words, { ...words, id: n + 1_000_000 }] })
  const written = await vault.parts.write(part(`piece ${String(n)}`))
  if (!indexed.ok || !written.ok) throw new Error('not written')
  process.stdout.write(`${String(n)}\n`)
}
