import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * What the control file of a folder of virtual cards says, line by line: `reader0.card` → `A`. The lines that may come several
 * times have their identifier in the key: `fault f1` → `0 C_Sign before remove`. control.c reads them.
 */
export type Control = Map<string, string>

export const cardIds = ['A', 'B', 'C', 'D'] as const
export type CardId = (typeof cardIds)[number]

export const profiles = ['cps3', 'cps4', 'cpe', 'contactless', 'mute', 'unknown', 'pinpad'] as const
export type CardProfile = (typeof profiles)[number]

export const pinpadResults = ['ok', 'wrong', 'cancel', 'timeout', 'mismatch'] as const

const isMissing = (cause: unknown): boolean =>
  cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'

/** Reads the control file of a card folder. */
export const readControl = async (folder: string): Promise<Control> => {
  const text = await readFile(join(folder, 'control'), 'utf8')
  const control: Control = new Map()
  for (const line of text.split('\n')) {
    const [, key, value] = /^((?:fault|set) \S+|\S+) (.*)$/.exec(line) ?? []
    if (key !== undefined && value !== undefined) control.set(key, value)
  }
  return control
}

/** Replaces the control file at once: the module never sees half a file. */
export const writeControl = async (folder: string, control: Control): Promise<void> => {
  const number = Number(control.get('end') ?? '0') + 1
  const lines = [...control].filter(([key]) => key !== 'end').map(([key, value]) => `${key} ${value}`)
  const temporary = join(folder, `control.${process.pid}.tmp`)
  await writeFile(temporary, [...lines, `end ${String(number)}`, ''].join('\n'), { mode: 0o600 })
  await rename(temporary, join(folder, 'control'))
}

/** Milliseconds after which the lock of a writer that died is taken over; writing takes two. */
const stale = 2000

const lock = async (folder: string): Promise<() => Promise<void>> => {
  const file = join(folder, 'control.lock')
  for (;;) {
    try {
      await (await open(file, 'wx', 0o600)).close()
      return () => rm(file, { force: true })
    } catch (cause) {
      if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause
    }
    const age = await stat(file).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      (cause: unknown) => {
        if (isMissing(cause)) return 0
        throw cause
      },
    )
    if (age > stale) await rm(file, { force: true })
    await pause(1)
  }
}

/** Reads, changes and writes the control file; two terminals and a test do not lose each other's changes. */
export const changeControl = async (folder: string, change: (control: Control) => void): Promise<void> => {
  const release = await lock(folder)
  try {
    const control = await readControl(folder)
    change(control)
    await writeControl(folder, control)
  } finally {
    await release()
  }
}

/** Counts one more change of a reader: two between two looks of the module are then seen, and what a fault did there ends. */
export const touchReader = (control: Control, reader: number): void => {
  const key = `reader${String(reader)}.generation`
  control.set(key, String(Number(control.get(key) ?? '0') + 1))
}

/** Puts a card in a reader, out of any other; `null` takes out the one that is there. */
export const placeCard = (control: Control, reader: number, card: CardId | null): void => {
  for (const other of [0, 1, 2, 3]) {
    const key = `reader${String(other)}.card`
    if (other === reader || card === null || control.get(key) !== card) continue
    control.set(key, 'none')
    touchReader(control, other)
  }
  control.set(`reader${String(reader)}.card`, card ?? 'none')
  touchReader(control, reader)
}

/** Tries of the PIN, tries of the PUK, and unblockings a card still has. */
export interface Counters {
  tries: number
  puk: number
  unblocks: number
}

/** The state file, line by line; none before the first use. */
export const readState = async (folder: string): Promise<Control> => {
  const text = await readFile(join(folder, 'state'), 'utf8').catch((cause: unknown) => {
    if (isMissing(cause)) return ''
    throw cause
  })
  const state: Control = new Map()
  for (const line of text.split('\n')) {
    const [, key, value] = /^(fired \S+|\S+)(?: (.*))?$/.exec(line) ?? []
    if (key !== undefined) state.set(key, value ?? '')
  }
  return state
}

const limits = { tries: ['tries', 3], puk: ['puk', 3], unblocks: ['unblocks', 5] } as const

/** What is left on a card: as used, or set from outside and not yet seen by a module, or else the most it may have. */
export const readCounters = async (folder: string, card: CardId): Promise<Counters> => {
  const [control, state] = [await readControl(folder), await readState(folder)]
  const one = (counter: keyof Counters): number => {
    const [name, usual] = limits[counter]
    const most = Number(control.get(`card${card}.${name}_max`) ?? usual)
    const key = `card${card}.${name}_left`
    const pending = [...control].findLast(
      ([line, value]) =>
        line.startsWith('set ') && value.startsWith(`${key} `) && !state.has(`fired ${line.slice(4)}`),
    )
    const left = pending ? pending[1].slice(key.length + 1) : state.get(key)
    return left === undefined ? most : Math.min(Number(left), most)
  }
  return { tries: one('tries'), puk: one('puk'), unblocks: one('unblocks') }
}

/** What is in a reader now: the control file, unless a fault took the card or the reader away since. */
export const readReader = async (
  folder: string,
  reader: number,
): Promise<{ connected: boolean; name: string; card: CardId | null }> => {
  const [control, state] = [await readControl(folder), await readState(folder)]
  const key = (name: string): string => `reader${String(reader)}.${name}`
  const said = (name: string): string => control.get(key(name)) ?? (name === 'card' ? 'none' : '0')
  const [connected, card, ...from] = (state.get(key('moved')) ?? '').split(' ')
  const holds = from.join(' ') === [said('connected'), said('card'), said('generation')].join(' ')
  const inside = holds ? card : said('card')
  return {
    connected: (holds ? connected : said('connected')) === '1',
    name: control.get(key('name')) ?? '',
    card: cardIds.find((id) => id === inside) ?? null,
  }
}
