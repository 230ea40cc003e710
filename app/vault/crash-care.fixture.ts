import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { ok } from '../contract/errors.ts'
import { migrations } from './migrations/index.ts'
import { openStore } from './store.ts'
import { createVault } from './vault.ts'

/**
 * Run as a program by crash-care.test.ts, once or without end, until it is killed: says « begin » when the work that must
 * not be half done begins, and « done » when it is acknowledged.
 */
const [, , work = '', folder = '', passphrase = '', target = '', code = ''] = process.argv
const say = (line: string): void => void process.stdout.write(`${line}\n`)
const signal = new AbortController().signal
const onProgress = (): void => say('step')
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

/** Heavy steps of a schema to come, over rows that are there. */
const laterSteps = [1, 2].map((step) => ({
  version: migrations.length + step,
  name: `later-${String(step)}`,
  sql: `CREATE TABLE later_${String(step)} (id INTEGER PRIMARY KEY, value TEXT) STRICT;
    INSERT INTO later_${String(step)} SELECT rowid, hex(randomblob(200)) FROM correspondents;
    UPDATE correspondents SET received = received + 1;`,
}))

if (work === 'migrate') {
  say('begin')
  const key = new Uint8Array(Buffer.from(code, 'hex'))
  const store = openStore({
    path: path.join(folder, 'store.db'),
    key,
    create: false,
    migrations: [...migrations, ...laterSteps],
    stopping: () => false,
  })
  if (!store.ok) throw new Error(store.error.code)
  say('done')
  store.value.close()
} else {
  // The recovery code where it stays the same: it costs nothing to try.
  const opened = await vault.open(
    work === 'slots' ? { kind: 'passphrase', passphrase } : { kind: 'recovery', code },
  )
  if (!opened.ok) throw new Error(opened.error.code)
  for (;;) {
    say('begin')
    const outcome =
      work === 'backup'
        ? await vault.care.backup({ target, passphrase: null, signal, onProgress })
        : work === 'restore'
          ? await vault.care.restore({
              file: target,
              unlock: { kind: 'recovery', code },
              secret: null,
              signal,
              onProgress,
            })
          : work === 'compact'
            ? await vault.care.compact({ signal, onProgress })
            : work === 'rebuild'
              ? await vault.care.rebuild({ secret: null, signal, onProgress })
              : await vault.renewRecovery()
    if (!outcome.ok) throw new Error(outcome.error.code)
    say('done')
  }
}
