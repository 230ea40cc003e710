import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { ok, type TraceChain } from '../../contract/index.ts'
import { storeForTest } from '../../vault/store.fixture.ts'
import type { SqlDatabase } from '../../vault/database.ts'
import { traceOperations } from '../../vault/operations/traces.ts'
import { createTraceRecorder } from './recorder.ts'

// ECO.4.1.1: who has the key of the store can write what he wants into it. What the check says of every way of it.
const day = 86_400_000
const begin = Date.UTC(2026, 10, 2, 8)

/** A workstation: stores that can be put in each other's place, a clock, and the witness outside them. */
const workstation = () => {
  let db = storeForTest()
  let file: string | null = null
  let broken = false
  let now = begin
  const faults: unknown[] = []
  const run = (name: keyof typeof traceOperations, params: never) =>
    Promise.resolve(ok(traceOperations[name](db, params, { now: () => now })))
  const recorder = createTraceRecorder({
    vault: { run: run as never },
    now: () => now,
    after: () => () => undefined,
    author: () => ({ professional: null, openedBy: 'passphrase', workstation: 'essai@poste-1' }),
    months: 12,
    witness: {
      read: () => (broken ? Promise.reject(new Error('share away')) : Promise.resolve(file)),
      append: (line) => {
        if (broken) return Promise.reject(new Error('share away'))
        file = (file ?? '') + line
        return Promise.resolve()
      },
    },
    onChecked: () => undefined,
    onFault: (error) => faults.push(error),
  })
  const verdict = async (): Promise<TraceChain> => {
    const checked = await recorder.verify()
    if (!checked.ok) throw new Error(checked.error.code)
    return checked.value
  }
  return {
    faults,
    recorder,
    db: () => db,
    file: () => file,
    putFile: (text: string | null) => (file = text),
    breakWitness: (value: boolean) => (broken = value),
    clock: (at: number) => (now = at),
    putStore: (other: SqlDatabase) => (db = other),
    /** The mailbox is opened, something is done on it, and it is closed again; what the check at the opening said. */
    session: async (count = 4): Promise<TraceChain> => {
      recorder.start()
      recorder.record({ action: 'session-opened', request: 'session.open' })
      for (let index = 0; index < count; index += 1) {
        now += 60_000
        recorder.record({ action: 'read', request: 'messages.view', target: `<${String(index)}@essai>` })
      }
      await recorder.flush()
      const found = await verdict()
      await recorder.stop()
      return found
    },
    verdict,
  }
}

/** Another store with the same rows: a copy of the file. */
const copyOf = (db: SqlDatabase): SqlDatabase => {
  const copy = storeForTest()
  for (const table of ['traces', 'trace_ends'])
    for (const row of db.prepare(`SELECT * FROM ${table}`).all<Record<string, string | number>>()) {
      const names = Object.keys(row)
      copy
        .prepare(
          `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map((name) => `$${name}`).join(', ')})`,
        )
        .run(row)
    }
  return copy
}

/** What somebody with the key can do: the whole chain again from trace `seq` on, every hash and the ends right. */
const rewrite = (db: SqlDatabase, seq: number, change: string): void => {
  db.exec(change)
  const columns =
    'seq, at, author, author_name, opened_by, workstation, automatic, account, action, target, request, answer, outcome, code'
  let hash =
    db.prepare('SELECT hash FROM traces WHERE seq = $seq').get<{ hash: string }>({ seq: seq - 1 })?.hash ?? ''
  for (const row of db
    .prepare(`SELECT ${columns} FROM traces WHERE seq >= ${String(seq)} ORDER BY seq`)
    .all<object>()) {
    hash = createHash('sha256')
      .update(`${hash}\n${JSON.stringify(Object.values(row))}`)
      .digest('hex')
    db.prepare('UPDATE traces SET hash = $hash WHERE seq = $seq').run({
      hash,
      seq: Number(Reflect.get(row, 'seq')),
    })
  }
  db.prepare(
    "UPDATE trace_ends SET hash = $hash, seq = (SELECT max(seq) FROM traces) WHERE name = 'head'",
  ).run({ hash })
}

it('holds from one opening to the next, and the witness takes the ends down', async () => {
  const here = workstation()
  expect(await here.session()).toMatchObject({ state: 'intact', notices: [] })
  expect(await here.session()).toMatchObject({
    state: 'intact',
    notices: [],
    witnessed: expect.any(String) as string,
  })
  expect(here.file()?.trim().split('\n').length).toBeGreaterThanOrEqual(2)
  expect(here.file()).not.toContain('essai')
  expect(here.faults).toEqual([])
})

it('sees a whole chain written anew by the witness alone', async () => {
  const here = workstation()
  await here.session()
  await here.session()
  rewrite(here.db(), 3, "UPDATE traces SET target = 'somebody else' WHERE seq = 3")
  expect(await here.session()).toMatchObject({ state: 'broken', finding: 'rewritten', at: 5 })
})

it('sees that every trace was taken away with the ends of the chain', async () => {
  const here = workstation()
  await here.session()
  here.db().exec('DELETE FROM traces; DELETE FROM trace_ends')
  here.recorder.start()
  expect(await here.verdict()).toMatchObject({ state: 'broken', finding: 'older', at: 1 })
})

it('sees the last ones taken away with the head put back', async () => {
  const here = workstation()
  await here.session(8)
  rewrite(here.db(), 5, 'DELETE FROM traces WHERE seq > 5')
  here.recorder.start()
  expect(await here.verdict()).toMatchObject({ state: 'broken', finding: 'older', at: 6 })
})

it('sees an older copy of the store in its place, also when work has gone on in it', async () => {
  const here = workstation()
  await here.session()
  const copy = copyOf(here.db())
  await here.session()
  here.putStore(copy)
  here.recorder.start()
  expect(await here.verdict()).toMatchObject({ state: 'broken', finding: 'older', at: 6 })
  expect(await here.session(20)).toMatchObject({ state: 'broken', finding: 'rewritten' })
})

it('sees the store of somebody else in its place', async () => {
  const here = workstation()
  await here.session()
  const there = workstation()
  there.clock(begin + day)
  await there.session(9)
  here.putStore(there.db())
  expect(await here.session()).toMatchObject({ state: 'broken', finding: 'rewritten' })
})

it('tells that SousPli itself restored a backup, where, and that is no tampering', async () => {
  const here = workstation()
  await here.session()
  const backup = copyOf(here.db())
  await here.session()
  here.clock(begin + day)
  here.recorder.announce({ action: 'store-replaced', request: 'session.restore' })
  here.putStore(backup)
  expect(await here.session()).toMatchObject({ state: 'intact', notices: [{ kind: 'replaced', at: 6 }] })
  expect(await here.session()).toMatchObject({ state: 'intact', notices: [{ kind: 'replaced', at: 6 }] })
  // What is done to the restored store is seen as before.
  rewrite(here.db(), 7, "UPDATE traces SET answer = 'OK' WHERE seq = 7")
  expect(await here.session()).toMatchObject({ state: 'broken', finding: 'rewritten' })
})

it('tells, and goes on telling, that what the witness had taken down was gone', async () => {
  const here = workstation()
  await here.session()
  here.putFile(null)
  const notice = { kind: 'witness-missing', at: 11 }
  expect(await here.session()).toMatchObject({ state: 'intact', notices: [notice] })
  expect(await here.session()).toMatchObject({ state: 'intact', notices: [notice] })
  expect(
    here.db().prepare("SELECT count(*) AS n FROM traces WHERE action = 'traces-checked'").get<{ n: number }>()
      ?.n,
  ).toBe(1)
})

it('tells that the witness cannot be reached, and works on', async () => {
  const here = workstation()
  await here.session()
  here.breakWitness(true)
  expect(await here.session()).toMatchObject({ state: 'intact', notices: [{ kind: 'witness-unavailable' }] })
  here.breakWitness(false)
  expect(await here.session()).toMatchObject({ state: 'intact', notices: [] })
})

it('tells where the clock of the workstation was set back', async () => {
  const here = workstation()
  await here.session()
  here.clock(begin - day)
  expect(await here.session()).toMatchObject({ state: 'intact', notices: [{ kind: 'clock-back', at: 6 }] })
})

it('purges what is old enough only, says of what days it was, and the witness does not look for it', async () => {
  const here = workstation()
  await here.session()
  here.clock(begin + 200 * day)
  await here.session()
  here.clock(begin + 400 * day)
  await here.session()
  const chain = await here.session()
  expect(chain).toMatchObject({ state: 'intact', notices: [] })
  const purged = here
    .db()
    .prepare("SELECT request, answer FROM traces WHERE action = 'traces-purged'")
    .all<{ request: string; answer: string }>()
  expect(purged).toEqual([
    { request: 'purge 1-5', answer: '5: 2026-11-02T08:00:00.000Z – 2026-11-02T08:04:00.000Z' },
  ])
  // A purge that nobody made: the floor is raised without a trace that says so.
  const first = here.db().prepare('SELECT min(seq) AS seq FROM traces').get<{ seq: number }>()?.seq ?? 0
  here.db().exec(
    `UPDATE trace_ends SET seq = ${String(first)}, hash = (SELECT hash FROM traces WHERE seq = ${String(first)}) WHERE name = 'floor';
     DELETE FROM traces WHERE seq = ${String(first)}`,
  )
  expect(await here.session()).toMatchObject({ state: 'broken', finding: 'missing' })
})
