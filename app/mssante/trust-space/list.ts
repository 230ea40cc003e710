import { SaxesParser } from 'saxes'
import { fail, ok, type ErrorCode, type Outcome } from '../../contract/index.ts'
import { asciiDomain } from './domains.ts'
import { partitioned } from './partitioned.ts'

/** One domain with everybody who holds it. */
interface ListedDomain {
  /** ASCII; `.x` for the domains below x. */
  domain: string
  shown: string
  description: string
  operators: string[]
}

/** What a list says: entries of one domain are one here. */
export interface DomainList {
  /** Milliseconds since 1970; null when the list gives no date, or one that cannot be read. */
  generatedAt: number | null
  domains: ListedDomain[]
  operators: number
  /** Entries without a domain's name. */
  ignored: number
}

interface ListLimits {
  bytes: number
  depth: number
  entries: number
  /** Characters of one element's text. */
  text: number
  milliseconds: number
}

/** Five hundred times the list of 2026 in size, thirty times in entries (mssante-client.md §5). */
export const listLimits: ListLimits = {
  bytes: 128 * 1024 * 1024,
  depth: 16,
  entries: 300_000,
  text: 4096,
  milliseconds: 60_000,
}

const slice = 16 * 1024
const mostOperators = 50

/** Text of a list as it comes: by its byte-order mark, else as it declares itself, else UTF-8. */
const decoderOf = (head: Uint8Array) => {
  const [first, second] = head
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le', { fatal: true })
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be', { fatal: true })
  const start = new TextDecoder('latin1').decode(head.subarray(0, 200))
  const declared = /<\?xml[^>]*encoding\s*=\s*["']([\w-]{1,20})["']/.exec(start)?.[1]?.toLowerCase() ?? ''
  return ['iso-8859-1', 'iso-8859-15', 'windows-1252'].includes(declared)
    ? new TextDecoder(declared)
    : new TextDecoder('utf-8', { fatal: true })
}

/** Fields of an entry, by local name: lists with another prefix or none are read alike. */
const fields = new Set(['Nom', 'Description', 'CN', 'O', 'DateDeGeneration'])

/** What is read of one list; `stop` says why nothing more is. */
const createReading = (limits: ListLimits) => {
  const domains: ListedDomain[] = []
  const byName = partitioned<ListedDomain>()
  const operators = new Set<string>()
  const path: string[] = []
  let generatedAt: number | null = null
  let dated = false
  let entries = 0
  let ignored = 0
  let stop: ErrorCode | null = null
  let text = ''
  let entry: { name: string; description: string; common: string; organisation: string } | null = null
  const parser = new SaxesParser({ xmlns: true, position: false })

  const keep = (found: NonNullable<typeof entry>): void => {
    const below = /^(?:\*\.|\.)/.test(found.name)
    const ascii = asciiDomain(found.name.replace(/^(?:\*\.|\.)/, ''))
    if (ascii === null) {
      ignored += 1
      return
    }
    const domain = below ? `.${ascii}` : ascii
    const operator = found.common || found.organisation
    if (operator !== '') operators.add(operator)
    const known = byName.get(domain)
    if (!known) {
      const { name: shown, description } = found
      const one = { domain, shown, description, operators: operator === '' ? [] : [operator] }
      byName.set(domain, one)
      domains.push(one)
    } else if (
      operator !== '' &&
      !known.operators.includes(operator) &&
      known.operators.length < mostOperators
    )
      known.operators.push(operator)
  }

  const closed: Record<string, (value: string) => void> = {
    Nom: (value) => {
      if (entry && path.at(-2) === 'Domaine' && entry.name === '') entry.name = value
    },
    Description: (value) => {
      if (entry && path.at(-2) === 'Domaine') entry.description = value
    },
    CN: (value) => {
      if (entry && path.at(-2) === 'DNCertificatOperateur') entry.common = value
    },
    O: (value) => {
      if (entry && path.at(-2) === 'DNCertificatOperateur') entry.organisation = value
    },
    DateDeGeneration: (value) => {
      dated = true
      const time = Date.parse(/Z|[+-]\d\d:?\d\d$/.test(value) || value.length <= 10 ? value : `${value}Z`)
      if (!Number.isNaN(time)) generatedAt = time
    },
  }

  parser.on('error', () => (stop ??= 'xml.malformed'))
  parser.on('doctype', () => (stop ??= 'xml.forbidden'))
  parser.on('opentag', (tag) => {
    path.push(tag.local)
    text = ''
    if (path.length > limits.depth) stop ??= 'xml.limit'
    if (tag.local !== 'Domaine') return
    entries += 1
    if (entries > limits.entries) stop ??= 'xml.limit'
    entry = { name: '', description: '', common: '', organisation: '' }
  })
  const add = (piece: string): void => {
    if (!fields.has(path.at(-1) ?? '')) return
    text += piece
    if (text.length > limits.text) stop ??= 'xml.limit'
  }
  parser.on('text', add)
  parser.on('cdata', add)
  parser.on('closetag', (tag) => {
    closed[tag.local]?.(text.replace(/\s+/g, ' ').trim())
    if (tag.local === 'Domaine' && entry) {
      keep(entry)
      entry = null
    }
    text = ''
    path.pop()
  })
  return {
    parser,
    stop: () => stop,
    end: (): Outcome<DomainList> => {
      if (domains.length > 0) return ok({ generatedAt, domains, operators: operators.size, ignored })
      return fail(dated || entries > 0 ? 'trust-space.empty' : 'trust-space.malformed')
    },
  }
}

/**
 * Reads the list of domains (mssante-client.md §5) while it comes, within limits; a DOCTYPE, and so every entity, is refused.
 * Nothing of a list that is not whole counts. `now` is monotonic, milliseconds; `breathe` lets others run between slices.
 * Errors: `xml.malformed`, `xml.forbidden`, `xml.limit`, `trust-space.malformed` (another document), `trust-space.empty`,
 * and what the source fails with.
 */
export const readDomainList = async (
  source: AsyncIterable<Outcome<Uint8Array>>,
  deps: { now: () => number; breathe: () => Promise<void> },
  limits: ListLimits = listLimits,
): Promise<Outcome<DomainList>> => {
  const reading = createReading(limits)
  const { parser } = reading
  const end = deps.now() + limits.milliseconds
  let decoder: ReturnType<typeof decoderOf> | null = null
  let bytes = 0
  const write = async (text: string): Promise<ErrorCode | null> => {
    for (let at = 0; at < text.length; at += slice) {
      parser.write(text.slice(at, at + slice))
      const stop = reading.stop()
      if (stop) return stop
      if (deps.now() > end) return 'xml.limit'
      await deps.breathe()
    }
    return null
  }
  try {
    for await (const piece of source) {
      if (!piece.ok) return piece
      bytes += piece.value.byteLength
      if (bytes > limits.bytes) return fail('xml.limit')
      decoder ??= decoderOf(piece.value)
      const stop = await write(decoder.decode(piece.value, { stream: true }))
      if (stop) return fail(stop)
    }
    if (!decoder) return fail('xml.malformed')
    const stop = await write(decoder.decode())
    if (stop) return fail(stop)
    parser.close()
  } catch (cause) {
    return fail(reading.stop() ?? 'xml.malformed', { cause })
  }
  const stop = reading.stop()
  return stop ? fail(stop) : reading.end()
}
