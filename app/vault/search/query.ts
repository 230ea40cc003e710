import type { SearchTerm, SearchTermKind } from '../../contract/index.ts'
import { fold } from '../fold.ts'
import { dateOf, relativeUnit } from './dates.ts'
import { groupedDigits, wordsOf } from './words.ts'

/** Words in a field of the index (null: in any), all of them required, the last one being typed: prefixes. */
export interface WordCondition {
  kind: 'words'
  field: 'sender' | 'recipients' | 'copies' | 'subject' | 'patient' | 'kind' | null
  words: string[]
  /** The words one after the other, none of them a prefix. */
  phrase: boolean
  /** A number written in groups is also searched in one piece. */
  digits: string | null
  negated: boolean
}

/** Flags and places, looked up in the tables of messages. */
export interface StateCondition {
  kind: 'attachment' | 'unread' | 'flagged'
  negated: boolean
}
export interface FolderCondition {
  kind: 'folder'
  /** Folded. */
  name: string
  negated: boolean
}

/** A search as understood. Dates bound the messages: `from` inclusive, `until` exclusive, milliseconds. */
export interface SearchQuery {
  words: WordCondition[]
  states: StateCondition[]
  folders: FolderCondition[]
  from: number | null
  until: number | null
  /** For the window to show; conditions beyond the limit are in neither. */
  terms: SearchTerm[]
}

/** Longest query taken into account. */
const longestText = 500
const mostTerms = 16

type Operator =
  'sender' | 'recipient' | 'copy' | 'subject' | 'patient' | 'type' | 'folder' | 'before' | 'after'

const operators: Readonly<Record<string, Operator | 'is' | 'has'>> = {
  de: 'sender',
  from: 'sender',
  a: 'recipient',
  to: 'recipient',
  cc: 'copy',
  copie: 'copy',
  sujet: 'subject',
  objet: 'subject',
  subject: 'subject',
  patient: 'patient',
  type: 'type',
  document: 'type',
  avant: 'before',
  before: 'before',
  apres: 'after',
  depuis: 'after',
  after: 'after',
  since: 'after',
  dans: 'folder',
  dossier: 'folder',
  in: 'folder',
  est: 'is',
  is: 'is',
  has: 'has',
  avec: 'has',
}

const fields = {
  sender: 'sender',
  recipient: 'recipients',
  copy: 'copies',
  subject: 'subject',
  patient: 'patient',
  type: 'kind',
} as const satisfies Partial<Record<Operator, WordCondition['field']>>

const attachmentWords = new Set(['pj', 'piece', 'pieces', 'piece-jointe', 'attachment', 'attachments'])
const unreadWords = new Set(['non-lu', 'non-lus', 'nonlu', 'nonlus', 'unread'])
const readWords = new Set(['lu', 'lus', 'read'])
const flaggedWords = new Set(['suivi', 'suivis', 'marque', 'a-traiter', 'flagged', 'starred'])

interface Token {
  /** As typed, without the sign of negation, operator and quotes. */
  value: string
  quoted: boolean
  negated: boolean
  /** As typed before the colon, folded; null without one. */
  operator: string | null
  /** The operator was typed with its accent: « à: » is never the « a: » of « a:pj ». */
  accented: boolean
  start: number
  end: number
}

// Blanks, then: a sign, an operator, a value in quotes (closed or not yet) or up to the next blank.
const tokenForm =
  /(?<sign>-(?=\S))?(?:(?<operator>\p{L}{1,12}):(?!\/\/)[ \u00a0]*(?=[^\s]|$))?(?:[«“"](?<quoted>[^«»“”"]*)(?:[»”"]|$)|(?<plain>\S*))/gu

const tokensOf = (text: string): Token[] => {
  const tokens: Token[] = []
  tokenForm.lastIndex = 0
  let position = 0
  while (position < text.length) {
    if (/\s/u.test(text[position] ?? '')) {
      position += 1
      continue
    }
    tokenForm.lastIndex = position
    const match = tokenForm.exec(text)
    if (!match || match.index !== position || match[0] === '') {
      position += 1
      continue
    }
    const { sign, operator, quoted, plain } = match.groups ?? {}
    const known = operator === undefined ? null : fold(operator)
    tokens.push({
      value: (quoted ?? plain ?? '').trim(),
      quoted: quoted !== undefined,
      negated: sign !== undefined,
      operator: known,
      accented: operator !== undefined && fold(operator) !== operator.toLowerCase(),
      start: position,
      end: position + match[0].length,
    })
    position += match[0].length
  }
  return tokens
}

/** « 06 12 34 » is one number: groups of digits that follow each other, unquoted and without operator, are joined. */
const joinNumbers = (tokens: readonly Token[]): Token[] => {
  const joined: Token[] = []
  for (const token of tokens) {
    const last = joined.at(-1)
    const isGroup = (one: Token): boolean => !one.quoted && /^\d[\d.\-\u00a0 ]*$/.test(one.value)
    if (
      last &&
      isGroup(last) &&
      isGroup(token) &&
      !token.negated &&
      token.operator === null &&
      (last.operator === null || operators[last.operator] === 'patient')
    ) {
      last.value += ` ${token.value}`
      last.end = token.end
    } else joined.push({ ...token })
  }
  return joined
}

/** Elided articles and pronouns say nothing: « l’hôpital » is « hôpital ». */
const withoutElisions = (folded: string): string =>
  folded.replace(/(?<![\p{L}\p{N}])(?:[cdjlmnst]|qu)'(?=\p{L})/gu, '')

const wordCondition = (token: Token, field: WordCondition['field']): WordCondition | null => {
  const folded = withoutElisions(fold(token.value))
  const words = wordsOf(folded)
  if (words.length === 0) return null
  const grouped = [...folded.matchAll(groupedDigits)]
  const digits = grouped.length === 1 && grouped[0]?.[0] === folded ? folded.replace(/\D/g, '') : null
  return {
    kind: 'words',
    field,
    words,
    phrase: token.quoted && words.length > 1,
    digits: digits !== null && digits.length >= 4 && digits.length <= 21 ? digits : null,
    negated: token.negated,
  }
}

/**
 * What the user typed → what is searched (docs/search.md). Pure, never throws; `now` (milliseconds) is for relative dates, which
 * are in the local time of the workstation. An unknown operator or an unreadable date is ordinary words.
 */
export const parseQuery = (text: string, now: number): SearchQuery => {
  const query: SearchQuery = { words: [], states: [], folders: [], from: null, until: null, terms: [] }
  const tokens = joinNumbers(tokensOf(text.slice(0, longestText)))
  const term = (kind: SearchTermKind, value: string, token: Token, negated = token.negated): void => {
    query.terms.push({ kind, text: value, negated, start: token.start, end: token.end })
  }
  const state = (
    kind: StateCondition['kind'],
    token: Token,
    negated: boolean,
    shown: SearchTermKind,
  ): void => {
    query.states.push({ kind, negated })
    term(shown, '', token, shown === 'read' ? false : negated)
  }
  const words = (token: Token, field: WordCondition['field'], kind: SearchTermKind): void => {
    const condition = wordCondition(token, field)
    if (!condition) return
    query.words.push(condition)
    term(kind, token.value, token)
  }
  const freeWords = (token: Token): void => {
    const whole =
      token.operator === null || token.value === '' ? token.value : `${token.operator} ${token.value}`
    words({ ...token, value: whole || (token.operator ?? '') }, null, token.quoted ? 'phrase' : 'word')
  }
  const isState = (token: Token, value: string): boolean => {
    if (unreadWords.has(value)) state('unread', token, token.negated, 'unread')
    else if (readWords.has(value)) {
      if (token.negated) state('unread', token, false, 'unread')
      else state('unread', token, true, 'read')
    } else if (flaggedWords.has(value)) state('flagged', token, token.negated, 'flagged')
    else if (attachmentWords.has(value)) state('attachment', token, token.negated, 'attachment')
    else return false
    return true
  }

  for (let index = 0; index < tokens.length && query.terms.length < mostTerms; index += 1) {
    const token = tokens[index]
    if (!token) break
    const operator = token.operator === null ? null : (operators[token.operator] ?? null)
    const value = fold(token.value)
    const next = tokens[index + 1]
    const following =
      next && next.operator === null && !next.quoted && !next.negated ? fold(next.value) : null
    if (operator === null) {
      // « non lu » in two words; in quotes they are words.
      if (
        !token.quoted &&
        token.operator === null &&
        value === 'non' &&
        following !== null &&
        readWords.has(following) &&
        following !== 'read'
      ) {
        state('unread', { ...token, end: next?.end ?? token.end }, token.negated, 'unread')
        index += 1
      } else freeWords(token)
      continue
    }
    if (token.value === '') continue
    switch (operator) {
      case 'is': {
        if (value === 'non' && following !== null && readWords.has(following)) {
          state('unread', { ...token, end: next?.end ?? token.end }, token.negated, 'unread')
          index += 1
        } else if (!isState(token, value)) freeWords(token)
        break
      }
      case 'has':
        if (!attachmentWords.has(value) || !isState(token, value)) freeWords(token)
        break
      case 'before':
      case 'after': {
        const unit = following === null || !/^\d{1,3}$/.test(value) ? null : relativeUnit(following)
        const whole =
          unit === null
            ? token
            : { ...token, value: `${token.value} ${next?.value ?? ''}`, end: next?.end ?? token.end }
        const found = dateOf(fold(whole.value), now)
        if (found === null) {
          freeWords(token)
          break
        }
        if (unit !== null) index += 1
        const before = (operator === 'before') !== token.negated
        if (before) query.until = Math.min(query.until ?? Infinity, found.start)
        else query.from = Math.max(query.from ?? -Infinity, found.start)
        term(before ? 'before' : 'after', found.iso, whole, false)
        break
      }
      case 'folder': {
        const name = wordsOf(value).join(' ')
        if (name === '') break
        query.folders.push({ kind: 'folder', name, negated: token.negated })
        term('folder', token.value, token)
        break
      }
      case 'recipient':
        if (!token.quoted && !token.accented && token.operator === 'a' && attachmentWords.has(value))
          state('attachment', token, token.negated, 'attachment')
        else words(token, fields.recipient, 'recipient')
        break
      default:
        words(token, fields[operator], operator)
    }
  }
  return query
}
