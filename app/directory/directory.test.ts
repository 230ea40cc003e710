import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fail, ok, type DirectoryState, type Outcome, type Policy } from '../contract/index.ts'
import type { WebAnswer, WebRequest } from '../mail/index.ts'
import type { Vault } from '../vault/index.ts'
import { cardiologist, extractionOf, inLyon, physician, temporary, zipped } from './base/base.fixture.ts'
import { createBaseFile } from './base-file.ts'
import { createDirectory } from './directory.ts'
import type { FhirClient } from './fhir/client.ts'
import { suggestRecipients } from './suggest.ts'

/** What the directory asks of a vault, in memory. */
const memoryVault = (): Pick<Vault, 'run'> => {
  const meta = new Map<string, string>()
  const favourites = new Map<string, { address: string; name: string }>()
  const preferred = new Map<string, string>()
  const lists = new Map<number, { id: number; name: string; members: { name: string; address: string }[] }>()
  const answers: Record<string, (params: never) => unknown> = {
    'meta.get': ({ name }: { name: string }) => meta.get(name) ?? null,
    'meta.set': ({ name, value }: { name: string; value: string }) => void meta.set(name, value),
    'favourites.list': () => [...favourites.values()],
    'favourites.set': ({ address, name, on }: { address: string; name: string; on: boolean }) =>
      void (on
        ? favourites.set(address.toLowerCase(), { address: address.toLowerCase(), name })
        : favourites.delete(address)),
    'preferred.list': () => [...preferred].map(([nationalId, address]) => ({ nationalId, address })),
    'preferred.set': ({ nationalId, address }: { nationalId: string; address: string }) =>
      void preferred.set(nationalId, address),
    'lists.all': () => [...lists.values()],
    'lists.save': ({ name, members }: { name: string; members: { name: string; address: string }[] }) => {
      if ([...lists.values()].some((list) => list.name === name)) return null
      lists.set(lists.size + 1, { id: lists.size + 1, name, members })
      return lists.size
    },
  }
  return {
    run: ((name: string, params: never) => Promise.resolve(ok(answers[name]?.(params)))) as Vault['run'],
  }
}

interface Served {
  bytes: Buffer
  tag: string
  /** Bytes after which the line is cut, once. */
  cut?: number | undefined
}

const serve = (served: Served) => {
  const asked: WebRequest[] = []
  const ask = (wish: WebRequest): Promise<Outcome<WebAnswer>> => {
    asked.push(wish)
    const range = /^bytes=(\d+)-$/.exec(wish.headers?.['Range'] ?? '')?.[1]
    const goesOn = range !== undefined && wish.headers?.['If-Range'] === served.tag
    const start = goesOn ? Number(range) : 0
    const headers: Record<string, string> = {
      etag: served.tag,
      'content-length': String(served.bytes.length - start),
      'content-disposition': 'attachment; filename="Extraction_Correspondance_MSSante_202611200312.zip"',
      ...(goesOn ? { 'content-range': `bytes ${String(start)}-${String(served.bytes.length - 1)}/*` } : {}),
    }
    const { cut } = served
    served.cut = undefined
    const pieces = async function* (): AsyncGenerator<Outcome<Uint8Array>> {
      await Promise.resolve()
      yield ok(served.bytes.subarray(start, cut))
      if (cut !== undefined) yield fail('net.closed')
    }
    return Promise.resolve(
      ok({
        status: goesOn ? 206 : 200,
        location: null,
        header: (name: string) => headers[name] ?? null,
        pieces: pieces(),
        close: () => undefined,
      }),
    )
  }
  return { ask, asked }
}

const anneId = '899700000101'
const people = [
  physician('MARTIN', 'Anne', { ...inLyon, ...cardiologist, 'Identifiant PP': '99700000101' }),
  {
    ...physician('MARTIN', 'Anne', { ...inLyon, 'Identifiant PP': '99700000101' }),
    'Adresse BAL': 'am@ch-lilas.mssante.test',
  },
  physician('BERNARD', 'Paul'),
  ...['Urgences', 'Cardiologie'].map((service) => ({
    'Type de BAL': 'ORG',
    'Adresse BAL': `${service.toLowerCase()}@ch-lilas.mssante.test`,
    'Identification Structure': '690000002',
    'Service de rattachement': service,
    'Raison Sociale structure BAL': 'Hôpital des Lilas (fictif)',
    ...inLyon,
  })),
]

const directoryOn = async (options: {
  policy?: Policy['directory']
  served?: Served
  fhir?: FhirClient
  folder?: string
  vault?: Pick<Vault, 'run'>
  own?: string[]
}) => {
  const folder = options.folder ?? temporary()
  const told: DirectoryState[] = []
  const vault = options.vault ?? memoryVault()
  const served = options.served ?? {
    bytes: await zipped('e.txt', Buffer.from(extractionOf(people))),
    tag: '"1"',
  }
  const server = serve(served)
  const waiting: (() => void)[] = []
  const faults: unknown[] = []
  const directory = createDirectory({
    vault,
    base: createBaseFile({
      vault,
      folder: () => folder,
      entry: path.join(import.meta.dirname, 'worker.ts'),
      random: (length) => new Uint8Array(randomBytes(length)),
    }),
    policy: options.policy,
    folder: () => folder,
    ask: server.ask,
    fhir: options.fhir ?? null,
    hasLdap: false,
    ownAddresses: () => Promise.resolve(options.own ?? []),
    classify: (address) => (address.endsWith('.mssante.test') ? 'professional' : 'outside'),
    now: () => Date.parse('2026-11-20T08:00:00Z'),
    after: () => () => undefined,
    emit: (state) => {
      told.push(state)
      if (state.work === null) for (const done of waiting.splice(0)) done()
    },
    onFault: (fault) => faults.push(fault),
  })
  await directory.start()
  onTestFinished(() => directory.stop())
  const idle = async (): Promise<DirectoryState> => {
    if (directory.state().work !== null) await new Promise<void>((resolve) => waiting.push(resolve))
    return directory.state()
  }
  return { directory, told, idle, folder, vault, faults, asked: server.asked, served }
}
const anybody = { profession: null, specialty: null, department: null, type: null, gone: false } as const
const found = async (directory: Awaited<ReturnType<typeof directoryOn>>['directory'], text: string) => {
  const answer = await directory.search({ text, filters: anybody, limit: 20 })
  return answer.ok ? answer.value.entries.map(({ address }) => address) : answer.error.code
}

describe('the base on this workstation', () => {
  it('says what it has before the first import: nothing, without an error', async () => {
    const { directory } = await directoryOn({})
    expect(directory.state()).toMatchObject({
      generation: null,
      work: null,
      error: null,
      download: true,
      fhir: false,
    })
    expect(await found(directory, 'martin')).toEqual([])
    expect(await directory.addressesOf(anneId)).toBeNull()
  })

  it('downloads, imports in the background with progress, and is there after the next opening', async () => {
    const first = await directoryOn({})
    expect(await first.directory.update()).toEqual(ok(null))
    expect(await first.directory.update()).toMatchObject({ error: { code: 'vault.busy' } })
    const state = await first.idle()
    expect(state).toMatchObject({
      generation: {
        date: '2026-11-20T03:12:00.000Z',
        lines: 5,
        mailboxes: 5,
        persons: 1,
        source: 'download',
      },
      error: null,
      resumable: false,
      stale: false,
    })
    expect(new Set(first.told.map(({ work }) => work?.progress.phase))).toContain('finish')
    expect(await found(first.directory, 'cardio lyon martin')).toEqual(['anne.martin@medecin.mssante.test'])
    expect(await first.directory.addressesOf(anneId)).toEqual([
      'anne.martin@medecin.mssante.test',
      'am@ch-lilas.mssante.test',
    ])
    await first.directory.stop()
    expect(readdirSync(first.folder).filter((name) => name.includes('extraction'))).toEqual([])
    const again = await directoryOn({ folder: first.folder, vault: first.vault })
    expect(again.directory.state().generation).toMatchObject({ mailboxes: 5 })
    expect(await found(again.directory, 'bernard')).toEqual(['paul.bernard@medecin.mssante.test'])
    // Another vault has no key: the file is nobody's and goes.
    await again.directory.stop()
    const other = await directoryOn({ folder: first.folder })
    expect(other.directory.state().generation).toBeNull()
    expect(readdirSync(first.folder)).toEqual([])
    expect(first.faults.concat(again.faults, other.faults)).toEqual([])
  })

  it('goes on with a download that was cut, and starts anew when the file is another one', async () => {
    const bytes = await zipped('e.txt', Buffer.from(extractionOf(people)))
    const cut = await directoryOn({ served: { bytes, tag: '"1"', cut: 200 } })
    await cut.directory.update()
    expect(await cut.idle()).toMatchObject({
      error: { code: 'net.closed' },
      resumable: true,
      generation: null,
    })
    await cut.directory.update()
    expect(await cut.idle()).toMatchObject({ error: null, generation: { mailboxes: 5 }, resumable: false })
    expect(cut.asked[1]?.headers).toMatchObject({ Range: 'bytes=200-', 'If-Range': '"1"' })
    cut.served.cut = 100
    await cut.directory.update()
    await cut.idle()
    cut.served.tag = '"2"'
    await cut.directory.update()
    expect(await cut.idle()).toMatchObject({ error: null, generation: { mailboxes: 5 } })
  })

  it('keeps what it has when a file is not an extraction, and says so', async () => {
    const { directory, idle, folder } = await directoryOn({})
    await directory.update()
    await idle()
    const file = path.join(folder, 'photo.txt')
    writeFileSync(file, 'autre chose\n')
    await directory.importFile(file)
    expect(await idle()).toMatchObject({
      error: { code: 'directory.extraction-malformed' },
      generation: { mailboxes: 5 },
    })
    await directory.importFile(path.join(folder, 'absent.zip'))
    expect(await idle()).toMatchObject({
      error: { code: 'exchange.unreadable' },
      generation: { mailboxes: 5 },
    })
    expect(await found(directory, 'bernard')).toHaveLength(1)
  })

  it('answers searches while an import is under way, and stops it when asked', async () => {
    const { directory, idle, folder } = await directoryOn({})
    await directory.update()
    await idle()
    const file = path.join(folder, 'grande.txt')
    const many = Array.from({ length: 30_000 }, (_, index) => physician(`NOM${String(index)}`, 'Ida', inLyon))
    writeFileSync(file, extractionOf(many))
    await directory.importFile(file)
    expect(await found(directory, 'bernard')).toHaveLength(1)
    expect(directory.state().work).not.toBeNull()
    expect(await directory.cancel()).toEqual(ok(null))
    expect(directory.state()).toMatchObject({ work: null, error: null, generation: { mailboxes: 5 } })
    expect(await found(directory, 'nom1')).toEqual([])
    expect(await found(directory, 'bernard')).toHaveLength(1)
  })

  it('drops a base that is damaged, says so, and goes on without it', async () => {
    const { directory, idle, folder, vault } = await directoryOn({})
    await directory.update()
    await idle()
    await directory.stop()
    const [file = ''] = readdirSync(folder).filter((name) => name.endsWith('.db'))
    const bytes = readFileSync(path.join(folder, file))
    // All but the first pages: it opens, and says what it holds.
    writeFileSync(path.join(folder, file), bytes.fill(7, 4096 * 8))
    const again = await directoryOn({ folder, vault })
    expect(await found(again.directory, 'martin')).toEqual([])
    expect(again.directory.state()).toMatchObject({
      generation: null,
      error: { code: 'directory.damaged' },
    })
    expect(readdirSync(folder)).toEqual([])
    await again.directory.update()
    await again.idle()
    expect(again.directory.state().error).toBeNull()
    expect(await found(again.directory, 'martin')).toHaveLength(2)
  })

  it('has nothing to download where the administrator says so', async () => {
    const { directory } = await directoryOn({ policy: { extraction: null } })
    expect(directory.state().download).toBe(false)
    expect(await directory.update()).toMatchObject({ error: { code: 'directory.not-configured' } })
  })
})

describe('asking about one person', () => {
  const fhir = (active: boolean): FhirClient => ({
    person: (nationalId) =>
      Promise.resolve(
        ok({
          at: Date.parse('2026-11-20T08:00:00Z'),
          unit: true,
          deltaAt: null,
          persons: [
            {
              nationalId,
              facts: {
                ...{ active, lastName: 'MARTIN', firstName: 'Anne', civility: 'DR' },
                professions: [{ code: '10', label: 'Médecin' }],
                ...{
                  specialties: [],
                  situations: [{ role: 'Salarié', active: true, structure: null, start: null, end: null }],
                },
              },
            },
          ],
          mailboxes: [
            'am@ch-lilas.mssante.test',
            'nouvelle@ch-lilas.mssante.test',
            'rouge@ch-lilas.mssante.test',
          ].map((address, at) => ({
            ...{ address, type: 'PER', nationalId, structure: null, service: null, paperless: null },
            ...{ rank: at + 1, unlisted: address.startsWith('rouge') },
          })),
        }),
      ),
    changes: () => Promise.resolve(ok(null)),
  })

  it('keeps what the API says: new mailboxes, rank, liste rouge not proposed, practice', async () => {
    const { directory, idle } = await directoryOn({ fhir: fhir(true) })
    await directory.update()
    await idle()
    const verified = await directory.verify(anneId)
    expect(verified).toMatchObject({
      ok: true,
      value: {
        active: true,
        verifiedAt: '2026-11-20T08:00:00.000Z',
        situations: [{ role: 'Salarié' }],
        mailboxes: [
          { address: 'am@ch-lilas.mssante.test', rank: 1 },
          { address: 'nouvelle@ch-lilas.mssante.test', rank: 2, name: 'Dr Anne MARTIN' },
          { address: 'anne.martin@medecin.mssante.test', rank: null },
        ],
      },
    })
    expect(await found(directory, 'nouvelle@')).toEqual(['nouvelle@ch-lilas.mssante.test'])
    expect(await found(directory, 'rouge@')).toEqual([])
    // The next extraction lacks it: it came from the API and stays.
    await directory.update()
    await idle()
    expect(await found(directory, 'nouvelle@')).toHaveLength(1)
  })

  it('is not offered without a key', async () => {
    const { directory } = await directoryOn({})
    expect(await directory.verify(anneId)).toMatchObject({ error: { code: 'directory.not-configured' } })
  })
})

describe('suggestions under the recipient field', () => {
  const suggest = async (
    on: Awaited<ReturnType<typeof directoryOn>>,
    text: string,
    met: { name: string; address: string }[] = [],
    often: { name: string; address: string }[] = [],
  ) => {
    const answer = await suggestRecipients(
      {
        directory: on.directory,
        classify: () => 'professional',
        recent: () => Promise.resolve(ok(met)),
        frequent: () => Promise.resolve(ok(often)),
      },
      { text, limit: 12 },
    )
    if (!answer.ok) throw new Error(answer.error.code)
    return answer.value.map((one) =>
      one.kind === 'address'
        ? `${one.address} ${one.origins.join('+')}${one.preferred ? ' *' : ''}${one.near ? ' ~' : ''}`
        : `${one.kind} ${one.name} ${String(one.count)}`,
    )
  }

  it('has favourites, recent people, lists, the directory and services in one list; the preferred address first', async () => {
    const on = await directoryOn({})
    await on.directory.update()
    await on.idle()
    expect(await suggest(on, 'martin')).toEqual([
      'anne.martin@medecin.mssante.test directory',
      'am@ch-lilas.mssante.test directory',
    ])
    await on.directory.choices.prefer({ nationalId: anneId, address: 'am@ch-lilas.mssante.test' })
    await on.directory.choices.setFavourite({
      address: 'paul.bernard@medecin.mssante.test',
      name: 'Paul',
      on: true,
    })
    expect(
      await suggest(on, 'martin', [{ name: 'A. Martin', address: 'anne.martin@medecin.mssante.test' }]),
    ).toEqual(['am@ch-lilas.mssante.test directory *', 'anne.martin@medecin.mssante.test recent+directory'])
    expect(await suggest(on, '')).toEqual(['paul.bernard@medecin.mssante.test favourite'])
    // A favourite is found by what the directory says of it, too.
    expect(await suggest(on, 'medecin paul')).toEqual([
      'paul.bernard@medecin.mssante.test favourite+directory',
    ])
    await on.directory.choices.saveList({
      id: null,
      name: 'Lilas du mardi',
      members: [{ name: '', address: 'a@b.mssante.test' }],
    })
    expect(await suggest(on, 'lilas')).toEqual([
      'list Lilas du mardi 1',
      'urgences@ch-lilas.mssante.test directory',
      'cardiologie@ch-lilas.mssante.test directory',
      'am@ch-lilas.mssante.test directory *',
      'service Hôpital des Lilas (fictif) 2',
    ])
  })

  it('finds whom one writes to often by trade and town, and before others', async () => {
    const served = {
      bytes: await zipped(
        'e.txt',
        Buffer.from(
          extractionOf([
            ...Array.from({ length: 20 }, (_, at) =>
              physician(`NOM${String(at)}`, 'Ida', { ...inLyon, ...cardiologist }),
            ),
            physician('ZOLA', 'Zoé', { ...inLyon, ...cardiologist }),
          ]),
        ),
      ),
      tag: '"1"',
    }
    const on = await directoryOn({ served })
    await on.directory.update()
    await on.idle()
    const often = [{ name: 'Zoé', address: 'zoé.zola@medecin.mssante.test' }]
    expect((await suggest(on, 'card'))[0]).not.toContain('zola')
    expect((await suggest(on, 'card', [], often))[0]).toContain('zola@medecin.mssante.test recent')
    expect((await suggest(on, 'lyon cardio', [], often))[0]).toContain('zola')
    expect(await suggest(on, 'zloa')).toEqual(['zoé.zola@medecin.mssante.test directory ~'])
  })

  it('leaves others in sight beside a person of twenty addresses', async () => {
    const id = { 'Identifiant PP': '99700000101' }
    const served = {
      bytes: await zipped(
        'e.txt',
        Buffer.from(
          extractionOf([
            ...Array.from({ length: 20 }, (_, at) => ({
              ...physician('MARTIN', 'Anne', id),
              'Adresse BAL': `a${String(at)}@ch.mssante.test`,
            })),
            // Two lines of one address: two specialties.
            physician('MARTIN', 'Paul', { 'Identifiant PP': '99700000102', ...cardiologist }),
            physician('MARTIN', 'Paul', { 'Identifiant PP': '99700000102' }),
          ]),
        ),
      ),
      tag: '"1"',
    }
    const on = await directoryOn({ served })
    await on.directory.update()
    await on.idle()
    const lines = await suggest(on, 'martin')
    expect(lines.filter((line) => line.startsWith('a'))).toHaveLength(4)
    expect(lines.filter((line) => line.startsWith('paul'))).toHaveLength(1)
    expect(await found(on.directory, 'paul martin')).toEqual(['paul.martin@medecin.mssante.test'])
  })

  it('puts who practises where the user does before those of the same name elsewhere', async () => {
    const on = await directoryOn({
      own: ['paul.bernard@medecin.mssante.test'],
      served: {
        bytes: await zipped(
          'e.txt',
          Buffer.from(
            extractionOf([
              ...Array.from({ length: 60 }, (_, at) =>
                physician('MARTIN', `Jean${String.fromCharCode(97 + (at % 26))}${String(at)}`, {
                  'L6LIGNEACHEMINEMENT structure BAL': '44000 NANTES',
                  'Code postal structure BAL': '44000',
                }),
              ),
              physician('MARTIN', 'Zoé', { ...inLyon, 'Adresse BAL': 'zoe@ch-lilas.mssante.test' }),
              physician('BERNARD', 'Paul', inLyon),
            ]),
          ),
        ),
        tag: '"1"',
      },
    })
    await on.directory.update()
    await on.idle()
    expect((await found(on.directory, 'mart'))[0]).toBe('zoe@ch-lilas.mssante.test')
    expect((await found(on.directory, 'martin'))[0]).toBe('zoe@ch-lilas.mssante.test')
  })
})
