import { inflateRawSync, inflateSync } from 'node:zlib'
import { fail, ok, type ClinicalDocument, type Outcome, type Section } from '../../contract/index.ts'
import { sniffMime } from '../magic.ts'
import {
  at,
  attribute,
  childOf,
  childrenOf,
  descendants,
  parseXml,
  textOf,
  type XmlElement,
} from '../xml/element.ts'
import { documentTypeLabel } from './document-types.ts'
import { readHeader } from './header.ts'
import { blocksOf, narrativeText } from './narrative.ts'
import { resultsOf } from './results.ts'

export { worstResult } from './results.ts'

const hl7 = 'urn:hl7-org:v3'
/** Section FR-Document-PDF-copie (clinical-documents.md §5). */
const pdfCopySection = '1.2.250.1.213.1.1.2.243'
const maximumMediaBytes = 40 * 1024 * 1024

export interface CdaMedia {
  mimeType: string
  bytes: Uint8Array
}

/** A CDA as data, its media beside it: `document.media[].url` and `pdfUrl` are null until somebody serves the bytes. */
export interface Cda {
  document: ClinicalDocument
  media: Map<string, CdaMedia>
  /** Key in `media` of the PDF to show first. */
  pdf: string | null
  /** Narrative and header words, for the full-text index. */
  text: string
}

const decodeBase64 = (text: string): Uint8Array | null => {
  const compact = text.replace(/\s+/g, '')
  if (compact === '' || compact.length > maximumMediaBytes * 1.4 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact))
    return null
  return Buffer.from(compact, 'base64')
}

/** Bytes of an ED value; `compression="DF"` is tried and ignored when the bytes are not compressed (seen in the field). */
const mediaBytes = (value: XmlElement): CdaMedia | null => {
  const bytes = decodeBase64(textOf(value))
  if (!bytes) return null
  const declared = attribute(value, 'mediaType') ?? 'application/octet-stream'
  if (attribute(value, 'compression') && !sniffMime(bytes)) {
    for (const inflate of [inflateRawSync, inflateSync]) {
      try {
        const plain = inflate(bytes, { maxOutputLength: maximumMediaBytes })
        return { bytes: plain, mimeType: sniffMime(plain) ?? declared }
      } catch {
        // Not this form of deflate: the next one, then the bytes as they are.
      }
    }
  }
  return { bytes, mimeType: sniffMime(bytes) ?? declared }
}

/** Narrative text by `@ID`, which entries point to with `#id`. */
const referenceResolver = (root: XmlElement): ((reference: string) => string) => {
  const byId = new Map<string, XmlElement>()
  const visit = (node: XmlElement): void => {
    const id = node.attributes.get('ID')
    if (id && !byId.has(id)) byId.set(id, node)
    for (const child of node.children) if (typeof child !== 'string') visit(child)
  }
  visit(root)
  return (reference) => textOf(byId.get(reference.replace(/^#/, '')))
}

const readSection = (section: XmlElement, resolve: (reference: string) => string): Section => {
  const text = childOf(section, 'text')
  return {
    title: textOf(childOf(section, 'title')),
    code: attribute(childOf(section, 'code'), 'code'),
    blocks: text ? blocksOf(text) : [],
    results: resultsOf(section, resolve),
    sections: childrenOf(section, 'component').flatMap((component) => {
      const child = childOf(component, 'section')
      return child ? [readSection(child, resolve)] : []
    }),
  }
}

const hasTemplate = (section: XmlElement, root: string): boolean =>
  childrenOf(section, 'templateId').some((template) => attribute(template, 'root') === root)

/**
 * Reads a CDA R2 of level N1 or N3 (clinical-documents.md §4–5, §10): the first ClinicalDocument of the file, so that
 * XAdES envelopes and auto-presentable files are read and never run. Errors: `xml.*`, `cda.not-a-cda`, `cda.no-body`.
 */
export const readCda = (bytes: Uint8Array): Outcome<Cda> => {
  const parsed = parseXml(bytes)
  if (!parsed.ok) return parsed
  const root = descendants(parsed.value, 'ClinicalDocument').find((element) => element.namespace === hl7)
  if (!root) return fail('cda.not-a-cda')
  const { displayName, ...header } = readHeader(root)
  const media = new Map<string, CdaMedia>()
  const descriptions = new Map<string, string>()
  let pdf: string | null = null
  let plainText: string | null = null
  const nonXml = at(root, 'component', 'nonXMLBody')
  const structured = at(root, 'component', 'structuredBody')
  if (nonXml) {
    const body = childOf(nonXml, 'text')
    const content = body && attribute(body, 'representation') === 'B64' ? mediaBytes(body) : null
    const declared = body ? (attribute(body, 'mediaType') ?? 'text/plain') : null
    if (body && !content) plainText = textOf(body)
    else if (content && declared === 'text/plain' && content.mimeType === 'text/plain')
      plainText = new TextDecoder('utf-8').decode(content.bytes)
    else if (content) {
      media.set('body', content)
      if (content.mimeType === 'application/pdf') pdf = 'body'
    }
  } else if (structured) {
    for (const observation of descendants(structured, 'observationMedia')) {
      const id = attribute(observation, 'ID') ?? `media-${media.size + 1}`
      const value = childOf(observation, 'value')
      const content = value ? mediaBytes(value) : null
      if (content) media.set(id, content)
      const description = textOf(childOf(observation, 'text'))
      if (description) descriptions.set(id, description)
    }
    const copy = descendants(structured, 'section').find((section) => hasTemplate(section, pdfCopySection))
    const copied = copy
      ? descendants(copy, 'observationMedia').map((element) => attribute(element, 'ID'))
      : []
    pdf = copied.find((id) => id !== null && media.get(id)?.mimeType === 'application/pdf') ?? null
  } else return fail('cda.no-body')
  const resolve = referenceResolver(root)
  const sections = structured
    ? childrenOf(structured, 'component').flatMap((component) => {
        const section = childOf(component, 'section')
        return section && !hasTemplate(section, pdfCopySection) ? [readSection(section, resolve)] : []
      })
    : []
  const title = header.title || displayName || ''
  return ok({
    document: {
      ...header,
      title,
      level: nonXml ? 'N1' : 'N3',
      typeLabel: documentTypeLabel(header.typeCode, displayName, title),
      text: plainText,
      pdfUrl: null,
      sections,
      media: [...media].map(([id, { mimeType, bytes: content }]) => ({
        id,
        mimeType,
        url: null,
        size: content.byteLength,
        description: descriptions.get(id) ?? null,
      })),
      signedXades: parsed.value.name === 'Signature',
    },
    media,
    pdf,
    text: [
      title,
      header.patient.birthName,
      header.patient.usedName ?? '',
      header.patient.firstName,
      header.patient.ins?.matricule ?? '',
      ...header.authors.map((author) => author.name),
      plainText ?? '',
      ...(structured
        ? descendants(structured, 'section').flatMap((section) => {
            const text = childOf(section, 'text')
            return [textOf(childOf(section, 'title')), text ? narrativeText(text) : '']
          })
        : []),
    ]
      .filter(Boolean)
      .join('\n'),
  })
}

/** All results of a document, sub-sections included. */
export const allResults = (sections: Section[]): Section['results'] =>
  sections.flatMap((section) => [...section.results, ...allResults(section.sections)])
