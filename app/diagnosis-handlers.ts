import { open } from 'node:fs/promises'
import { homedir } from 'node:os'
import type { CardService } from './card/index.ts'
import { findModules } from './card/index.ts'
import { createCardTls } from './card-tls/index.ts'
import {
  ok,
  type CoreMethod,
  type CoreStart,
  type Diagnosis,
  type Input,
  type Outcome,
  type Output,
} from './contract/index.ts'
import {
  createAskWeb,
  createDiagnosis,
  type Diagnose,
  type DiagnosisDependencies,
} from './diagnosis/index.ts'
import { after } from './later.ts'
import { localFiles } from './local-files.ts'
import { probeServer, type Mail, type PeerVerification } from './mail/index.ts'
import type { Trust } from './smime/index.ts'
import type { Storage } from './storage/index.ts'
import type { Vaults } from './vault/index.ts'

/** A card that has not settled by then is told as it is. */
const settlingMilliseconds = 10_000

/** The services of a running program, or those a command starts for itself. */
export interface DiagnosisParts {
  start: Pick<CoreStart, 'version' | 'policy' | 'cardTlsAddon'>
  card: CardService
  trust: Trust
  verification: PeerVerification
  /** How the web is asked: by the workstation's proxy. */
  web: Parameters<typeof createAskWeb>[0]
  vaults: Vaults
  mail: Pick<Mail, 'listAccounts'>
  storage: Pick<Storage, 'lastCheck'>
  /** Accounts and the state of a store are told of the open one only. */
  isOpen: () => boolean
  keyStore: DiagnosisDependencies['keyStore']
  now: () => number
  /** Milliseconds, monotonic. */
  monotonic: () => number
}

const readHead = async (path: string, bytes: number): Promise<Uint8Array> => {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read({ buffer: new Uint8Array(bytes), length: bytes })
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

const cardSettled = (card: CardService): Promise<void> =>
  new Promise((resolve) => {
    if (card.state().state !== 'starting') {
      resolve()
      return
    }
    const stop = card.onChange(({ state }) => {
      if (state !== 'starting') done()
    })
    const cancel = after(settlingMilliseconds, () => done())
    const done = (): void => {
      stop()
      cancel()
      resolve()
    }
  })

/** The diagnosis of this workstation, on real services. */
export const diagnosisOf = (parts: DiagnosisParts): Diagnose => {
  const { card, vaults, monotonic } = parts
  const { version, policy, cardTlsAddon } = parts.start
  const { platform, arch } = process
  return createDiagnosis({
    program: { version, platform, arch },
    policy,
    homeFolders: [homedir()],
    card: {
      state: () => card.state(),
      readers: () => card.readers(),
      module: () => card.module(),
      certificates: () => card.certificates(),
      settled: () => cardSettled(card),
    },
    modules: () =>
      findModules({
        policyPaths: policy.pkcs11Modules ?? [],
        platform,
        arch,
        ...localFiles,
      }),
    readHead,
    trust: parts.trust,
    askWeb: createAskWeb(parts.web),
    askServer: async (asked) => {
      const begun = monotonic()
      const probed = await probeServer(parts.verification, asked, AbortSignal.timeout(30_000))
      return probed.ok ? ok({ milliseconds: monotonic() - begun }) : probed
    },
    accounts: async () => {
      const listed = parts.isOpen() ? await parts.mail.listAccounts() : null
      return listed?.ok ? listed.value : null
    },
    stores: async () => {
      const stores = vaults.list()
      const last = parts.isOpen() ? await parts.storage.lastCheck() : null
      return {
        count: stores.length,
        unreadable: stores.filter(({ slots }) => slots.length === 0).length,
        health: parts.isOpen() ? { damaged: last?.sound === false, checkedAt: last?.at ?? null } : null,
      }
    },
    freeSpace: async () => {
      const free = await vaults.vault.care.freeSpace()
      return free.ok ? free.value : null
    },
    keyStore: parts.keyStore,
    cardTls: () => createCardTls({ addonPath: cardTlsAddon }).ok,
    now: parts.now,
  })
}

/** Gives the operating system's key store some bytes to keep, and looks whether it gives them back. */
export const keyStoreWorks =
  (deps: {
    protect: (bytes: Uint8Array) => Promise<Outcome<Uint8Array>>
    unprotect: (bytes: Uint8Array) => Promise<Outcome<Uint8Array>>
    random: (length: number) => Uint8Array
  }) =>
  async (): Promise<Outcome<boolean>> => {
    const given = new Uint8Array(deps.random(16))
    const kept = await deps.protect(given)
    if (!kept.ok) return kept
    const back = await deps.unprotect(kept.value)
    return back.ok ? ok(Buffer.from(back.value).equals(given)) : back
  }

type Method = Extract<CoreMethod, `diagnosis.${string}`>
type Handlers = { [M in Method]: (input: Input<M>) => Promise<Outcome<Output<M>>> }

/** The calls of contract/diagnosis.ts. */
export const diagnosisHandlers = (diagnose: Diagnose, tell: (diagnosis: Diagnosis) => void): Handlers => ({
  'diagnosis.run': async ({ server }) => ok(await diagnose(server ? [server] : [], tell)),
})
