/** Imports an extraction in a process of its own, a line of its output for each look at progress: killed by the test. */
import { writeSync } from 'node:fs'
import { importExtraction } from './import.ts'
import { openBase } from './schema.ts'

const [path = '', file = ''] = process.argv.slice(2)
const db = openBase({
  ...{ path, key: new Uint8Array(32).fill(3), create: true, cacheKibibytes: 1024 },
  stopping: () => false,
})
const date = Date.parse('2026-11-21T02:00:00Z')
await importExtraction(
  db,
  { path: file, date, now: date, source: 'test', leastKept: 0, whenLess: 'refuse' },
  ({ phase }) => writeSync(1, `${phase}\n`),
  () => false,
)
writeSync(1, 'done\n')
