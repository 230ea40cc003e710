import {
  fail,
  ok,
  type Actor,
  type ClinicalDocument,
  type Deviation,
  type DocumentRefusal,
  type Outcome,
  type PatientIdentity,
  type Section,
} from '../../contract/index.ts'
import {
  at,
  attribute,
  childOf,
  childrenOf,
  descendants,
  parseXmlDocument,
  rawTextOf,
  textOf,
  type XmlDocument,
  type XmlElement,
} from '../xml/element.ts'
import { actorsOf, labelOf, personName } from './actors.ts'
import { documentTypeLabel } from './document-types.ts'
import { readHeader } from './header.ts'
import { isShownMedia, mediaOf, structuredMedia, type CdaMedia, type MediaNotes } from './media.ts'
import type { Resolve } from './measured.ts'
import { blocksOf, narrativeText } from './narrative.ts'
import { readPatient } from './patient.ts'
import { rtfText } from '../rtf.ts'
import { isLaboratory, resultsOf } from './results.ts'
import { plainText, timeOf } from './values.ts'

export { documentTypeLabel } from './document-types.ts'
export { birthPlaceOf } from './patient.ts'
export { alertsOf, worstResult } from './results.ts'
export { displayUnit, frenchNumber, numberOf, plainText, readTime } from './values.ts'
export type { CdaMedia } from './media.ts'

const hl7 = 'urn:hl7-org:v3'
/** Section FR-Document-PDF-copie (clinical-documents.md §5). */
const pdfCopySection = '1.2.250.1.213.1.1.2.243'
const mostPatients = 20
const maximumTextCharacters = 2_000_000

/** A CDA as data, its media beside it: `document.media[].url` and `pdfUrl` are null until somebody serves the bytes. */
export interface Cda {
  document: ClinicalDocument
  media: Map<string, CdaMedia>
  /** Key in `media` of the PDF to show first. */
  pdf: string | null
  refusals: DocumentRefusal[]
  /** Of further `recordTarget`, which nothing but `inspect document` shows: a document has one patient. */
  otherPatients: PatientIdentity[]
  /** Narrative and header words, for the full-text index. */
  text: string
}

/** What entries may take from the narrative: of one place, and all together. A row is some hundred characters long. */
const longestReference = 20_000
const mostReferred = 20_000_000

/** Looks narrative text up by `@ID`; ids that are not there are collected. */
const referenceResolver = (root: XmlElement, dangling: Set<string>): Resolve => {
  const byId = new Map<string, XmlElement>()
  const texts = new Map<XmlElement, string>()
  let left = mostReferred
  const visit = (node: XmlElement): void => {
    const id = node.attributes.get('ID')
    if (id && !byId.has(id)) byId.set(id, node)
    for (const child of node.children) if (typeof child !== 'string') visit(child)
  }
  visit(root)
  return (reference) => {
    const found = byId.get(reference.replace(/^#/, ''))
    if (!found) {
      if (dangling.size < 50) dangling.add(reference)
      return ''
    }
    const text = texts.get(found) ?? textOf(found).slice(0, longestReference)
    texts.set(found, text)
    left -= text.length
    return left < 0 ? '' : text
  }
}

/** Of whom a section is, when it is not the patient: a new-born in the letter about the mother. */
const subjectsOf = (section: XmlElement): Actor[] =>
  childrenOf(section, 'subject').flatMap((subject) => {
    const related = childOf(subject, 'relatedSubject')
    const person = childOf(related, 'subject')
    const role = labelOf(childOf(related, 'code'))
    const name = personName(childOf(person, 'name')) || role
    return name
      ? [
          {
            name,
            kind: 'person' as const,
            role,
            specialty: null,
            organisation: null,
            organisationId: null,
            id: null,
            date: timeOf(childOf(person, 'birthTime')),
            telecoms: [],
            addresses: [],
            relation: 'SBJ',
          },
        ]
      : []
  })

const readSection = (
  section: XmlElement,
  above: boolean,
  resolve: Resolve,
  deviations: Deviation[],
): Section => {
  const text = childOf(section, 'text')
  const inLaboratory = above || isLaboratory(section)
  const found = resultsOf(section, inLaboratory, resolve)
  deviations.push(...found.deviations)
  const subjects = subjectsOf(section)
  for (const { name } of subjects) deviations.push({ code: 'cda-other-subject', where: name })
  return {
    // Results without a word of narrative are still results of something.
    title:
      textOf(childOf(section, 'title')) ||
      (text === null && found.results.length > 0 ? (labelOf(childOf(section, 'code')) ?? '') : ''),
    code: attribute(childOf(section, 'code'), 'code'),
    blocks: text ? blocksOf(text) : [],
    results: found.results,
    authors: [
      ...subjects,
      ...actorsOf(section, 'author', 'assignedAuthor'),
      ...actorsOf(section, 'informant', 'assignedEntity', 'relatedEntity'),
      ...found.validators,
    ],
    sections: childrenOf(section, 'component').flatMap((component) =>
      childrenOf(component, 'section').map((child) => readSection(child, inLaboratory, resolve, deviations)),
    ),
  }
}

const hasTemplate = (section: XmlElement, root: string): boolean =>
  childrenOf(section, 'templateId').some((template) => attribute(template, 'root') === root)

interface Body {
  level: ClinicalDocument['level']
  text: string | null
  media: Map<string, CdaMedia>
  descriptions: Map<string, string>
  pdf: string | null
  sections: Section[]
}

const legacyTypes = new Set(['application/pdf', 'text/plain'])

/** Base64 by what it says, in whatever case, or by what it is: a PDF that does not say so is still one. */
const isEncoded = (body: XmlElement, declared: string): boolean => {
  if (attribute(body, 'representation')?.toUpperCase() === 'B64') return true
  const written = rawTextOf(body)
  return (
    !declared.startsWith('text/') &&
    written.trim() !== '' &&
    (/^\s*data:/i.test(written) || /^[A-Za-z0-9+/\s]+[=\s]*$/.test(written))
  )
}

/** An N1 body: its text, or its one file (clinical-documents.md §5). */
const readUnstructured = (holder: XmlElement, notes: MediaNotes): Body => {
  const body = childOf(holder, 'text')
  const empty: Body = {
    level: 'N1',
    text: null,
    media: new Map(),
    descriptions: new Map(),
    pdf: null,
    sections: [],
  }
  if (!body) {
    notes.deviations.push({ code: 'media-missing', where: 'nonXMLBody' })
    return empty
  }
  const declared = attribute(body, 'mediaType')?.toLowerCase() ?? 'text/plain'
  if (!legacyTypes.has(declared))
    notes.deviations.push({ code: 'cda-body-media-type', where: `nonXMLBody: ${declared}` })
  if (!isEncoded(body, declared)) {
    const reference = attribute(childOf(body, 'reference'), 'value')
    if (reference) notes.deviations.push({ code: 'media-missing', where: reference })
    const written = rawTextOf(body).replace(/^\s*\n|\s+$/g, '')
    return { ...empty, text: written || null }
  }
  const content = mediaOf(body, 'body', notes)
  if (!content) return empty
  if (content.mimeType === 'text/plain') return { ...empty, text: plainText(content.bytes) }
  return {
    ...empty,
    text:
      content.mimeType === 'application/rtf' ? rtfText(content.bytes, maximumTextCharacters) || null : null,
    media: new Map([['body', content]]),
    pdf: content.mimeType === 'application/pdf' ? 'body' : null,
  }
}

const readStructured = (body: XmlElement, notes: MediaNotes, resolve: Resolve): Body => {
  const { media, descriptions } = structuredMedia(body, notes)
  const copies = descendants(body, 'section').filter((section) => hasTemplate(section, pdfCopySection))
  const pdf = copies
    .flatMap((copy) => descendants(copy, 'observationMedia'))
    .flatMap((observation) => attribute(observation, 'ID') ?? [])
    .find((id) => media.get(id)?.mimeType === 'application/pdf')
  return {
    level: descendants(body, 'entry').length > 0 ? 'N3' : 'N2',
    text: null,
    media,
    descriptions,
    pdf: pdf ?? null,
    sections: childrenOf(body, 'component').flatMap((component) =>
      childrenOf(component, 'section').map((section) =>
        readSection(section, false, resolve, notes.deviations),
      ),
    ),
  }
}

/** Deviations of the file itself: encoding, wrapping, style sheets. */
const fileDeviations = (parsed: XmlDocument, signed: boolean): Deviation[] => {
  const met: Deviation[] = []
  const note = (code: Deviation['code'], where: string | null = null): void => {
    met.push({ code, where })
  }
  if (parsed.byteOrderMark && parsed.encoding === 'utf-8') note('cda-bom')
  if (parsed.encoding !== 'utf-8') note('cda-encoding', parsed.encoding)
  const autoPresentable = parsed.root.name === 'stylesheet' || parsed.root.name === 'transform'
  if (autoPresentable) note('cda-auto-presentable')
  else for (const href of parsed.stylesheets) note('cda-stylesheet', href || null)
  if (parsed.repairs.length > 0) note('xml-repaired', parsed.repairs.join(', '))
  if (parsed.wrongSchemaNamespace) note('cda-schema-namespace')
  if (signed) note('cda-signed')
  return met
}

const xmldsig = 'http://www.w3.org/2000/09/xmldsig#'

/** Words of a document for the search. */
const words = (document: ClinicalDocument, root: XmlElement): string =>
  [
    document.title,
    document.patient.birthName,
    document.patient.usedName ?? '',
    document.patient.firstName,
    document.patient.ins?.matricule ?? '',
    ...document.authors.map((author) => author.name),
    document.text ?? '',
    ...descendants(root, 'section').flatMap((section) => {
      const text = childOf(section, 'text')
      return [textOf(childOf(section, 'title')), text ? narrativeText(text) : '']
    }),
  ]
    .filter(Boolean)
    .join('\n')

/**
 * Reads a CDA R2 of level N1, N2 or N3 (clinical-documents.md §4–5, §10): the first ClinicalDocument of the file, so that XAdES
 * envelopes and auto-presentable files are read and never run. Errors: `xml.*`, `cda.not-a-cda`, `cda.no-body`.
 */
export const readCda = (bytes: Uint8Array): Outcome<Cda> => {
  const parsed = parseXmlDocument(bytes)
  if (!parsed.ok) return parsed
  const roots = descendants(parsed.value.root, 'ClinicalDocument')
  // Without any namespace it can be nothing else; one of another is another thing.
  const root =
    roots.find(({ namespace }) => namespace === hl7) ?? roots.find(({ namespace }) => namespace === '')
  if (!root) return fail('cda.not-a-cda')
  const signed = descendants(parsed.value.root, 'Signature').some(({ namespace }) => namespace === xmldsig)
  const { displayName, ...header } = readHeader(root)
  const notes: MediaNotes = {
    deviations: [
      ...fileDeviations(parsed.value, signed),
      ...(root.namespace === '' ? [{ code: 'cda-no-namespace' as const, where: null }] : []),
      ...header.deviations,
    ],
    refusals: [],
  }
  const dangling = new Set<string>()
  const nonXml = at(root, 'component', 'nonXMLBody')
  const structured = at(root, 'component', 'structuredBody')
  const plain = nonXml ? readUnstructured(nonXml, notes) : null
  const sectioned = structured ? readStructured(structured, notes, referenceResolver(root, dangling)) : null
  if (plain && sectioned) notes.deviations.push({ code: 'cda-both-bodies', where: null })
  const body = sectioned ?? plain
  if (!body) return fail('cda.no-body')
  for (const reference of dangling) notes.deviations.push({ code: 'reference-dangling', where: reference })
  const media = new Map([...body.media, ...(sectioned && plain ? plain.media : [])])
  const title = header.title || displayName || ''
  const document: ClinicalDocument = {
    ...header,
    title,
    level: body.level,
    typeLabel: documentTypeLabel(header.typeCode, displayName, title),
    text: body.text ?? plain?.text ?? null,
    pdfUrl: null,
    sections: body.sections,
    media: [...media].map(([id, { mimeType, bytes: content }]) => ({
      id,
      mimeType,
      url: null,
      size: content.byteLength,
      description: body.descriptions.get(id) ?? null,
      shown: isShownMedia(mimeType),
    })),
    signedXades: signed,
    deviations: notes.deviations,
  }
  return ok({
    document,
    media,
    pdf: body.pdf ?? plain?.pdf ?? null,
    refusals: notes.refusals,
    otherPatients: childrenOf(root, 'recordTarget')
      .slice(1, mostPatients)
      .map((target) => readPatient(target).identity),
    text: words(document, root),
  })
}

/** All results of a document, sub-sections included. */
export const allResults = (sections: Section[]): Section['results'] =>
  sections.flatMap((section) => [...section.results, ...allResults(section.sections)])
