import { isAscii, isUtf8 } from 'node:buffer'
import { SaxesParser } from 'saxes'
import { fail, ok, type Outcome } from '../../contract/index.ts'
import { htmlEntities } from './html-entities.ts'

/** An element of a parsed document. Names are local names: health documents use every prefix there is. */
export interface XmlElement {
  name: string
  namespace: string
  /** Keyed by local name, those with a prefix (`xsi:type`) too, where none without one has it. */
  attributes: Map<string, string>
  children: (XmlElement | string)[]
}

export interface XmlLimits {
  bytes: number
  depth: number
  elements: number
}

/** clinical-documents.md §7.3.1. */
const defaultLimits: XmlLimits = { bytes: 50 * 1024 * 1024, depth: 200, elements: 400_000 }

type Stop = 'xml.malformed' | 'xml.limit' | 'xml.forbidden'
const chunkLength = 64 * 1024

/** How a document was written, beside what it says. */
export interface XmlDocument {
  root: XmlElement
  /** Encoding it was read in: `utf-8`, `utf-16le`, `iso-8859-1`… */
  encoding: string
  byteOrderMark: boolean
  /** `href` of every xml-stylesheet instruction; none is ever followed. */
  stylesheets: string[]
  /** The prefix `xsi` is bound to something else than the schema instance namespace. */
  wrongSchemaNamespace: boolean
  /** What was put right; empty for what is well-formed. */
  repairs: XmlRepair[]
}

/** The code page a declaration names, when it is one of one byte a character: the others are told by their bytes. */
const codePage = (declared: string | undefined): string | null => {
  try {
    const { encoding } = new TextDecoder(declared)
    return /^(?:iso-8859|windows-|macintosh|koi8|ibm866|x-mac)/.test(encoding) ? encoding : null
  } catch {
    return null
  }
}

interface Encoding {
  /** As declared, or as the bytes say. */
  encoding: string
  decoder: string
  byteOrderMark: boolean
  /** It says a code page and is UTF-8. */
  misdeclared?: boolean
}

/** The encoding of the bytes: byte order mark, UTF-16 without one, declaration, else UTF-8 (XML 1.0, appendix F). */
const encodingOf = (bytes: Uint8Array): Encoding => {
  const told = (encoding: string, byteOrderMark: boolean): Encoding => ({
    encoding,
    decoder: encoding,
    byteOrderMark,
  })
  const [first, second, third] = bytes
  if (first === 0xff && second === 0xfe) return told('utf-16le', true)
  if (first === 0xfe && second === 0xff) return told('utf-16be', true)
  if (first === 0x3c && second === 0) return told('utf-16le', false)
  if (first === 0 && second === 0x3c) return told('utf-16be', false)
  if (first === 0xef && second === 0xbb && third === 0xbf) return told('utf-8', true)
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 200))
  const declared = /^\s*<\?xml[^>]*encoding\s*=\s*["']([\w.:-]+)["']/.exec(head)?.[1]?.toLowerCase()
  const decoder = codePage(declared)
  if (!declared || !decoder) return told('utf-8', false)
  // Text in a code page is next to never UTF-8 by chance.
  if (!isAscii(bytes) && isUtf8(bytes)) return { ...told('utf-8', false), misdeclared: true }
  return { encoding: declared, decoder, byteOrderMark: false }
}

const countOf = (text: string, character: RegExp): number => text.match(character)?.length ?? 0

/**
 * Bytes that are no UTF-8, read all the same: with signs for what is broken where most of it is UTF-8, else in the code page of Windows,
 * which is what programs write that say UTF-8 and do not.
 */
const decodeBroken = (bytes: Uint8Array): string => {
  const loose = new TextDecoder('utf-8').decode(bytes)
  const broken = countOf(loose, /\ufffd/g)
  return countOf(loose, /[^\0-\x7f]/g) > 2 * broken ? loose : new TextDecoder('windows-1252').decode(bytes)
}

/** What is not allowed in XML 1.0 and says nothing, and what was done about it. */
type XmlRepair =
  | 'encoding'
  | 'leading-space'
  | 'trailing-bytes'
  | 'control-characters'
  | 'html-entities'
  | 'undeclared-prefix'

/** Prefixes that everybody binds to the same namespace; one that a document forgot to declare is read as that. */
const usualPrefixes = { xsi: 'http://www.w3.org/2001/XMLSchema-instance', sdtc: 'urn:hl7-org:sdtc' }

/** What a reference stands for, names of HTML included: without a DTD there is nothing else, and nothing of it is read again. */
const entitiesOf = (own: Record<string, string>, onHtml: () => void): Record<string, string> =>
  new Proxy(own, {
    get: (known, name) => {
      if (typeof name !== 'string') return undefined
      const ofHtml = known[name] === undefined ? htmlEntities.get(name) : undefined
      if (ofHtml !== undefined) onHtml()
      return ofHtml ?? known[name]
    },
  })

const isPadding = (code: number): boolean => code === 0 || code === 32 || (code >= 9 && code <= 13)

/** The text of a document, with what had to be put right for it to be read. */
const readText = (
  bytes: Uint8Array,
  { decoder, misdeclared }: Encoding,
): { text: string; repairs: XmlRepair[] } => {
  const repairs: XmlRepair[] = misdeclared ? ['encoding'] : []
  let text: string
  try {
    text = new TextDecoder(decoder, { fatal: decoder === 'utf-8' }).decode(bytes)
  } catch {
    text = decodeBroken(bytes)
    repairs.push('encoding')
  }
  const declaration = /^\s+(?=<\?xml)/.exec(text)
  if (declaration) {
    text = text.slice(declaration[0].length)
    repairs.push('leading-space')
  }
  let end = text.length
  while (end > 0 && isPadding(text.charCodeAt(end - 1))) end -= 1
  if (text.indexOf('\0', end) >= 0) {
    text = text.slice(0, end)
    repairs.push('trailing-bytes')
  }
  if (/(?![\t\n\r\x7f-\x9f])\p{Cc}/u.test(text)) {
    text = text.replace(/(?![\t\n\r\x7f-\x9f])\p{Cc}/gu, '\ufffd')
    repairs.push('control-characters')
  }
  return { text, repairs }
}

/**
 * Reads a document into a tree. Refuses DOCTYPE (no entity, no external subset), stops at the limits, follows nothing. Bytes that are not in
 * their encoding, blanks before the declaration, padding after the end and control characters are put right and told; so are
 * characters by their names in HTML (`&nbsp;`) and the usual prefixes without a declaration.
 * Errors: `xml.malformed`, `xml.limit`, `xml.forbidden`.
 */
export const parseXmlDocument = (
  bytes: Uint8Array,
  limits: XmlLimits = defaultLimits,
): Outcome<XmlDocument> => {
  if (bytes.byteLength > limits.bytes) return fail('xml.limit')
  const found = encodingOf(bytes)
  const { encoding, byteOrderMark } = found
  const { text, repairs } = readText(bytes, found)
  let stop: Stop | null = null
  let root: XmlElement | null = null
  let elements = 0
  let wrongSchemaNamespace = false
  const stylesheets: string[] = []
  const stack: XmlElement[] = []
  const parser = new SaxesParser({ xmlns: true, position: false, additionalNamespaces: usualPrefixes })
  const repaired = (repair: XmlRepair): void => {
    if (!repairs.includes(repair)) repairs.push(repair)
  }
  parser.ENTITIES = entitiesOf(parser.ENTITIES, () => repaired('html-entities'))
  const declared = new Set<string>()
  const see = (prefix: string): void => {
    if (Object.hasOwn(usualPrefixes, prefix) && !declared.has(prefix)) repaired('undeclared-prefix')
  }
  const add = (value: string): void => {
    const parent = stack.at(-1)
    if (!parent || value === '') return
    const last = parent.children.length - 1
    const before = parent.children[last]
    if (typeof before === 'string') parent.children[last] = before + value
    else parent.children.push(value)
  }
  parser.on('error', () => (stop ??= 'xml.malformed'))
  parser.on('doctype', () => (stop ??= 'xml.forbidden'))
  parser.on('processinginstruction', ({ target, body }) => {
    if (target === 'xml-stylesheet' && stylesheets.length < 10)
      stylesheets.push(/href\s*=\s*["']([^"']*)["']/.exec(body)?.[1] ?? '')
  })
  parser.on('opentag', (tag) => {
    elements += 1
    if (elements > limits.elements || stack.length >= limits.depth) {
      stop ??= 'xml.limit'
      // At once, not at the end of the piece: the parser looks a prefix up in every element still open.
      throw new Error(stop)
    }
    const attributes = new Map<string, string>()
    const written = Object.values(tag.attributes)
    for (const { prefix, local } of written) if (prefix === 'xmlns') declared.add(local)
    see(tag.prefix)
    for (const attribute of written) {
      see(attribute.prefix)
      if (attribute.prefix !== 'xmlns' && attribute.name !== 'xmlns') {
        // `z:value` of an extension never takes the place of `value`.
        if (attribute.prefix === '' || !attributes.has(attribute.local))
          attributes.set(attribute.local, attribute.value)
      } else if (attribute.local === 'xsi' && attribute.value !== usualPrefixes.xsi)
        wrongSchemaNamespace = true
    }
    const element: XmlElement = { name: tag.local, namespace: tag.uri, attributes, children: [] }
    const parent = stack.at(-1)
    if (parent) parent.children.push(element)
    else root ??= element
    stack.push(element)
  })
  parser.on('closetag', () => stack.pop())
  parser.on('text', add)
  parser.on('cdata', add)
  try {
    for (let at = 0; at < text.length && !stop; at += chunkLength)
      parser.write(text.slice(at, at + chunkLength))
    if (!stop) parser.close()
  } catch (cause) {
    return fail(stop ?? 'xml.malformed', { cause })
  }
  if (stop) return fail(stop)
  return root
    ? ok({ root, encoding, byteOrderMark, stylesheets, wrongSchemaNamespace, repairs })
    : fail('xml.malformed')
}

/** The tree alone. Errors as above. */
export const parseXml = (bytes: Uint8Array, limits: XmlLimits = defaultLimits): Outcome<XmlElement> => {
  const parsed = parseXmlDocument(bytes, limits)
  return parsed.ok ? ok(parsed.value.root) : parsed
}

/** Child elements with this local name. */
export const childrenOf = (element: XmlElement | null | undefined, name: string): XmlElement[] =>
  element
    ? element.children.filter(
        (child): child is XmlElement => typeof child !== 'string' && child.name === name,
      )
    : []

/** First child element with this local name. */
export const childOf = (element: XmlElement | null | undefined, name: string): XmlElement | null =>
  childrenOf(element, name)[0] ?? null

/** Follows first children by name. */
export const at = (element: XmlElement | null | undefined, ...names: string[]): XmlElement | null =>
  names.reduce<XmlElement | null>((current, name) => childOf(current, name), element ?? null)

/** An attribute, trimmed; null when missing or empty. */
export const attribute = (element: XmlElement | null | undefined, name: string): string | null => {
  const value = element?.attributes.get(name)?.trim()
  return value ? value : null
}

/** White space collapsed; a text of single blanks is left as it is, so that a long one costs nothing. */
const collapsed = (text: string): string => text.replace(/ ?[^\S ]\s*| {2}\s*/g, ' ').trim()

/** Text of an element and its descendants, white space collapsed. */
export const textOf = (element: XmlElement | null | undefined): string => {
  if (!element) return ''
  const pieces: string[] = []
  const visit = (node: XmlElement): void => {
    for (const child of node.children) {
      if (typeof child === 'string') pieces.push(child)
      else visit(child)
    }
  }
  visit(element)
  return collapsed(pieces.join(''))
}

/** Elements with this local name anywhere below (the element itself included), in document order. */
export const descendants = (element: XmlElement, name: string): XmlElement[] => {
  const found: XmlElement[] = []
  const visit = (node: XmlElement): void => {
    if (node.name === name) found.push(node)
    for (const child of node.children) if (typeof child !== 'string') visit(child)
  }
  visit(element)
  return found
}

/** Text of an element and its descendants as written, white space kept. */
export const rawTextOf = (element: XmlElement): string =>
  element.children.map((child) => (typeof child === 'string' ? child : rawTextOf(child))).join('')
