import { ok } from '../contract/errors.ts'
import { operations, type OperationName } from './operations/index.ts'
import type { Operation } from './operation.ts'
import { storeForTest } from './store.fixture.ts'
import type { Vault } from './vault.ts'

/** Operations on a store in memory, without worker and slots; ended with the test. */
export const runningStore = (now: () => number): Vault => {
  const db = storeForTest()
  const run = (name: OperationName, given: unknown) => {
    const operation = operations[name] as Operation<unknown, unknown>
    return Promise.resolve(ok(db.transaction(() => operation(db, given, { now }))))
  }
  return { run, isOpen: () => true } as unknown as Vault
}
