import { domainToASCII } from 'node:url'
import { decoded, fieldsOf, valuesOf, type Field } from './header-fields.ts'

/** A From field read strictly (RFC 5322 §3.4): one mailbox or nothing that a signer could be tied to. */
export type SenderField =
  | {
      kind: 'one'
      address: string
      /** Addresses that the name or a comment shows beside the real one. */
      shown: string[]
    }
  | { kind: 'absent' | 'none' | 'several' | 'malformed' }

/** What a message says of who wrote it: plain data. */
export interface SenderFacts {
  from: SenderField
  /** Address of the Sender field; null without one that can be read. */
  sender: string | null
  /** It came through a mailing list (RFC 2369, RFC 2919). */
  list: boolean
}

type Token =
  | { kind: 'atom' | 'quoted' | 'literal' | 'comment'; text: string }
  | { kind: 'blank' }
  | { kind: 'special'; text: string }

/** End of a comment that starts at `from`, nested ones included; −1 when it never ends. */
const commentEnd = (value: string, from: number): number => {
  let depth = 0
  for (let at = from; at < value.length; at += 1) {
    const char = value[at]
    if (char === '\\') at += 1
    else if (char === '(') depth += 1
    else if (char === ')') {
      depth -= 1
      if (depth === 0) return at
    }
  }
  return -1
}

/** End of a quoted string or a domain literal that starts at `from`; −1 when it never ends. */
const closingEnd = (value: string, from: number, closing: string): number => {
  for (let at = from + 1; at < value.length; at += 1) {
    if (value[at] === '\\') at += 1
    else if (value[at] === closing) return at
  }
  return -1
}

/** RFC 5322 §3.2 tokens; null for what is none: control characters, what never ends, a stray bracket. */
const tokensOf = (value: string): Token[] | null => {
  const tokens: Token[] = []
  let at = 0
  while (at < value.length) {
    const char = value[at] ?? ''
    if (/[\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u.test(char) && char !== '\t') return null
    if (char === ' ' || char === '\t') {
      tokens.push({ kind: 'blank' })
      at += 1
    } else if (char === '(' || char === '"' || char === '[') {
      const end = char === '(' ? commentEnd(value, at) : closingEnd(value, at, char === '"' ? '"' : ']')
      if (end < 0) return null
      const inside = value.slice(at + 1, end).replace(/\\(.)/g, '$1')
      tokens.push({ kind: char === '(' ? 'comment' : char === '"' ? 'quoted' : 'literal', text: inside })
      at = end + 1
    } else if ('<>,;:@.'.includes(char)) {
      tokens.push({ kind: 'special', text: char })
      at += 1
    } else {
      const atom = /^[^\s()<>[\]:;@\\,."\p{Cc}]+/u.exec(value.slice(at))?.[0]
      if (!atom) return null
      tokens.push({ kind: 'atom', text: atom })
      at += atom.length
    }
  }
  return tokens
}

const isSpecial = (token: Token | undefined, text: string): boolean =>
  token?.kind === 'special' && token.text === text

const trimmed = (tokens: readonly Token[]): Token[] => {
  const blank = ({ kind }: Token): boolean => kind === 'blank' || kind === 'comment'
  const first = tokens.findIndex((token) => !blank(token))
  return first < 0 ? [] : tokens.slice(first, tokens.findLastIndex((token) => !blank(token)) + 1)
}

/** `local@domain` without blanks or comments inside; null for anything else. */
const addrSpec = (tokens: readonly Token[]): string | null => {
  const at = tokens.findIndex((token) => isSpecial(token, '@'))
  const dotted = (part: readonly Token[]): string | null => {
    const right = part.every((token, index) =>
      index % 2 === 0 ? token.kind === 'atom' : isSpecial(token, '.'),
    )
    return right && part.length % 2 === 1
      ? part.map((token) => (token.kind === 'blank' ? '' : token.text)).join('')
      : null
  }
  const [before, after] = [tokens.slice(0, Math.max(at, 0)), tokens.slice(at + 1)]
  const [only] = before
  const local = before.length === 1 && only?.kind === 'quoted' ? only.text : dotted(before)
  const domain = dotted(after)
  return at > 0 && local && domain ? `${local}@${domain}` : null
}

/** What looks like an address in the words beside the real one, as a person would read them. */
const addressesShown = (words: readonly string[]): string[] => {
  const text = decoded(words.join(' '))
    .normalize('NFKC')
    .replace(/[\u200b-\u200f\u2060-\u2069\ufeff]/g, '')
  return (text.match(/[^\s<>()[\],;:"'«»]{1,64}@[^\s<>()[\],;:"'«»@]{1,255}/g) ?? []).slice(0, 5)
}

/** Reads the value of one From field; see `SenderField`. */
export const readMailbox = (value: string): SenderField => {
  const tokens = tokensOf(value)
  if (!tokens) return { kind: 'malformed' }
  if (!tokens.some((token) => isSpecial(token, '@'))) return { kind: 'none' }
  const mailboxes: Token[][] = [[]]
  for (const token of tokens)
    if (isSpecial(token, ',')) mailboxes.push([])
    else mailboxes.at(-1)?.push(token)
  const filled = mailboxes.map(trimmed).filter(({ length }) => length > 0)
  if (filled.length > 1) return { kind: 'several' }
  const mailbox = filled[0] ?? []
  const comments = tokens.flatMap((token) => (token.kind === 'comment' ? [token.text] : []))
  const open = mailbox.findIndex((token) => isSpecial(token, '<'))
  if (open < 0) {
    const address = addrSpec(mailbox)
    return address === null
      ? { kind: 'malformed' }
      : { kind: 'one', address, shown: otherThan(address, addressesShown(comments)) }
  }
  const phrase = mailbox.slice(0, open)
  const words = phrase.flatMap((token) => (token.kind === 'blank' ? [' '] : [token.text]))
  const plain = phrase.every(
    (token) => token.kind !== 'literal' && (token.kind !== 'special' || token.text === '.'),
  )
  const closed = mailbox.length - 1
  if (!plain || !isSpecial(mailbox[closed], '>')) return { kind: 'malformed' }
  const address = addrSpec(mailbox.slice(open + 1, closed))
  if (address === null) return { kind: 'malformed' }
  return { kind: 'one', address, shown: otherThan(address, addressesShown([words.join(''), ...comments])) }
}

const otherThan = (address: string, shown: readonly string[]): string[] =>
  shown.filter((other) => compareAddresses(other, address) === 'different')

/**
 * Two addresses: domains without regard to case, international names in their ASCII form; local parts as they are, and
 * when they differ in case alone, that is said (RFC 5321 §2.4).
 */
export const compareAddresses = (one: string, other: string): 'same' | 'case' | 'different' => {
  const cut = (address: string): { local: string; domain: string } => {
    const at = address.lastIndexOf('@')
    const domain = address.slice(at + 1)
    return { local: address.slice(0, Math.max(at, 0)), domain: domainToASCII(domain) || domain.toLowerCase() }
  }
  const [left, right] = [cut(one), cut(other)]
  if (left.domain !== right.domain || left.local === '' || right.local === '') return 'different'
  if (left.local === right.local) return 'same'
  return left.local.toLowerCase() === right.local.toLowerCase() ? 'case' : 'different'
}

/** The From of header fields, all of them taken together. */
export const fromOf = (fields: readonly Field[]): SenderField => {
  const values = valuesOf(fields, 'from')
  if (values.length > 1) return { kind: 'several' }
  return values[0] === undefined ? { kind: 'absent' } : readMailbox(values[0])
}

const listFields = ['list-id', 'list-post', 'mailing-list', 'x-mailman-version']

/** Who a message (its raw bytes) says it is from. */
export const senderFactsOf = (raw: Uint8Array): SenderFacts => {
  const fields = fieldsOf(raw)
  const sender = valuesOf(fields, 'sender').map(readMailbox)
  const [only] = sender
  return {
    from: fromOf(fields),
    sender: sender.length === 1 && only?.kind === 'one' ? only.address : null,
    list: listFields.some((name) => valuesOf(fields, name).length > 0),
  }
}
