import { execFile, fork } from 'node:child_process'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import {
  cardIds,
  changeControl,
  placeCard,
  readCounters,
  readReader,
  readState,
  touchReader,
  writeControl,
  type CardId,
  type CardProfile,
  type Control,
  type Counters,
  type pinpadResults,
} from './control-file.ts'

export type { CardId, CardProfile, Counters } from './control-file.ts'
export { makeTestCard, makeDataObjects, type CardVariant, type TestActivity } from './test-cards.ts'
export { makeTestCardPki, makeTestKey, type TestCardPki, type TestHolder } from './test-certificates.ts'

export interface CardKey {
  certificateDer: Uint8Array
  keyPem: string
}

/** A key that no CPS has, for instance one for encryption on the contrast token of §6.4. */
export interface OtherKey extends CardKey {
  label: string
  certificateLabel: string
  signs: boolean
  decrypts: boolean
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
  /** « Certificat Technique CPS »: all that the profile `contactless` shows. */
  technical?: CardKey | null
  others?: readonly OtherKey[]
  /** `CKA_DECRYPT` of the authentication key; true by default (the real value is unknown, §1.7). */
  authenticationDecrypts?: boolean
  dataObjects?: readonly { label: string; value: Uint8Array; afterPin: boolean }[]
}

/** What may be changed on a card while it is used. Milliseconds are what the chip, or the holder at a key pad, takes. */
export interface CardSettings {
  profile: CardProfile
  label: string
  serial: string
  model: string
  manufacturer: string
  pinpad: boolean
  /** What comes of the key pad. `ok` is the right PIN, unless `pin` says what is typed. */
  pinpadResult: (typeof pinpadResults)[number]
  pinpadMilliseconds: number
  /** What is typed on the key pad; written in the control file. */
  pin: string
  pinpadNewPin: string
  loginMilliseconds: number
  signMilliseconds: number
  decryptMilliseconds: number
  dataMilliseconds: number
  initMilliseconds: number
  triesMax: number
  pukMax: number
  unblocksMax: number
}

/** How the whole module behaves. */
export interface ModuleSettings {
  /** `global`: one mutex kept while the chip works, as in the Cryptolib. */
  lock: 'global' | 'none'
  behaviour: 'cryptolib' | 'opensc' | 'strict'
  /** Answers of C_GetSlotInfo kept for a second (`cryptolib` only). */
  slotCache: boolean
  /** `all`: idle polling too. */
  journal: 'busy' | 'all'
}

/** A fault that happens once, in the words of cps-card.md §6.3. */
export interface Fault {
  /** The reader of the call; any by default. */
  reader?: number
  /** For instance `C_Sign`. */
  fn: `C_${string}`
  /** In the middle: so many milliseconds after the call began to wait for the chip. Before, by default. */
  when?: 'before' | 'after' | `mid:${number}`
  /** `rv:` takes the CKR_ value in hexadecimal, `hang:` milliseconds. */
  action: 'remove' | 'unplug' | 'lose_login' | 'crash' | `swap:${CardId}` | `hang:${number}` | `rv:${string}`
}

/** One PKCS#11 call as the module saw it; `rv` is the CKR_ number, `mech`, `len` and `reader` are -1 when meaningless. */
const JournalEntry = z.object({
  t: z.number(),
  pid: z.number(),
  tid: z.number(),
  fn: z.string(),
  reader: z.number(),
  session: z.number(),
  mech: z.number(),
  /** Label of the key or object. */
  keyLabel: z.string(),
  len: z.number(),
  /** Who logs in: `user`, `so`, or nobody. */
  user: z.string(),
  /** The last fault that struck in this call. */
  fault: z.string(),
  rv: z.number(),
  ms: z.number(),
})
export type JournalEntry = z.infer<typeof JournalEntry>

export interface VirtualCps {
  folder: string
  /** The PKCS#11 module to name in a policy; it finds its cards beside itself, whatever the environment. */
  modulePath: string
  /** For programs that load the module from elsewhere (build/virtual-cps.so). */
  environment: Record<string, string>
  /** Puts a card (A) in a reader (0), out of any other reader. */
  insert(card?: CardId, reader?: number): Promise<void>
  remove(reader?: number): Promise<void>
  /** Another card at once in the place of the one there. */
  swap(card: CardId, reader?: number): Promise<void>
  /** Plugs or unplugs a reader. */
  setReader(connected: boolean, reader?: number): Promise<void>
  reader(reader?: number): Promise<{ connected: boolean; name: string; card: CardId | null }>
  setCard(settings: Partial<CardSettings>, card?: CardId): Promise<void>
  /** Milliseconds one signature takes (300–1000 on a real card). */
  setSignMilliseconds(milliseconds: number): Promise<void>
  setModule(settings: Partial<ModuleSettings>): Promise<void>
  /** Any lines of the control file; `null` takes one out. */
  set(lines: Readonly<Record<string, string | number | null>>): Promise<void>
  /** Adds a fault and gives its identifier. */
  fault(fault: Fault): Promise<string>
  clearFaults(): Promise<void>
  /** Identifiers of the faults that happened. */
  fired(): Promise<string[]>
  counters(card?: CardId): Promise<Counters>
  /** Seen by the modules at their next call. */
  setCounters(counters: Partial<Counters>, card?: CardId): Promise<void>
  /** From 3 to 0; 0 is a blocked card. */
  triesLeft(card?: CardId): Promise<number>
  /** Calls so far, without idle polling. */
  journal(): Promise<JournalEntry[]>
}

const here = import.meta.dirname
const backend = '/usr/lib/softhsm/libsofthsm2.so'
/** FAULTS of virtual-cps.h. */
const mostFaults = 64
const usualName = (reader: number): string => `Gemalto PC Twin Reader ${String(reader).padStart(2, '0')} 00`
const tokenOf = (id: CardId): string => `virtual-cps-${id}`

const lineOf: Record<keyof CardSettings, string> = {
  profile: 'profile',
  label: 'label',
  serial: 'serial',
  model: 'model',
  manufacturer: 'manufacturer',
  pinpad: 'pinpad',
  pinpadResult: 'pinpad_result',
  pinpadMilliseconds: 'pinpad_ms',
  pin: 'pin',
  pinpadNewPin: 'pinpad_new_pin',
  loginMilliseconds: 'login_ms',
  signMilliseconds: 'sign_ms',
  decryptMilliseconds: 'decrypt_ms',
  dataMilliseconds: 'data_ms',
  initMilliseconds: 'init_ms',
  triesMax: 'tries_max',
  pukMax: 'puk_max',
  unblocksMax: 'unblocks_max',
}
const valueOf = (value: string | number | boolean): string =>
  typeof value === 'boolean' ? (value ? '1' : '0') : String(value)

type Cards = Partial<Record<CardId, CardContents>>

/** What provision.ts is sent: a card and the label of its token. */
export type Provisioning = readonly { token: string; card: CardContents }[]

/** SoftHSM2's tokens are written by a child process: the keys travel by IPC, never on a command line. */
const provision = (configuration: string, cards: Provisioning): Promise<void> =>
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
    child.send({ backend, cards })
  })

/** Salted digests, as pin.c compares them: the card’s own secrets are in no file. */
const secretLine = (key: string, secret: string): string => {
  const salt = randomBytes(16).toString('hex')
  return `${key} ${salt} ${createHash('sha256').update(`${salt}${secret}`).digest('hex')}`
}

/** Handles the virtual cards of a folder that createVirtualCps made, in this process or another. */
export const openVirtualCps = (place: string): VirtualCps => {
  const folder = resolve(place)
  const change = (apply: (control: Control) => void): Promise<void> => changeControl(folder, apply)
  return {
    folder,
    modulePath: join(folder, 'virtual-cps.so'),
    environment: { CPSSIM_DIR: folder, SOFTHSM2_CONF: join(folder, 'softhsm2.conf') },
    insert: (card = 'A', reader = 0) =>
      change((control) => {
        placeCard(control, reader, card)
      }),
    remove: (reader = 0) =>
      change((control) => {
        placeCard(control, reader, null)
      }),
    swap: (card, reader = 0) =>
      change((control) => {
        placeCard(control, reader, card)
      }),
    setReader: (connected, reader = 0) =>
      change((control) => {
        const key = `reader${String(reader)}`
        if (!control.has(`${key}.name`)) control.set(`${key}.name`, usualName(reader))
        control.set(`${key}.connected`, connected ? '1' : '0')
        touchReader(control, reader)
      }),
    reader: (reader = 0) => readReader(folder, reader),
    setCard: (settings, card = 'A') =>
      change((control) => {
        for (const [name, value] of Object.entries(settings))
          control.set(`card${card}.${lineOf[name as keyof CardSettings]}`, valueOf(value))
      }),
    setSignMilliseconds: (milliseconds) =>
      change((control) => control.set('cardA.sign_ms', String(milliseconds))),
    setModule: ({ lock, behaviour, slotCache, journal }) =>
      change((control) => {
        if (lock) control.set('lock', lock)
        if (behaviour) control.set('behaviour', behaviour)
        if (slotCache !== undefined) control.set('slotcache', slotCache ? '1' : '0')
        if (journal) control.set('journal', journal)
      }),
    set: (lines) =>
      change((control) => {
        for (const [key, value] of Object.entries(lines))
          if (value === null) control.delete(key)
          else control.set(key, String(value))
      }),
    fault: async ({ reader, fn, when = 'before', action }) => {
      const id = `f-${randomUUID().slice(0, 8)}`
      const where = reader === undefined ? '*' : String(reader)
      const state = await readState(folder)
      await change((control) => {
        // Those that happened make room: the module reads so many and no more.
        const former = [...control.keys()].filter((key) => key.startsWith('fault '))
        for (const key of former) if (state.has(`fired ${key.slice(6)}`)) control.delete(key)
        if ([...control.keys()].filter((key) => key.startsWith('fault ')).length >= mostFaults)
          throw new Error(`${String(mostFaults)} faults wait already`)
        control.set(`fault ${id}`, `${where} ${fn} ${when} ${action}`)
      })
      return id
    },
    clearFaults: () =>
      change((control) => {
        for (const key of [...control.keys()]) if (key.startsWith('fault ')) control.delete(key)
      }),
    fired: async () =>
      [...(await readState(folder)).keys()]
        .filter((key) => key.startsWith('fired '))
        .map((key) => key.slice(6)),
    counters: (card = 'A') => readCounters(folder, card),
    setCounters: (counters, card = 'A') =>
      change((control) => {
        // Each counts once, so an older one must not be there for a module that comes later.
        for (const [name, value] of Object.entries(counters)) {
          const key = `card${card}.${name}_left`
          for (const [line, said] of [...control])
            if (line.startsWith('set ') && said.startsWith(`${key} `)) control.delete(line)
          control.set(`set s-${randomUUID().slice(0, 8)}`, `${key} ${String(value)}`)
        }
      }),
    triesLeft: async (card = 'A') => (await readCounters(folder, card)).tries,
    journal: async () =>
      (await readFile(join(folder, 'calls.jsonl'), { encoding: 'utf8', flag: 'a+' }))
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JournalEntry.parse(JSON.parse(line))),
  }
}

/** A folder with the module, ready for its cards; what former cards left there is erased. */
const prepareFolder = async (folder: string): Promise<string> => {
  await promisify(execFile)('make', ['-s', '-C', here])
  const files = ['tokens', 'state', 'state.lock', 'calls.jsonl', 'control', 'control.lock']
  for (const former of [...files, ...cardIds.map((id) => `data-${id}`)])
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
  return configuration
}

/**
 * Makes virtual cards in `folder` (what former ones left there is erased). Card A is in the first reader unless `readers`
 * says otherwise. Builds the native module when needed. Requires gcc, make and softhsm2 (Debian packages). cps-card.md §6.3.
 */
export const createVirtualCps = async (options: {
  folder: string
  /** Card A. */
  card?: CardContents
  cards?: Cards
  readers?: readonly { name?: string; card: CardId | null }[]
  readerName?: string
  signMilliseconds?: number
}): Promise<VirtualCps> => {
  const folder = resolve(options.folder)
  const cards: Cards = { ...options.cards, ...(options.card ? { A: options.card } : {}) }
  const present = cardIds.flatMap((id) => (cards[id] ? [{ id, card: cards[id] }] : []))
  await provision(
    await prepareFolder(folder),
    present.map(({ id, card }) => ({ token: tokenOf(id), card })),
  )
  const secrets = present.flatMap(({ id, card }) => [
    secretLine(`card${id}.pin`, card.pin),
    secretLine(`card${id}.puk`, card.puk),
  ])
  await writeFile(join(folder, 'state'), [...secrets, ''].join('\n'), { mode: 0o600 })
  const control: Control = new Map()
  const readers = options.readers ?? [{ card: 'A' as const }]
  readers.forEach(({ name, card }, index) => {
    const usual = options.readerName ?? usualName(index)
    control.set(`reader${String(index)}.connected`, '1').set(`reader${String(index)}.name`, name ?? usual)
    control.set(`reader${String(index)}.card`, card ?? 'none').set(`reader${String(index)}.generation`, '1')
  })
  for (const { id, card } of present) {
    control.set(`card${id}.token`, tokenOf(id)).set(`card${id}.profile`, card.profile)
    control.set(`card${id}.label`, card.label).set(`card${id}.serial`, card.serial)
    control.set(`card${id}.sign_ms`, String(options.signMilliseconds ?? 20))
  }
  await writeControl(folder, control)
  return openVirtualCps(folder)
}
