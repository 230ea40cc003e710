import { mkdir, rm } from 'node:fs/promises'
import {
  coreCalls,
  fail,
  ok,
  toErrorData,
  type CoreMethod,
  type ErrorData,
  type Outcome,
  type OutcomeData,
  type PathUse,
} from './contract/index.ts'
import { createPartFiles, type Resource } from './reading/index.ts'
import { traceOfCall } from './traced-calls.ts'
import { createServices, type CoreDependencies } from './services.ts'

export type { CoreDependencies, CoreHost } from './services.ts'

export interface Core {
  /** A window's call: input parsed, answer plain data. */
  invoke: (method: string, input: unknown) => Promise<OutcomeData>
  findPart: (url: string) => Outcome<Resource>
  upload: (chunk: {
    uploadId: string
    index: number
    bytes: Uint8Array
    last: boolean
  }) => Promise<Outcome<null>>
  savePart: (url: string, path: string) => Promise<Outcome<null>>
  /** Names paths the user chose in main's dialog, for one import or export. */
  grantPaths: (use: PathUse, paths: string[]) => Outcome<string>
  /** Copies a part to the private folder and answers the copy's path. */
  copyPart: (url: string, fileName: string) => Promise<Outcome<string>>
  power: (event: 'suspend' | 'resume' | 'lock-screen') => Promise<void>
  activity: () => void
  /** What a window shows of a message was given to a printer. */
  printed: (what: 'message' | 'document', messageId: number | null) => void
  stop: () => Promise<void>
}

const lockedError: ErrorData = { code: 'vault.locked', retry: 'after-login' }

/** What a locked session may still answer. */
const beforeOpening = (method: CoreMethod): boolean =>
  // A card is cared for before it opens anything.
  /^(session|settings|diagnosis|card)\./.test(method) && method !== 'card.login'

/** The core as the windows reach it: every call parsed, nothing answered behind a lock. */
export const createCore = async (deps: CoreDependencies): Promise<Core> => {
  const { start } = deps
  await mkdir(start.profileFolder, { recursive: true, mode: 0o700 })
  // A copy that another program holds open (Windows) stays until the next lock or start; neither may fail for it.
  const wipeOpenedFiles = (): Promise<void> =>
    rm(start.openedFolder, { recursive: true, force: true, maxRetries: 2 }).catch(deps.onFault)
  await wipeOpenedFiles()
  const { handlers, session, resources, uploads, grants, asked, locks, activity, record, stop } =
    await createServices(deps, wipeOpenedFiles)

  const readPart = async (url: string): Promise<Outcome<Uint8Array>> => {
    const resource = resources.find(url)
    return resource.ok ? resource.value.read() : resource
  }
  const partFiles = createPartFiles({
    openedFolder: start.openedFolder,
    random: deps.random,
    read: readPart,
    watch: () => {
      const lock = locks()
      return () => lock === locks() && session.state().phase === 'open'
    },
  })

  /** What leaves the mailbox as a file leaves a trace; names of files may hold those of patients and stay out of it. */
  const saved = <T>(request: string, url: string, outcome: Outcome<T>): Outcome<T> => {
    const messageId = resources.messageOf(url)
    record({
      action: 'saved',
      request,
      ...(messageId === null ? {} : { subject: { kind: 'message', ids: [messageId] } }),
      outcome: outcome.ok ? 'ok' : 'failed',
      code: outcome.ok ? null : outcome.error.code,
    })
    return outcome
  }

  return {
    invoke: async (method, input) => {
      if (!Object.hasOwn(coreCalls, method))
        return { ok: false, error: { code: 'contract.unknown-method', retry: 'no' } }
      const name = method as CoreMethod
      const parsed = coreCalls[name].input.safeParse(input)
      if (!parsed.success) return { ok: false, error: { code: 'contract.invalid-request', retry: 'no' } }
      if (!beforeOpening(name) && session.state().phase !== 'open') return { ok: false, error: lockedError }
      // The schema of this very method parsed the input; the compiler cannot follow the pairing.
      const handler = handlers[name] as (input: unknown) => Promise<Outcome<unknown>> | Outcome<unknown>
      asked()
      const lock = locks()
      const outcome = await handler(parsed.data)
      const trace = traceOfCall(name, parsed.data, outcome)
      if (trace) record(trace)
      if (lock !== locks() && !beforeOpening(name)) {
        // A view finished after the lock would have published its parts again.
        resources.clear()
        return { ok: false, error: lockedError }
      }
      return outcome.ok ? outcome : { ok: false, error: toErrorData(outcome.error) }
    },
    findPart: (url) => resources.find(url),
    upload: (chunk) =>
      session.state().phase === 'open'
        ? uploads.add(chunk)
        : Promise.resolve(fail('vault.locked', { retry: 'after-login' })),
    savePart: async (url, path) => saved('part.save', url, await partFiles.save(url, path)),
    grantPaths: (use, paths) =>
      // A backup is restored before there is a store, too.
      use === 'backup-source' || session.state().phase === 'open'
        ? ok(grants.give(use, paths))
        : fail('vault.locked', { retry: 'after-login' }),
    copyPart: async (url, fileName) => saved('part.open', url, await partFiles.copy(url, fileName)),
    power: async (event) => {
      if (event !== 'resume') await session.lock('system')
    },
    activity,
    printed: (what, messageId) =>
      record({
        action: 'printed',
        request: `window.print ${what}`,
        ...(messageId === null ? {} : { subject: { kind: 'message', ids: [messageId] } }),
      }),
    stop,
  }
}
