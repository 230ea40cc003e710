/** A real core in this process, with the card process beside it and the operator's servers; every person is fictitious. */
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { forkCardProcess, type CardPort } from '../../app/card/index.ts'
import {
  ok,
  type EventName,
  type EventPayload,
  type Input,
  type CoreMethod,
  type Outcome,
  type Output,
  type Policy,
} from '../../app/contract/index.ts'
import { createCore, type Core, type CoreHost } from '../../app/core.ts'
import type { Person } from '../operator/index.ts'

interface Told {
  name: EventName
  payload: unknown
}

export interface Practice {
  core: Core
  profile: string
  opened: string
  /** Every draw of the core's randomness, in order. */
  drawn: Uint8Array[]
  /** What the desktop's key store was given. */
  deviceSecrets: Uint8Array[]
  faults: unknown[]
  told: Told[]
  /** A call whose success the test needs; throws with its code. */
  call: <M extends CoreMethod>(method: M, input: Input<M>) => Promise<Output<M>>
  code: <M extends CoreMethod>(method: M, input: Input<M>) => Promise<string>
  /** Resolves with the first matching event, past or to come. */
  until: <E extends EventName>(name: E, matches: (payload: EventPayload<E>) => boolean) => Promise<void>
  stop: () => Promise<void>
}

/** The stand-in for the OS key store: reversible, and not the clear bytes. */
const veiled = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte ^ 0x5a)

/** Starts a core on `folder` (a fresh one by default, removed by `stop`). */
export const openPractice = async (
  policy: Policy,
  options: {
    folder?: string
    openExternal?: CoreHost['openExternal']
    /** Where a worker of app/ is, by its path there: bundled ones start quicker. */
    source?: (path: string) => string
    /** Instead of a card process. */
    card?: CardPort
    now?: () => number
    monotonic?: () => number
  } = {},
): Promise<Practice> => {
  const source = options.source ?? ((path: string) => join(import.meta.dirname, '../../app', path))
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'souspli-invariant-')))
  const profile = join(folder, 'profile')
  const opened = join(folder, 'opened')
  await mkdir(folder, { recursive: true })
  const drawn: Uint8Array[] = []
  const deviceSecrets: Uint8Array[] = []
  const faults: unknown[] = []
  const told: Told[] = []
  const waiting = new Set<() => void>()
  const core = await createCore({
    start: {
      profileFolder: profile,
      openedFolder: opened,
      policy,
      vaultWorker: source('vault/worker.ts'),
      smimeWorker: source('smime/worker.ts'),
      cardTlsAddon: join(import.meta.dirname, '../../native/card-tls/build/card-tls.node'),
      readingWorker: source('reading-worker.ts'),
      indexingWorker: source('indexing/worker.ts'),
      directoryWorker: source('directory/worker.ts'),
      printWorker: source('mail/exchange/print-worker.ts'),
      writingWorker: source('mssante/writing/worker.ts'),
      printFonts: join(import.meta.dirname, '../../node_modules/pdfjs-dist/standard_fonts'),
      version: '0.0.0',
    },
    host: {
      startCardProcess: () =>
        Promise.resolve(options.card ?? forkCardProcess({ entry: source('card/process.ts') })),
      openExternal: options.openExternal ?? (() => Promise.resolve(ok(null))),
      protectSecret: (bytes) => {
        deviceSecrets.push(new Uint8Array(bytes))
        return Promise.resolve(ok(veiled(bytes)))
      },
      unprotectSecret: (bytes) => Promise.resolve(ok(veiled(bytes))),
    },
    emit: (name, payload) => {
      told.push({ name, payload })
      for (const check of waiting) check()
    },
    random: (length) => {
      const bytes = new Uint8Array(randomBytes(length))
      drawn.push(new Uint8Array(bytes))
      return bytes
    },
    now: options.now ?? (() => Date.now()),
    monotonic: options.monotonic ?? (() => performance.now()),
    onFault: (error) => faults.push(error),
  })
  const invoke = async <M extends CoreMethod>(method: M, input: Input<M>): Promise<Outcome<Output<M>>> =>
    (await core.invoke(method, input)) as Outcome<Output<M>>
  return {
    core,
    profile,
    opened,
    drawn,
    deviceSecrets,
    faults,
    told,
    call: async (method, input) => {
      const outcome = await invoke(method, input)
      if (!outcome.ok) throw new Error(`${method}: ${outcome.error.code}`)
      return outcome.value
    },
    code: async (method, input) => {
      const outcome = await invoke(method, input)
      return outcome.ok ? 'ok' : outcome.error.code
    },
    until: (name, matches) =>
      new Promise((resolve) => {
        let seen = 0
        const check = (): void => {
          for (; seen < told.length; seen++) {
            const event = told[seen]
            if (event?.name !== name || !matches(event.payload as never)) continue
            waiting.delete(check)
            resolve()
            return
          }
        }
        waiting.add(check)
        check()
      }),
    stop: async () => {
      await core.stop()
      if (options.folder === undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Adds somebody's mailbox by its address, and by its password unless told otherwise; its id. */
export const addMailbox = async (
  { call }: Pick<Practice, 'call'>,
  person: Pick<Person, 'address' | 'displayName' | 'password'> & Pick<Input<'accounts.create'>, 'kind'>,
  auth: Input<'accounts.create'>['auth'] = { kind: 'password', password: person.password },
): Promise<number> => {
  const { address, displayName, kind } = person
  const { imap, smtp } = await call('accounts.discover', { address })
  const account = await call('accounts.create', { address, displayName, kind, imap, smtp, auth })
  return account.id
}

/** Every file below a folder with its bytes; the folder may be missing. */
export const filesBelow = async (folder: string): Promise<{ path: string; bytes: Buffer }[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Promise.all(files.map(async (path) => ({ path, bytes: await readFile(path) })))
}

/** The forms in which bytes may lie in a file or a line. */
export const formsOf = (secret: Uint8Array): Buffer[] => {
  const bytes = Buffer.from(secret)
  const hex = bytes.toString('hex')
  // Without padding and last characters: base64 of the same bytes inside more bytes may differ there.
  const base64 = bytes.toString('base64').replace(/=+$/, '').slice(0, -2)
  return [
    bytes,
    ...[hex, hex.toUpperCase(), base64, bytes.toString('base64url').slice(0, -2)].map((one) =>
      Buffer.from(one),
    ),
  ]
}
