import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { fail, ok, type DirectoryState, type Outcome, type Policy } from '../contract/index.ts'
import type { WebAnswer, WebRequest } from '../mail/index.ts'
import type { Vault } from '../vault/index.ts'
import { cardiologist, extractionOf, inLyon, physician, temporary, zipped } from './base/base.fixture.ts'
import { createBaseFile } from './base-file.ts'
import { createDirectory } from './directory.ts'
import type { FhirClient } from './fhir/client.ts'

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

export const anneId = '899700000101'
export const people = [
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

export const directoryOn = async (options: {
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
const anybody = {
  profession: null,
  specialty: null,
  department: null,
  type: null,
  gone: false,
} as const
export const found = async (
  directory: Awaited<ReturnType<typeof directoryOn>>['directory'],
  text: string,
) => {
  const answer = await directory.search({ text, filters: anybody, limit: 20 })
  return answer.ok ? answer.value.entries.map(({ address }) => address) : answer.error.code
}
