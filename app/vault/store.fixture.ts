import { randomBytes } from 'node:crypto'
import { onTestFinished } from 'vitest'
import type { SqlDatabase } from './database.ts'
import { migrations } from './migrations/index.ts'
import { openStore } from './store.ts'
import { value } from './vault.fixture.ts'

/** An encrypted store in memory with the current schema, closed when the test ends. */
export const storeForTest = (): SqlDatabase => {
  const db = value(
    openStore({
      path: ':memory:',
      key: new Uint8Array(randomBytes(32)),
      create: true,
      migrations,
      stopping: () => false,
    }),
  )
  onTestFinished(() => {
    db.close()
  })
  return db
}
