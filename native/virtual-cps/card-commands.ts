import { cardIds, pinpadResults, profiles, readControl, readState, type CardId } from './control-file.ts'
import type { CardSettings, Fault, JournalEntry, VirtualCps } from './index.ts'

/** What a person may do with virtual cards from a second terminal. A command gives the lines to print. */
export interface CardCommand {
  verb: string
  /** The arguments, as the help shows them. */
  usage: string
  does: string
  /** Throws CommandError when an argument is missing or means nothing. */
  run(virtual: VirtualCps, words: readonly string[]): Promise<string[]>
}

/** Said to the person at the terminal, as it is. */
export class CommandError extends Error {}

const oneOf = <Value extends string>(
  what: string,
  values: readonly Value[],
  word: string | undefined,
): Value => {
  const found = values.find((value) => value === word)
  if (found === undefined) throw new CommandError(`${what}: ${values.join(', ')}; not « ${word ?? ''} »`)
  return found
}
/** A card of the folder. */
const cardOf = async (virtual: VirtualCps, word: string | undefined): Promise<CardId> => {
  const control = await readControl(virtual.folder)
  const there = cardIds.filter((id) => control.has(`card${id}.label`))
  return oneOf('card', there, word?.toUpperCase())
}
const readerOf = (word: string | undefined): number =>
  Number(oneOf('reader', ['0', '1', '2', '3'], word ?? '0'))
/** A reader that is or was plugged in. */
const knownReader = async (virtual: VirtualCps, word: string | undefined): Promise<number> => {
  const reader = readerOf(word)
  const { name } = await virtual.reader(reader)
  if (name === '') throw new CommandError(`no reader ${String(reader)} yet: plug ${String(reader)} makes one`)
  return reader
}
const wholeNumber = (what: string, word: string | undefined): number => {
  if (word === undefined || !/^\d{1,7}$/.test(word))
    throw new CommandError(`${what}: a whole number is expected`)
  return Number(word)
}

const readerLines = async (virtual: VirtualCps): Promise<string[]> => {
  const lines: string[] = []
  for (const index of [0, 1, 2, 3]) {
    const { connected, name, card } = await virtual.reader(index)
    if (name === '') continue
    const state = connected ? (card ? `card ${card}` : 'empty') : 'unplugged'
    lines.push(`reader ${String(index)}  ${state.padEnd(10)} « ${name} »`)
  }
  return lines
}

/** One line for each card of the folder, in a reader or not. */
const cardLines = async (virtual: VirtualCps): Promise<string[]> => {
  const control = await readControl(virtual.folder)
  const lines: string[] = []
  for (const id of cardIds) {
    const label = control.get(`card${id}.label`)
    if (label === undefined) continue
    const { tries, puk, unblocks } = await virtual.counters(id)
    const left = `${String(tries)} PIN tries left, ${String(puk)} PUK tries, ${String(unblocks)} unblockings`
    lines.push(`card ${id}    ${label}, ${control.get(`card${id}.profile`) ?? '?'}: ${left}`)
  }
  return lines
}

const list = async (virtual: VirtualCps): Promise<string[]> => [
  ...(await readerLines(virtual)),
  ...(await cardLines(virtual)),
]

const delays = {
  login: 'loginMilliseconds',
  sign: 'signMilliseconds',
  decrypt: 'decryptMilliseconds',
  data: 'dataMilliseconds',
  init: 'initMilliseconds',
  pinpad: 'pinpadMilliseconds',
} as const satisfies Record<string, keyof CardSettings>

const actionPattern = /^(remove|unplug|lose_login|crash|swap:[A-D]|hang:\d{1,7}|rv:[0-9a-fA-F]{1,16})$/
const whenPattern = /^(before|after|mid:\d{1,7})$/

const faultOf = ([fn = '', ...words]: readonly string[]): Fault => {
  if (!/^C_[A-Za-z]{3,30}$/.test(fn))
    throw new CommandError(`« ${fn} » is no PKCS#11 function, for instance C_Sign`)
  const when = words.find((word) => whenPattern.test(word))
  const action = words.find((word) => actionPattern.test(word))
  const reader = words.find((word) => /^[0-3]$/.test(word))
  const odd = words.find((word) => word !== when && word !== action && word !== reader && word !== '*')
  if (odd !== undefined) throw new CommandError(`« ${odd} » is neither a moment, nor an action, nor a reader`)
  if (action === undefined)
    throw new CommandError('what happens? remove, unplug, swap:B, rv:30, lose_login, hang:60000 or crash')
  return {
    fn: fn as Fault['fn'],
    when: (when ?? 'before') as NonNullable<Fault['when']>,
    action: action as Fault['action'],
    ...(reader === undefined ? {} : { reader: Number(reader) }),
  }
}

const faultLines = async (virtual: VirtualCps): Promise<string[]> => {
  const [control, state] = [await readControl(virtual.folder), await readState(virtual.folder)]
  const lines = [...control].flatMap(([key, value]) =>
    key.startsWith('fault ')
      ? [`${key.slice(6)}  ${value}  ${state.has(`fired ${key.slice(6)}`) ? 'happened' : 'waits'}`]
      : [],
  )
  return lines.length > 0 ? lines : ['no fault']
}

const describeCall = (call: JournalEntry): string => {
  const time = new Date(call.t).toISOString().slice(11, 23)
  const rest = [call.user, call.keyLabel, call.fault && `fault ${call.fault}`].filter((word) => word !== '')
  const where = call.reader < 0 ? '-' : String(call.reader)
  const end = `0x${call.rv.toString(16)} ${String(call.ms)} ms`
  return [time, `pid ${String(call.pid)}`, `reader ${where}`, call.fn, end, ...rest].join('  ')
}

const describeJournal = async (virtual: VirtualCps, most: number): Promise<string[]> => {
  const calls = await virtual.journal()
  return calls.length > 0 ? calls.slice(-most).map(describeCall) : ['no call yet']
}

const afterwards = (act: (virtual: VirtualCps, words: readonly string[]) => Promise<unknown>) => {
  return async (virtual: VirtualCps, words: readonly string[]): Promise<string[]> => {
    await act(virtual, words)
    return list(virtual)
  }
}
const counter = (name: 'tries' | 'puk' | 'unblocks') =>
  afterwards(async (virtual, [card, left]) =>
    virtual.setCounters({ [name]: wholeNumber('how many', left) }, await cardOf(virtual, card)),
  )

export const cardCommands: readonly CardCommand[] = [
  { verb: 'list', usage: '', does: 'readers and cards, with the tries left (also: status)', run: list },
  { verb: 'status', usage: '', does: 'the same as list', run: list },
  {
    verb: 'insert',
    usage: '[card A] [reader 0]',
    does: 'puts a card in a reader, out of any other reader',
    run: afterwards(async (virtual, [card = 'A', reader]) =>
      virtual.insert(await cardOf(virtual, card), await knownReader(virtual, reader)),
    ),
  },
  {
    verb: 'remove',
    usage: '[reader 0]',
    does: 'pulls the card out of a reader',
    run: afterwards(async (virtual, [reader]) => virtual.remove(await knownReader(virtual, reader))),
  },
  {
    verb: 'swap',
    usage: '<card> [reader 0]',
    does: 'puts another card in the place of the one there, at once',
    run: afterwards(async (virtual, [card, reader]) =>
      virtual.swap(await cardOf(virtual, card), await knownReader(virtual, reader)),
    ),
  },
  {
    verb: 'plug',
    usage: '[reader 0]',
    does: 'plugs a reader in, a new one where there was none',
    run: afterwards((virtual, [reader]) => virtual.setReader(true, readerOf(reader))),
  },
  {
    verb: 'unplug',
    usage: '[reader 0]',
    does: 'unplugs a reader, with the card in it',
    run: afterwards((virtual, [reader]) => virtual.setReader(false, readerOf(reader))),
  },
  {
    verb: 'profile',
    usage: `<card> ${profiles.join('|')}`,
    does: 'what kind of card it is',
    run: afterwards(async (virtual, [card, profile]) =>
      virtual.setCard({ profile: oneOf('profile', profiles, profile) }, await cardOf(virtual, card)),
    ),
  },
  {
    verb: 'pinpad',
    usage: `<card> off|${pinpadResults.join('|')} [milliseconds 3000]`,
    does: 'a reader with keys, and what its user does there',
    run: afterwards(async (virtual, [card, end, delay = '3000']) => {
      if (end === 'off') return virtual.setCard({ pinpad: false }, await cardOf(virtual, card))
      const pinpadResult = oneOf('end', pinpadResults, end)
      const pinpadMilliseconds = wholeNumber('milliseconds', delay)
      return virtual.setCard({ pinpad: true, pinpadResult, pinpadMilliseconds }, await cardOf(virtual, card))
    }),
  },
  {
    verb: 'delay',
    usage: `<card> ${Object.keys(delays).join('|')} <milliseconds>`,
    does: 'how long the chip takes for one thing',
    run: afterwards(async (virtual, [card, what, delay]) => {
      const name = oneOf('what', Object.keys(delays) as (keyof typeof delays)[], what)
      return virtual.setCard(
        { [delays[name]]: wholeNumber('milliseconds', delay) },
        await cardOf(virtual, card),
      )
    }),
  },
  { verb: 'tries', usage: '<card> <n>', does: 'PIN tries left (0 blocks the card)', run: counter('tries') },
  { verb: 'puk', usage: '<card> <n>', does: 'PUK tries left', run: counter('puk') },
  { verb: 'unblocks', usage: '<card> <n>', does: 'unblockings left', run: counter('unblocks') },
  {
    verb: 'fault',
    usage: '<C_Function> [before|mid:<ms>|after] <action> [reader]',
    does: 'happens once: remove, unplug, swap:<card>, rv:<hex>, lose_login, hang:<ms>, crash',
    run: async (virtual, words) => [`fault ${await virtual.fault(faultOf(words))} waits for its call`],
  },
  {
    verb: 'faults',
    usage: '[clear]',
    does: 'the faults that wait or happened; clear forgets them',
    run: async (virtual, [word]) => {
      if (word !== undefined) oneOf('faults', ['clear'], word)
      if (word === 'clear') await virtual.clearFaults()
      return faultLines(virtual)
    },
  },
  {
    verb: 'lock',
    usage: 'global|none',
    does: 'whether other calls wait while the chip works',
    run: afterwards((virtual, [lock]) =>
      virtual.setModule({ lock: oneOf('lock', ['global', 'none'], lock) }),
    ),
  },
  {
    verb: 'behaviour',
    usage: 'cryptolib|opensc|strict',
    does: 'which module it behaves like',
    run: afterwards((virtual, [like]) =>
      virtual.setModule({ behaviour: oneOf('behaviour', ['cryptolib', 'opensc', 'strict'], like) }),
    ),
  },
  {
    verb: 'journal',
    usage: '[lines 20]',
    does: 'the last PKCS#11 calls; never a PIN or data',
    run: (virtual, [most = '20']) => describeJournal(virtual, wholeNumber('lines', most)),
  },
]

/** The help of `npm run card`. */
export const cardHelp = (): string[] => [
  'npm run card -- <command> [arguments] [--in <folder>]',
  '',
  ...cardCommands.flatMap(({ verb, usage, does }) => {
    const words = `  ${verb} ${usage}`.trimEnd()
    return words.length < 34 ? [`${words.padEnd(34)}${does}`] : [words, `${' '.repeat(34)}${does}`]
  }),
  '',
  'Cards are A to D, readers 0 to 3. --in takes the folder of the cards or a part of its name; it is not needed when the',
  'machine has one such folder. A running demonstration prints the folders of its cards.',
]
