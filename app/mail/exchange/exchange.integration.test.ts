import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ExportState, ImportState } from '../../contract/index.ts'
import { ok } from '../../contract/errors.ts'
import { startOperator, type Operator } from '../../../test/operator/index.ts'
import { people } from '../../../test/operator/people.ts'
import { createAccountFor, letter, openPractice, type Practice } from '../mail.fixture.ts'
import { value } from '../outcome.fixture.ts'
import { bytesSource } from './byte-source.ts'
import type { Exchange } from './exchange.ts'
import { noFlags } from './found-message.ts'
import { mboxEntry, readMbox } from './mbox.ts'

// Import and export on a real store with the operator's Dovecot; every person is fictitious.
const { anne } = people
let operator: Operator
let practice: Practice
let exchange: Exchange
let folder: string
const imports = new Map<number, ImportState>()
const exports = new Map<number, ExportState>()
const waiting = new Set<() => void>()
const told = () => {
  for (const check of waiting) check()
}

const until = <T>(what: string, look: () => T | undefined): Promise<T> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      waiting.delete(check)
      reject(new Error(`never happened: ${what}`))
    }, 60_000)
    const check = () => {
      const found = look()
      if (found === undefined) return
      clearTimeout(timer)
      waiting.delete(check)
      resolve(found)
    }
    waiting.add(check)
    check()
  })
const finished = (id: number): Promise<ImportState> =>
  until('the import ends', () => {
    const state = imports.get(id)
    return state && state.state !== 'running' ? state : undefined
  })
const exported = (id: number): Promise<ExportState> =>
  until('the export ends', () => {
    const state = exports.get(id)
    return state && state.state !== 'running' ? state : undefined
  })

const makeExchange = (): Exchange =>
  practice.mail.exchange({
    printed: () => Promise.resolve(ok(null as never)),
    printWorker: '/nowhere',
    fonts: () => Promise.reject(new Error('nothing is printed here')),
    tellImport: (state) => {
      imports.set(state.id, state)
      told()
    },
    tellExport: (state) => {
      exports.set(state.id, state)
      told()
    },
  })
const inboxId = async (): Promise<number> =>
  value(await practice.mail.folders()).find(({ role }) => role === 'inbox')?.id ?? 0
const source = (subject: string, body?: string): Uint8Array =>
  new Uint8Array(Buffer.from(letter('Dr Paul <paul@x.test>', anne.address, subject, [], body)))
const entry = (raw: Uint8Array, seen = false) =>
  mboxEntry({
    raw,
    sender: 'paul@x.test',
    receivedAt: Date.UTC(2019, 3, 1),
    flags: { ...noFlags, seen },
  })

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'souspli-exchange-'))
  operator = await startOperator()
  practice = await openPractice(operator)
  value(await createAccountFor(practice, 'anne'))
  await practice.witness.until('synchronised', () =>
    practice.witness.state.phase === 'idle' ? true : undefined,
  )
  exchange = makeExchange()
})
afterAll(async () => {
  exchange.stop()
  await practice.close()
  await operator.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe('an mbox file', () => {
  const letters = [
    source('Import un'),
    source('Import deux', `${'x'.repeat(100_000)}\r\n`),
    source('Import trois'),
  ]
  it('is imported with flags, told at once, then put on the server; a second time nothing is doubled', async () => {
    const file = path.join(folder, 'vieux.mbox')
    const garbage = Buffer.from('From a@b Sun Nov 22 08:00:00 2026\nnot a field\n\nno mail\n\n')
    writeFileSync(
      file,
      Buffer.concat([
        ...letters.map((raw, index) => entry(raw, index === 0)),
        garbage,
        entry(letters[0] ?? garbage),
      ]),
    )
    const started = value(
      await exchange.imports.start({ source: { paths: [file] }, folderId: await inboxId() }),
    )
    expect(started).toMatchObject({ state: 'running', name: 'vieux.mbox' })
    expect(await finished(started.id)).toMatchObject({
      state: 'done',
      imported: 3,
      duplicates: 1,
      refused: 1,
    })
    expect(value(await exchange.imports.refusals(started.id, 10))).toMatchObject([
      { file: 'vieux.mbox', code: 'mime.malformed' },
    ])
    const rows = [...practice.witness.rows.values()]
    expect(
      rows.filter((row) => row.subject.startsWith('Import')).map((row) => [row.subject, row.seen]),
    ).toEqual(
      expect.arrayContaining([
        ['Import un', true],
        ['Import deux', false],
      ]),
    )
    const mailbox = operator.mailbox('anne')
    for (const raw of letters) {
      const subject = /Subject: (.*)\r/.exec(Buffer.from(raw).toString())?.[1] ?? ''
      const there = await mailbox.waitFor((one) => one.subject === subject)
      expect(Buffer.compare(await mailbox.source(there.uid), raw), subject).toBe(0)
    }
    await practice.witness.until('nothing waits', () =>
      [...practice.witness.rows.values()].every((row) => !row.pending) ? true : undefined,
    )
    const again = value(
      await exchange.imports.start({ source: { paths: [file] }, folderId: await inboxId() }),
    )
    expect(await finished(again.id)).toMatchObject({ imported: 0, duplicates: 4, refused: 1 })
    expect(
      [...practice.witness.rows.values()].filter((row) => row.subject.startsWith('Import')),
    ).toHaveLength(3)
  })

  it('goes on after an import that was cut', async () => {
    const file = path.join(folder, 'cut.mbox')
    const many = Array.from({ length: 150 }, (_, index) => source(`Coupe ${String(index)}`))
    writeFileSync(file, Buffer.concat(many.map((raw) => entry(raw))))
    const started = value(
      await exchange.imports.start({ source: { paths: [file] }, folderId: await inboxId() }),
    )
    await until('some are in', () => ((imports.get(started.id)?.imported ?? 0) >= 40 ? true : undefined))
    exchange.stop()
    exchange = makeExchange()
    await exchange.recover()
    expect(await finished(started.id)).toMatchObject({ state: 'done', imported: 150, duplicates: 0 })
  })
})

describe('a Maildir', () => {
  it('is imported with its subfolders, flags in the names, without what is being delivered', async () => {
    const root = path.join(folder, 'Maildir')
    const put = (place: string, name: string, subject: string) => {
      for (const one of ['cur', 'new', 'tmp']) mkdirSync(path.join(root, place, one), { recursive: true })
      writeFileSync(
        path.join(root, place, name),
        source(subject).filter((byte) => byte !== 13),
      )
    }
    put('', 'cur/1500000000.M1.h,S=12:2,FRSa', 'Maildir un')
    put('', 'new/1500000001.M2.h', 'Maildir deux')
    put('', 'tmp/1500000002.M3.h', 'Maildir jamais')
    put('.Archives.2020', 'cur/1500000003.M4.h:2,S', 'Maildir trois')
    put('', 'cur/1500000004.M5.h:2,ST', 'Maildir jeté')
    const started = value(
      await exchange.imports.start({ source: { paths: [root] }, folderId: await inboxId() }),
    )
    expect(await finished(started.id)).toMatchObject({ state: 'done', imported: 3, deleted: 1 })
    const row = [...practice.witness.rows.values()].find(({ subject }) => subject === 'Maildir un')
    expect(row).toMatchObject({ seen: true, flagged: true, answered: true })
    expect([...practice.witness.rows.values()].some(({ subject }) => subject === 'Maildir jamais')).toBe(
      false,
    )
  })
})

describe('files dropped on the window', () => {
  it('are imported from the store, which forgets them then', async () => {
    async function* whole() {
      yield await Promise.resolve(source('Déposé'))
    }
    const written = value(await practice.vault.parts.write(whole()))
    const part = { partFile: written.id, fileName: 'déposé.eml', size: written.size }
    const started = value(
      await exchange.imports.start({ source: { parts: [part] }, folderId: await inboxId() }),
    )
    expect(await finished(started.id)).toMatchObject({ state: 'done', name: 'déposé.eml', imported: 1 })
    const again = await practice.vault.parts.read(written.id)
    expect(again.ok ? 'ok' : again.error.code).toBe('vault.not-found')
    value(await exchange.imports.forget(started.id))
    expect(value(await exchange.imports.list()).map(({ id }) => id)).not.toContain(started.id)
  })
})

describe('an import that is stopped', () => {
  it('keeps what is in and brings no more', async () => {
    const file = path.join(folder, 'stop.mbox')
    const many = Array.from({ length: 400 }, (_, index) => source(`Arrêt ${String(index)}`))
    writeFileSync(file, Buffer.concat(many.map((raw) => entry(raw))))
    const started = value(
      await exchange.imports.start({ source: { paths: [file] }, folderId: await inboxId() }),
    )
    await until('some are in', () => ((imports.get(started.id)?.imported ?? 0) >= 40 ? true : undefined))
    value(await exchange.imports.cancel(started.id))
    const stopped = await finished(started.id)
    expect(stopped.state).toBe('cancelled')
    expect(stopped.imported).toBeLessThan(400)
    const rows = [...practice.witness.rows.values()].filter(({ subject }) => subject.startsWith('Arrêt'))
    expect(rows.length).toBeGreaterThanOrEqual(40)
    const twice = await exchange.imports.cancel(started.id)
    expect(twice.ok ? 'ok' : twice.error.code).toBe('mail.not-found')
    expect(imports.get(started.id)?.state).toBe('cancelled')
  })

  it('because its file went away goes on when it is back', async () => {
    const file = path.join(folder, 'va-et-vient.eml')
    writeFileSync(file, source('Revenu'))
    const other = path.join(folder, 'gros.mbox')
    writeFileSync(
      other,
      Buffer.concat(Array.from({ length: 60 }, (_, index) => entry(source(`Avant ${String(index)}`)))),
    )
    const started = value(
      await exchange.imports.start({ source: { paths: [other, file] }, folderId: await inboxId() }),
    )
    rmSync(file)
    const failed = await finished(started.id)
    if (failed.state === 'failed') {
      expect(failed.error?.code).toBe('exchange.unreadable')
      writeFileSync(file, source('Revenu'))
      value(await exchange.imports.resume(started.id))
      imports.delete(started.id)
    }
    expect((await finished(started.id)).state).toBe('done')
  })
})

describe('what cannot be imported', () => {
  it('is said by code', async () => {
    const code = async (paths: string[]) => {
      const outcome = await exchange.imports.start({ source: { paths }, folderId: await inboxId() })
      return outcome.ok ? 'ok' : outcome.error.code
    }
    const empty = path.join(folder, 'vide')
    mkdirSync(empty)
    expect(await code([empty])).toBe('exchange.nothing-found')
    expect(await code([path.join(folder, 'absent')])).toBe('exchange.unreadable')
    const file = path.join(folder, 'x.eml')
    writeFileSync(file, source('x'))
    const none = await exchange.imports.start({ source: { paths: [file] }, folderId: 999_999 })
    expect(none.ok ? 'ok' : none.error.code).toBe('mail.not-found')
  })
})

describe('an export', () => {
  const ids = () =>
    [...practice.witness.rows.values()].filter((row) => row.subject.startsWith('Import')).map((row) => row.id)
  const some = (list: number[]) => ({ kind: 'ids' as const, ids: list })
  const wish = { subjectInNames: false, labels: null, language: 'fr' }

  it('to mbox is read again the same', async () => {
    const target = path.join(folder, 'out.mbox')
    const state = value(
      await exchange.exports.start({
        ...wish,
        path: target,
        folder: false,
        format: 'mbox',
        selection: some(ids()),
      }),
    )
    expect(await exported(state.id)).toMatchObject({ state: 'done', done: 3, missing: [] })
    const found: string[] = []
    for await (const one of readMbox(bytesSource(readFileSync(target))))
      found.push(/Subject: (.*)\r/.exec(Buffer.from(one.raw ?? []).toString())?.[1] ?? '')
    expect(found.sort()).toEqual(['Import deux', 'Import trois', 'Import un'])
    expect(existsSync(`${target}.souspli-partial`)).toBe(false)
  })

  it('of a whole folder takes what the list has not loaded', async () => {
    const target = path.join(folder, 'tout.mbox')
    const folderId = await inboxId()
    const total = [...practice.witness.rows.values()].filter((row) => row.folderId === folderId).length
    const selection = { kind: 'folder' as const, folderId, filter: 'all' as const }
    const state = value(
      await exchange.exports.start({ ...wish, path: target, folder: false, format: 'mbox', selection }),
    )
    expect(state.total).toBe(total)
    expect(total).toBeGreaterThan(200)
    expect(await exported(state.id)).toMatchObject({ state: 'done', done: total, missingCount: 0 })
  })

  it('to a folder of eml has safe names without subjects, twice without writing over', async () => {
    const target = path.join(folder, 'eml')
    mkdirSync(target)
    for (const _round of [1, 2]) {
      const state = value(
        await exchange.exports.start({
          ...wish,
          path: target,
          folder: true,
          format: 'eml',
          selection: some(ids()),
        }),
      )
      expect(await exported(state.id)).toMatchObject({ state: 'done' })
    }
    const names = readdirSync(target)
    expect(names).toHaveLength(6)
    expect(names.every((name) => /^\d{4}-\d\d-\d\d \d\dh\d\d – Dr Paul( \(\d+\))?\.eml$/.test(name))).toBe(
      true,
    )
    const raw = practice.mail.rawMessage(ids()[0] ?? 0)
    const first = value(await raw)
    expect(names.some((name) => Buffer.compare(readFileSync(path.join(target, name)), first) === 0)).toBe(
      true,
    )
  })

  it('names what is missing and fails where it cannot write', async () => {
    const target = path.join(folder, 'nowhere', 'x.mbox')
    const state = value(
      await exchange.exports.start({
        ...wish,
        path: target,
        folder: false,
        format: 'mbox',
        selection: some(ids()),
      }),
    )
    expect(await exported(state.id)).toMatchObject({
      state: 'failed',
      error: { code: 'exchange.write-failed' },
    })
    const one = path.join(folder, 'y.mbox')
    const gone = value(
      await exchange.exports.start({
        ...wish,
        path: one,
        folder: false,
        format: 'mbox',
        selection: some([1]),
      }),
    )
    expect(await exported(gone.id)).toMatchObject({ state: 'done', missing: [{ code: 'mail.not-found' }] })
    expect(existsSync(one)).toBe(false)
  })
})
