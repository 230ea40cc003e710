import { SaxesParser } from 'saxes'
import { fail, ok, type Outcome } from '../../contract/index.ts'

/** An element of a parsed document. Names are local names: health documents use every prefix there is. */
export interface XmlElement {
  name: string
  namespace: string
  /** Keyed by local name; a prefixed attribute (`xsi:type`) also under its local name. */
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

const decode = (bytes: Uint8Array): string | null => {
  const [first, second] = bytes
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : null
  if (encoding) return new TextDecoder(encoding).decode(bytes)
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 200))
  const declared = /^(?:\u00ef\u00bb\u00bf)?\s*<\?xml[^>]*encoding\s*=\s*["']([\w-]+)["']/
    .exec(head)?.[1]
    ?.toLowerCase()
  if (declared === 'iso-8859-1' || declared === 'iso-8859-15' || declared === 'windows-1252')
    return new TextDecoder(declared).decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

/**
 * Reads a document into a tree. Refuses DOCTYPE (no entity, no external subset), stops at the limits.
 * Errors: `xml.malformed`, `xml.limit`, `xml.forbidden`.
 */
export const parseXml = (bytes: Uint8Array, limits: XmlLimits = defaultLimits): Outcome<XmlElement> => {
  if (bytes.byteLength > limits.bytes) return fail('xml.limit')
  const text = decode(bytes)
  if (text === null) return fail('xml.malformed')
  let stop: Stop | null = null
  let root: XmlElement | null = null
  let elements = 0
  const stack: XmlElement[] = []
  const parser = new SaxesParser({ xmlns: true, position: false })
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
  parser.on('opentag', (tag) => {
    elements += 1
    if (elements > limits.elements || stack.length >= limits.depth) {
      stop ??= 'xml.limit'
      return
    }
    const attributes = new Map<string, string>()
    for (const attribute of Object.values(tag.attributes))
      if (attribute.prefix !== 'xmlns' && attribute.name !== 'xmlns')
        attributes.set(attribute.local, attribute.value)
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
  return root ? ok(root) : fail('xml.malformed')
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
  return pieces.join('').replace(/\s+/g, ' ').trim()
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
