import { fold } from '../../vault/index.ts'

/** Marks an entry of a name (of the person, or of the service and structure); no word begins so. */
export const nameMark = '§'
/** Marks a person's last name. */
export const lastNameMark = '¤'
/** Marks what one filters by. */
const filterMark = 'µ'
/** Words longer than this are cut, in the base and in queries alike. */
const longestWord = 40

/** The words of a text: letters and digits, folded. */
export const wordsOf = (text: string): string[] =>
  (fold(text).match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => word.slice(0, longestWord))

/** Codes hold letters and digits; anything else would be cut by the tokenizer. */
const codeWord = (code: string): string =>
  code.toLowerCase().replace(/[^a-z0-9]/g, (letter) => `x${letter.charCodeAt(0).toString(16)}`)

type FilterKind = 'type' | 'profession' | 'specialty' | 'department' | 'gone'
const filterLetters: Readonly<Record<FilterKind, string>> = {
  type: 't',
  profession: 'p',
  specialty: 's',
  department: 'd',
  gone: 'g',
}
export const filterWord = (kind: FilterKind, code: string): string =>
  `${filterMark}${filterLetters[kind]}${codeWord(code)}`

const spokenEndings: readonly (readonly [RegExp, string])[] = [
  [/logie$/, 'logue'],
  [/iatrie$/, 'iatre'],
  [/^generale$/, 'generaliste'],
  [/^chirurgie$/, 'chirurgien'],
  [/^anesthesie$/, 'anesthesiste'],
  [/^obstetrique$/, 'obstetricien'],
  [/^diagnostic$/, 'radiologue'],
  [/^infirmier$/, 'infirmiere'],
  [/^pharmacien$/, 'pharmacie'],
]

/** The words of a profession or specialty with what its people are called: « Cardiologie » is searched as « cardiologue ». */
const spokenWords = (text: string): string[] =>
  wordsOf(text).flatMap((word) => {
    const found = spokenEndings.find(([ending]) => ending.test(word))
    return found ? [word, word.replace(found[0], found[1])] : [word]
  })
/** Labels are a few hundred; their words are found once. */
const spoken = new Map<string, string[]>()
export const labelWords = (label: string): string[] => {
  const known = spoken.get(label) ?? spokenWords(label)
  if (spoken.size < 2_000) spoken.set(label, known)
  return known
}

/** Of every second address: they tell nothing apart. */
const common = new Set(['mssante', 'fr'])

/** What is searched of a mailbox. */
export interface Searched {
  address: string
  type: string
  lastName: string | null
  firstName: string | null
  service: string | null
  legalName: string | null
  tradeName: string | null
  profession: string | null
  professionCode: string | null
  specialty: string | null
  specialtyCode: string | null
  town: string | null
  postalCode: string | null
  departmentCode: string | null
  nationalId: string | null
  gone: boolean
}

/** « St-Étienne » is typed « saint étienne », and the other way round. */
const otherSpellings: Readonly<Record<string, string>> = {
  st: 'saint',
  saint: 'st',
  ste: 'sainte',
  sainte: 'ste',
}
const spelt = (word: string): string[] => {
  const other = Object.hasOwn(otherSpellings, word) ? otherSpellings[word] : undefined
  return other === undefined ? [word] : [word, other]
}

const add = (into: Set<string>, text: string | null, mark = ''): void => {
  if (text !== null) for (const word of wordsOf(text)) for (const one of spelt(word)) into.add(mark + one)
}

/** Words of a name that are joined with those after them: more are a structure's. */
const mostJoined = 5

/** « De La Tour » is typed « delatour » and « latour » too. */
export const nameWords = (name: string | null): string[] => {
  const words = name === null ? [] : wordsOf(name)
  const joined = words
    .slice(0, mostJoined)
    .slice(0, -1)
    .map((_word, index) => words.slice(index).join('').slice(0, longestWord))
  return [...words.flatMap(spelt), ...joined]
}

/** « Jean-Marc » is typed « jm » too. */
const initials = (firstName: string | null): string[] => {
  const words = firstName === null ? [] : wordsOf(firstName)
  return words.length === 2 || words.length === 3 ? [words.map((word) => word.slice(0, 1)).join('')] : []
}

/** Every entry of a mailbox in the index. */
export const entriesOf = (mailbox: Searched): Set<string> => {
  const words = new Set<string>()
  const isPerson = mailbox.lastName !== null
  for (const word of [
    ...nameWords(mailbox.lastName),
    ...nameWords(mailbox.firstName),
    ...initials(mailbox.firstName),
  ])
    words.add(word).add(nameMark + word)
  add(words, mailbox.lastName, lastNameMark)
  for (const name of [mailbox.service, mailbox.legalName, mailbox.tradeName]) {
    add(words, name)
    if (!isPerson) add(words, name, nameMark)
  }
  for (const label of [mailbox.profession, mailbox.specialty])
    if (label !== null) for (const word of labelWords(label)) words.add(word)
  add(words, mailbox.town)
  add(words, mailbox.postalCode)
  if (mailbox.departmentCode !== null) words.add(mailbox.departmentCode.toLowerCase())
  for (const word of wordsOf(mailbox.address)) if (!common.has(word)) words.add(word)
  words.add(filterWord('type', mailbox.type))
  if (mailbox.professionCode !== null) words.add(filterWord('profession', mailbox.professionCode))
  if (mailbox.specialtyCode !== null) words.add(filterWord('specialty', mailbox.specialtyCode))
  if (mailbox.departmentCode !== null) words.add(filterWord('department', mailbox.departmentCode))
  if (mailbox.gone) words.add(filterWord('gone', ''))
  return words
}
