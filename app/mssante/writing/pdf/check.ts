import type { PdfaFinding } from '../../../contract/index.ts'
import {
  entryOf,
  filtersOf,
  nameOf,
  readPdf,
  resolve,
  streamBytes,
  type PdfFile,
  type PdfValue,
} from './objects.ts'

export interface PdfaReport {
  /** Broken rules of PDF/A-1, of those checked; empty when none was found. */
  findings: PdfaFinding[]
  /** What its metadata say it is: `1B`, `3U`; null when they say nothing. */
  declared: string | null
  pages: number
}

/** ISO 19005-1 §6.6.1: actions that are not allowed. */
const forbiddenActions = new Set([
  'Launch',
  'Sound',
  'Movie',
  'ResetForm',
  'ImportData',
  'JavaScript',
  'Rendition',
  'Trans',
  'GoTo3DView',
  'SetOCGState',
  'Hide',
  'Set-State',
  'No-OP',
  'GoToE',
])
const forbiddenAnnotations = new Set([
  'FileAttachment',
  'Sound',
  'Movie',
  'Screen',
  '3D',
  'RichMedia',
  'Watermark',
  'Redact',
])
const device = new Set(['DeviceRGB', 'DeviceCMYK', 'DeviceGray'])

const dictsOf = (value: PdfValue, visit: (entries: Map<string, PdfValue>) => void, depth = 0): void => {
  if (depth > 60) return
  if (value.kind === 'dict') {
    visit(value.entries)
    for (const one of value.entries.values()) dictsOf(one, visit, depth + 1)
  } else if (value.kind === 'array') for (const one of value.items) dictsOf(one, visit, depth + 1)
}

const catalogOf = (file: PdfFile): PdfValue | undefined => {
  for (const trailer of [...file.trailers].reverse()) {
    const root = resolve(file, trailer.get('Root'))
    if (root?.kind === 'dict') return root
  }
  for (const { value } of file.objects.values())
    if (nameOf(entryOf(value, 'Type')) === 'Catalog') return value
  return undefined
}

const declaration = (
  file: PdfFile,
  catalog: PdfValue | undefined,
): { declared: string | null; filtered: boolean } => {
  const ref = entryOf(catalog, 'Metadata')
  const object = ref?.kind === 'ref' ? file.objects.get(ref.id) : undefined
  if (!object) return { declared: null, filtered: false }
  const filtered = filtersOf(file, object.value).length > 0
  const bytes = streamBytes(file, object, 4 * 1024 * 1024)
  if (!bytes) return { declared: null, filtered }
  const utf16 = bytes[0] === 0xfe && bytes[1] === 0xff
  const xmp = utf16 ? Buffer.from(bytes).swap16().toString('utf16le') : bytes.toString('utf8')
  const value = (name: string): string | undefined =>
    new RegExp(`pdfaid:${name}\\s*=\\s*["']([^"']{1,8})["']|<pdfaid:${name}>\\s*([^<\\s]{1,8})`)
      .exec(xmp)
      ?.slice(1)
      .find(Boolean)
  const part = value('part')
  return { declared: part ? `${part}${(value('conformance') ?? '').toUpperCase()}` : null, filtered }
}

/** Whether a colour depends on a device and the file says nothing of it, looked at where it is named. */
const usesDeviceColour = (file: PdfFile): boolean => {
  for (const object of file.objects.values()) {
    const space = resolve(file, entryOf(object.value, 'ColorSpace') ?? entryOf(object.value, 'CS'))
    if (space?.kind === 'name' && device.has(space.name)) return true
    if (!object.stream || entryOf(object.value, 'Subtype')?.kind === 'name') continue
    // Contents of pages: the operators of device colours.
    const content = streamBytes(file, object, 8 * 1024 * 1024)
    if (content && /(?:^|\s)(?:rg|RG|k|K|g|G)(?:\s|$)/.test(content.toString('latin1'))) return true
  }
  return false
}

const fontFindings = (file: PdfFile, add: (finding: PdfaFinding) => void): void => {
  for (const { value } of file.objects.values()) {
    if (nameOf(entryOf(value, 'Type')) !== 'Font') continue
    const subtype = nameOf(entryOf(value, 'Subtype'))
    if (subtype === 'Type3' || subtype === 'Type0') continue
    const descriptor = resolve(file, entryOf(value, 'FontDescriptor'))
    const embedded = ['FontFile', 'FontFile2', 'FontFile3'].some(
      (key) => entryOf(descriptor, key) !== undefined,
    )
    if (!embedded) add('font-not-embedded')
  }
}

/**
 * Looks for what breaks PDF/A-1 (ISO 19005-1) in a PDF: its declaration, encryption, typefaces, transparency, actions, files
 * within, compressed objects, filters, optional content, colours. What it does not check: the grammar of pages, glyph
 * widths, the equality of both kinds of metadata. An empty list therefore means « none found », never a certificate.
 */
export const checkPdfa = (pdf: Uint8Array): PdfaReport => {
  const file = readPdf(pdf)
  if (!file) return { findings: ['not-a-pdf'], declared: null, pages: 0 }
  const findings = new Set<PdfaFinding>()
  const add = (finding: PdfaFinding): void => void findings.add(finding)
  if (file.cut) add('too-complex')
  if (file.compressed) add('compressed-objects')
  if (file.trailers.some((trailer) => trailer.has('Encrypt'))) add('encrypted')
  if (!file.trailers.some((trailer) => trailer.has('ID'))) add('no-file-id')
  const catalog = catalogOf(file)
  const { declared, filtered } = declaration(file, catalog)
  if (declared === null) add('not-declared')
  else if (!declared.startsWith('1')) add('declared-other')
  if (filtered) add('metadata-filtered')
  if (entryOf(catalog, 'OCProperties')) add('optional-content')
  const openAction = resolve(file, entryOf(catalog, 'OpenAction'))
  if (openAction?.kind === 'dict' && forbiddenActions.has(nameOf(entryOf(openAction, 'S')) ?? ''))
    add('action')
  if (entryOf(catalog, 'AA')) add('action')
  const form = resolve(file, entryOf(catalog, 'AcroForm'))
  if (
    form &&
    (entryOf(form, 'XFA') ??
      (entryOf(form, 'NeedAppearances')?.kind === 'word' &&
        (entryOf(form, 'NeedAppearances') as { word: string }).word === 'true'))
  )
    add('form-without-appearance')
  fontFindings(file, add)
  let pages = 0
  for (const object of file.objects.values()) {
    const { value } = object
    if (nameOf(entryOf(value, 'Type')) === 'Page') pages += 1
    if (object.stream) {
      const filters = filtersOf(file, value)
      if (
        filters.some(
          (filter) =>
            filter === 'LZWDecode' || filter === 'LZW' || filter === 'JPXDecode' || filter === 'Crypt',
        )
      )
        add('forbidden-filter')
      // A stream outside of the file: F names a file there, and a filter in pictures inside of pages alone.
      const outside = entryOf(value, 'F')
      if (outside && outside.kind !== 'name' && outside.kind !== 'array') add('external-content')
    }
    dictsOf(value, (entries) => {
      const name = (key: string): string | null => nameOf(entries.get(key))
      const number = (key: string): number | null => {
        const one = resolve(file, entries.get(key))
        return one?.kind === 'number' ? one.value : null
      }
      const mask = resolve(file, entries.get('SMask'))
      if (entries.has('SMask') && !(mask?.kind === 'name' && mask.name === 'None')) add('transparency')
      if (name('S') === 'Transparency') add('transparency')
      const blend = resolve(file, entries.get('BM'))
      if (blend?.kind === 'name' && blend.name !== 'Normal' && blend.name !== 'Compatible')
        add('transparency')
      if (name('Type') === 'ExtGState' || entries.has('ca') || entries.has('CA')) {
        const annotation = entries.has('Subtype')
        if (!annotation && [number('ca'), number('CA')].some((alpha) => alpha !== null && alpha !== 1))
          add('transparency')
      }
      if (entries.has('EF') || entries.has('EmbeddedFiles')) add('embedded-file')
      const action = name('S')
      if (
        action !== null &&
        forbiddenActions.has(action) &&
        (entries.get('Type') === undefined || name('Type') === 'Action')
      ) {
        // `S` also names the kinds of structure elements and of transitions: an action has what it acts with.
        if (action === 'JavaScript' ? entries.has('JS') : action !== 'Trans' && action !== 'Hide')
          add('action')
      }
      if (entries.has('JavaScript') && entries.get('JavaScript')?.kind !== 'name') add('action')
      const annotation = name('Subtype')
      if (name('Type') === 'Annot' && annotation !== null && forbiddenAnnotations.has(annotation))
        add('forbidden-annotation')
      const smooth = entries.get('Interpolate')
      if (smooth?.kind === 'word' && smooth.word === 'true') add('image-interpolation')
    })
  }
  const intents = resolve(file, entryOf(catalog, 'OutputIntents'))
  const archival =
    intents?.kind === 'array' &&
    intents.items.some((intent) => nameOf(entryOf(resolve(file, intent), 'S')) === 'GTS_PDFA1')
  if (!archival && usesDeviceColour(file)) add('no-output-intent')
  return { findings: [...findings], declared, pages }
}
