import { execFile, fork } from 'node:child_process'
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { readControl, readTries, setInserted, writeControl, type CardProfile } from './control-file.ts'

export { makeTestKey } from './test-certificates.ts'

export interface CardKey {
  certificateDer: Uint8Array
  keyPem: string
}

/** What is on a virtual card. Keys are RSA 2048, as on the real ones. */
export interface CardContents {
  /** Card number, as in certificate extension 1.2.250.1.71.1.2.3. */
  serial: string
  /** For instance `CPS3v3-2900000101`. */
  label: string
  /** Four digits. */
  pin: string
  /** Eight digits. */
  puk: string
  profile: CardProfile
  authentication: CardKey | null
  signature: CardKey | null
  dataObjects?: readonly { label: string; value: Uint8Array; afterPin: boolean }[]
}

/** One PKCS#11 call as the module saw it; `rv` is the CKR_ number, `mech` and `len` are -1 when meaningless. */
interface JournalEntry {
  t: number
  pid: number
  tid: number
  fn: string
  reader: number
  session: number
  mech: number
  keyLabel: string
  len: number
  rv: number
  ms: number
}

export interface VirtualCps {
  /** The PKCS#11 module to name in a policy; it finds its card beside itself, whatever the environment. */
  modulePath: string
  /** For programs that load the module from elsewhere (build/virtual-cps.so). */
  environment: Record<string, string>
  insert(): Promise<void>
  remove(): Promise<void>
  /** Plugs or unplugs the reader itself. */
  setReader(connected: boolean): Promise<void>
  /** Milliseconds one signature takes (300–1000 on a real card). */
  setSignMilliseconds(milliseconds: number): Promise<void>
  /** From 3 to 0; 0 is a blocked card. */
  triesLeft(): Promise<number>
  /** Calls so far, without idle polling. */
  journal(): Promise<JournalEntry[]>
}

const here = import.meta.dirname
const backend = '/usr/lib/softhsm/libsofthsm2.so'
const tokenLabel = 'virtual-cps-A'

/** SoftHSM2's token is written by a child process: the PIN and the keys travel by IPC, never on a command line. */
const provision = (configuration: string, card: CardContents): Promise<void> =>
  new Promise((done, failed) => {
    const child = fork(join(here, 'provision.ts'), [], {
      env: { ...process.env, SOFTHSM2_CONF: configuration },
      execArgv: [],
      serialization: 'advanced',
    })
    let answer: { ok: boolean; reason?: string } | null = null
    child.on('message', (message: { ok: boolean; reason?: string }) => (answer = message))
    child.once('error', failed)
    child.once('exit', (code) => {
      if (answer?.ok) done()
      else failed(new Error(`virtual CPS not provisioned: ${answer?.reason ?? `exit ${String(code)}`}`))
    })
    child.send({ backend, tokenLabel, card })
  })

/**
 * Makes a virtual CPS in `folder` (what a former card left there is erased), inserted in its reader. Builds the native
 * module when needed. Requires gcc, make and softhsm2 (Debian packages). cps-card.md §6.3.
 */
export const createVirtualCps = async (options: {
  folder: string
  card: CardContents
  readerName?: string
  signMilliseconds?: number
}): Promise<VirtualCps> => {
  const folder = resolve(options.folder)
  const { card } = options
  await promisify(execFile)('make', ['-s', '-C', here])
  for (const former of ['tokens', 'state', 'calls.jsonl', 'control'])
    await rm(join(folder, former), { recursive: true, force: true })
  await mkdir(join(folder, 'tokens'), { recursive: true, mode: 0o700 })
  const configuration = join(folder, 'softhsm2.conf')
  await writeFile(
    configuration,
    `directories.tokendir = ${join(folder, 'tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  )
  const modulePath = join(folder, 'virtual-cps.so')
  await rm(modulePath, { force: true })
  await copyFile(join(here, 'build', 'virtual-cps.so'), modulePath)
  await provision(configuration, card)
  await writeControl(
    folder,
    new Map([
      ['reader0.connected', '1'],
      ['reader0.name', options.readerName ?? 'Gemalto PC Twin Reader 00 00'],
      ['reader0.card', 'A'],
      ['reader0.generation', '1'],
      ['cardA.token', tokenLabel],
      ['cardA.label', card.label],
      ['cardA.serial', card.serial],
      ['cardA.profile', card.profile],
      ['cardA.sign_ms', String(options.signMilliseconds ?? 20)],
    ]),
  )
  const change = async (key: string, value: string): Promise<void> => {
    await writeControl(folder, (await readControl(folder)).set(key, value))
  }
  return {
    modulePath,
    environment: { CPSSIM_DIR: folder, SOFTHSM2_CONF: configuration },
    insert: () => setInserted(folder, true),
    remove: () => setInserted(folder, false),
    setReader: (connected) => change('reader0.connected', connected ? '1' : '0'),
    setSignMilliseconds: (milliseconds) => change('cardA.sign_ms', String(milliseconds)),
    triesLeft: () => readTries(folder),
    journal: async () =>
      (await readFile(join(folder, 'calls.jsonl'), 'utf8'))
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as JournalEntry),
  }
}
