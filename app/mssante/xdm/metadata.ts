import type { Ins } from '../../contract/index.ts'
import { readIns } from '../ins.ts'
import { attribute, childOf, childrenOf, descendants, textOf, type XmlElement } from '../xml/element.ts'

/** What a DocumentEntry says of its document (clinical-documents.md §3); every field can be missing in the field. */
export interface DocumentEntry {
  uri: string | null
  uniqueId: string | null
  typeCode: string | null
  title: string | null
  mimeType: string | null
  /** SHA-1, lower-case hex. */
  hash: string | null
  size: number | null
  patientIns: Ins | null
}

const schemes = {
  patientId: 'urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427',
  uniqueId: 'urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab',
  typeCode: 'urn:uuid:f0306f51-975f-434e-a61c-c59651d33983',
}

const slot = (object: XmlElement, name: string): string | null => {
  const found = childrenOf(object, 'Slot').find((element) => attribute(element, 'name') === name)
  return textOf(childOf(childOf(found, 'ValueList'), 'Value')) || null
}

const nameOf = (element: XmlElement): string | null =>
  attribute(childOf(childOf(element, 'Name'), 'LocalizedString'), 'value')

/** Identifiers are recognised by name first: templates in the field swap the scheme UUIDs (§2.7). */
const externalIdentifier = (object: XmlElement, name: 'patientId' | 'uniqueId'): string | null => {
  const all = childrenOf(object, 'ExternalIdentifier')
  const byName = all.find((element) => nameOf(element) === `XDSDocumentEntry.${name}`)
  const byScheme = all.find((element) => attribute(element, 'identificationScheme') === schemes[name])
  return attribute(byName ?? byScheme, 'value')
}

/** `matricule^^^&OID&ISO^NH`, with the stray quotes and blanks seen in the field. */
const insOf = (value: string | null): Ins | null => {
  const match = /^[\s"']*([0-9AB ]{15,21})\^\^\^&([0-9.]+)&/.exec(value ?? '')
  return match?.[1] && match[2] ? readIns(match[2], match[1]) : null
}

/** Every DocumentEntry of a METADATA.XML, whatever wraps it (a SOAP envelope is seen) and whatever its prefixes. */
export const readDocumentEntries = (root: XmlElement): DocumentEntry[] =>
  descendants(root, 'ExtrinsicObject').map((object) => {
    const classifications = [...childrenOf(object, 'Classification'), ...childrenOf(object, 'classification')]
    const type = classifications.find(
      (element) => attribute(element, 'classificationScheme') === schemes.typeCode,
    )
    const size = slot(object, 'size')
    return {
      uri: slot(object, 'URI'),
      uniqueId: externalIdentifier(object, 'uniqueId'),
      typeCode: attribute(type, 'nodeRepresentation'),
      title: nameOf(object),
      mimeType: attribute(object, 'mimeType'),
      hash: slot(object, 'hash')?.toLowerCase() ?? null,
      size: size !== null && /^\d{1,12}$/.test(size) ? Number(size) : null,
      patientIns: insOf(externalIdentifier(object, 'patientId')),
    }
  })
