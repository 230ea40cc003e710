import type { Actor, CodedValue } from '../../contract/index.ts'
import { attribute, childOf, childrenOf, textOf, type XmlElement } from '../xml/element.ts'
import { timeOf } from './values.ts'

/** Titles of JDV_J246 as written before a name; a title makes the civility (MME, M) superfluous. */
const titles: Record<string, string> = { DR: 'Dr', PR: 'Pr' }

export const personName = (name: XmlElement | null): string => {
  if (!name) return ''
  const texts = (part: string): string[] => childrenOf(name, part).map(textOf).filter(Boolean)
  const titleOf = (affix: string): string | undefined => titles[affix.toUpperCase().replace('.', '')]
  const title = [...texts('prefix'), ...texts('suffix')].map(titleOf).find(Boolean)
  const suffixes = texts('suffix').filter((suffix) => titleOf(suffix) === undefined)
  const parts = [...(title ? [title] : texts('prefix')), ...texts('given'), ...texts('family'), ...suffixes]
  return parts.join(' ') || textOf(name)
}

/** `telecom/@value` as sent (`tel:`, `mailto:`…), of elements that have one. */
export const telecomsOf = (element: XmlElement | null): string[] =>
  childrenOf(element, 'telecom').flatMap((telecom) => attribute(telecom, 'value') ?? [])

const streetParts = new Set([
  'houseNumber',
  'houseNumberNumeric',
  'streetNameType',
  'streetName',
  'streetNameBase',
  'direction',
])
const cityParts = new Set(['postalCode', 'city'])

/** An address on one line, its street and its town put together; nothing for a null flavor. */
export const addressText = (address: XmlElement): string => {
  const pieces: { kind: string; text: string }[] = []
  for (const child of address.children) {
    if (typeof child !== 'string' && child.name === 'useablePeriod') continue
    const text = typeof child === 'string' ? child.replace(/\s+/g, ' ').trim() : textOf(child)
    if (!text) continue
    const name = typeof child === 'string' ? 'text' : child.name
    const kind = streetParts.has(name) ? 'street' : cityParts.has(name) ? 'city' : name
    const last = pieces.at(-1)
    if (last && last.kind === kind && (kind === 'street' || kind === 'city')) last.text += ` ${text}`
    else pieces.push({ kind, text })
  }
  return pieces.map(({ text }) => text).join(', ')
}

export const addressesOf = (element: XmlElement | null): string[] =>
  childrenOf(element, 'addr').map(addressText).filter(Boolean)

export const organisationName = (organisation: XmlElement | null): string | null =>
  childrenOf(organisation, 'name').map(textOf).find(Boolean) ?? null

/** `root^extension`, or the root alone. */
export const identifierOf = (id: XmlElement | null): string | null => {
  const root = attribute(id, 'root')
  const extension = attribute(id, 'extension')
  return root ? (extension ? `${root}^${extension}` : root) : extension
}

/** The value of an identifier that people know: its extension, else its root. */
const shownId = (element: XmlElement | null): string | null => {
  const id = childrenOf(element, 'id').find((one) => attribute(one, 'extension') ?? attribute(one, 'root'))
  return attribute(id, 'extension') ?? attribute(id, 'root')
}

/** A coded element; null without a code. Its label falls back on the original text. */
export const codedOf = (element: XmlElement | null): CodedValue | null => {
  const code = attribute(element, 'code')
  const label = attribute(element, 'displayName') ?? (textOf(childOf(element, 'originalText')) || null)
  return code ? { code, system: attribute(element, 'codeSystem'), label } : null
}

/** What a coded element says to people: its label, its original text, else its code. */
export const labelOf = (element: XmlElement | null): string | null =>
  attribute(element, 'displayName') ??
  (textOf(childOf(element, 'originalText')) || null) ??
  attribute(element, 'code')

/** A function, and in parentheses how the author puts it: several authors of one function are told apart so. */
const functionOf = (element: XmlElement | null): string | null => {
  const label = labelOf(element)
  const own = textOf(childOf(element, 'originalText'))
  return label !== null && own !== '' && own !== label ? `${label} (${own})` : label
}

const personElements = [
  'assignedPerson',
  'informationRecipient',
  'relatedPerson',
  'associatedPerson',
  'guardianPerson',
  'playingEntity',
]
const organisationElements = [
  'representedOrganization',
  'receivedOrganization',
  'scopingOrganization',
  'guardianOrganization',
  'scopingEntity',
]

const firstOf = (element: XmlElement | null, names: readonly string[]): XmlElement | null =>
  names.map((name) => childOf(element, name)).find((child) => child !== null) ?? null

/** A device of an author: software, then its maker and model. */
const deviceName = (device: XmlElement | null): string =>
  [textOf(childOf(device, 'softwareName')), textOf(childOf(device, 'manufacturerModelName'))]
    .filter(Boolean)
    .filter((text, index, all) => all.indexOf(text) === index)
    .join(', ')

/**
 * A participation of the header: `holder` carries time and function, `assigned` the identity (assignedAuthor, assignedEntity,
 * relatedEntity, associatedEntity, intendedRecipient, guardian…). Null when it names nobody.
 */
export const actorOf = (
  holder: XmlElement | null,
  assigned: XmlElement | null,
  relation: string | null = attribute(assigned, 'classCode'),
): Actor | null => {
  const person = firstOf(assigned, personElements)
  const device = childOf(assigned, 'assignedAuthoringDevice') ?? childOf(assigned, 'playingDevice')
  const organisation = firstOf(assigned, organisationElements)
  const named = personName(childOf(person, 'name'))
  const made = deviceName(device)
  const place = organisationName(organisation)
  const id = shownId(assigned)
  // Somebody known by a number alone is somebody.
  const name = named || made || place || id
  if (!name) return null
  const time = childOf(holder, 'time')
  return {
    name,
    kind: named || !(made || place) ? 'person' : made ? 'device' : 'organisation',
    role: functionOf(childOf(holder, 'functionCode')),
    specialty: labelOf(childOf(assigned, 'code')),
    organisation: place,
    organisationId: shownId(organisation),
    id,
    date: timeOf(time) ?? timeOf(childOf(time, 'low')) ?? timeOf(childOf(time, 'high')),
    telecoms: [...telecomsOf(assigned), ...telecomsOf(organisation)].filter(
      (telecom, index, all) => all.indexOf(telecom) === index,
    ),
    addresses: [...addressesOf(assigned), ...addressesOf(organisation)].filter(
      (address, index, all) => all.indexOf(address) === index,
    ),
    relation,
  }
}

/** Participations of one kind, in document order; the identity is the first child of one of the names given. */
export const actorsOf = (root: XmlElement | null, holder: string, ...assigned: string[]): Actor[] =>
  childrenOf(root, holder).flatMap((element) => actorOf(element, firstOf(element, assigned)) ?? [])
