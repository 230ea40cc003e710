import { SaxesParser } from 'saxes'
import { fail, ok, type ErrorCode, type Outcome } from '../../../contract/errors.ts'

/** An element of a file of settings: local names, attributes, own text. */
export interface SettingsElement {
  name: string
  attributes: Readonly<Record<string, string>>
  text: string
  children: SettingsElement[]
}

export const settingsBytes = 256 * 1024
const maxDepth = 12
const maxElements = 2000

/**
 * Reads a file of settings (clientConfig, Autodiscover) within limits; a DOCTYPE, and so every entity, is refused. Errors:
 * `xml.malformed`, `xml.limit`, `xml.forbidden`.
 */
export const readSettings = (bytes: Uint8Array): Outcome<SettingsElement> => {
  if (bytes.byteLength > settingsBytes) return fail('xml.limit')
  let stop: ErrorCode | null = null
  let elements = 0
  let root: SettingsElement | null = null
  const stack: SettingsElement[] = []
  const parser = new SaxesParser({ xmlns: true, position: false })
  parser.on('error', () => (stop ??= 'xml.malformed'))
  parser.on('doctype', () => (stop ??= 'xml.forbidden'))
  parser.on('opentag', (tag) => {
    elements += 1
    if (elements > maxElements || stack.length >= maxDepth) stop ??= 'xml.limit'
    const attributes = Object.fromEntries(
      Object.values(tag.attributes).map(({ local, value }) => [local, value] as const),
    )
    const element: SettingsElement = { name: tag.local, attributes, text: '', children: [] }
    stack.at(-1)?.children.push(element)
    root ??= element
    stack.push(element)
  })
  const add = (text: string): void => {
    const element = stack.at(-1)
    if (element) element.text += text
  }
  parser.on('text', add)
  parser.on('cdata', add)
  parser.on('closetag', () => stack.pop())
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    for (let at = 0; at < text.length && stop === null; at += 4096) parser.write(text.slice(at, at + 4096))
    if (stop === null) parser.close()
  } catch (cause) {
    return fail(stop ?? 'xml.malformed', { cause })
  }
  if (stop !== null) return fail(stop)
  return root ? ok(root) : fail('xml.malformed')
}

/** Elements of a name anywhere below, in order. */
export const allNamed = (element: SettingsElement, name: string): SettingsElement[] =>
  element.children.flatMap((child) => [
    ...(child.name.toLowerCase() === name.toLowerCase() ? [child] : []),
    ...allNamed(child, name),
  ])

/** Text of the first child of a name, trimmed; empty without one. */
export const textOfChild = (element: SettingsElement, name: string): string =>
  element.children.find((child) => child.name.toLowerCase() === name.toLowerCase())?.text.trim() ?? ''
