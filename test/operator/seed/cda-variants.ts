/**
 * Every deviation that a reader must survive or refuse (clinical-documents.md §2.7, §4.2, §8), made from one honest document about a fictitious
 * patient. Each variant says which codes it must be told by.
 */
import { baseHeader, documentTypes } from './clinical-document.ts'
import { cdaDocument, type CdaHeader } from './cda-header.ts'
import { n1Template, structuredBody, unstructuredBody } from './cda-body.ts'
import { insTestOid, patientNamed, patients } from './patients.ts'
import { professionals } from './professionals.ts'
import { createRandom } from './random.ts'
import { resultSection } from './result-section.ts'
import { scanJpeg } from './images.ts'

const patient = patientNamed('DUPONT')
/** Whom every variant is about. */
export const variantPatient = patient
const created = new Date('2026-01-12T09:15:00Z')
export const documentDate = created
/** The number of somebody else. */
export const otherIns = patients.find(({ ins }) => ins !== null && ins !== patient.ins)?.ins ?? ''
const wholePdf = Buffer.from('%PDF-1.4\n% document de démonstration\n%%EOF\n')

function header(seed: string): CdaHeader {
  const context = {
    random: createRandom(seed),
    patient,
    created,
    recipients: [professionals.anne],
    typeface: 'standard',
  } as const
  return {
    ...baseHeader(context, professionals.anne, documentTypes.biology, 'CR d’examens biologiques'),
    templates: [{ root: '1.2.250.1.213.1.1.1.55' }],
  }
}

const structured = header('structured')
const plain: CdaHeader = { ...header('plain'), templates: [n1Template] }
/** An N3 with a section of results of every type. */
export const n3 = cdaDocument(structured, structuredBody([resultSection()]))
/** An N1 around a PDF. */
export const n1 = cdaDocument(plain, unstructuredBody('application/pdf', wholePdf))
export const n3Header = structured

type Edit = (text: string) => string
const edited = (source: Buffer, ...edits: Edit[]): Buffer =>
  Buffer.from(edits.reduce((text, edit) => edit(text), source.toString('utf8')))
/** Replaces what must be there. */
export const edit =
  (from: string | RegExp, to: string): Edit =>
  (text) => {
    const changed = text.replace(from, to)
    if (changed === text) throw new Error(`nothing to replace: ${String(from)}`)
    return changed
  }
/** The document without its XML declaration, to be wrapped. */
const bare = (source: Buffer): string =>
  source.toString('utf8').replace(/^<\?xml[^>]*\?>\s*(?:<\?xml-stylesheet[^>]*\?>\s*)?/, '')

export interface Variant {
  name: string
  fileName: string
  bytes: Buffer
  /** Codes that must be met. */
  deviations?: readonly string[]
  refusals?: readonly string[]
  /** Kinds of the documents, in order. */
  kinds?: readonly string[]
  filingBlocked?: boolean
}

const cda = (name: string, bytes: Buffer, rest: Omit<Variant, 'name' | 'fileName' | 'bytes'>): Variant => ({
  name,
  fileName: 'document.xml',
  bytes,
  ...rest,
})
const insId = `<id root="${insTestOid}" extension="${patient.ins ?? ''}"/>`
const withIds = (...ids: string[]): Buffer => edited(n3, edit(insId, ids.join('')))
/** The same document, of the same person, without the INS. */
export const withoutIns = withIds()
export const wrongKey = `${(patient.ins ?? '').slice(0, 13)}${patient.ins?.endsWith('97') ? '01' : '97'}`

/** One CDA for each thing that senders do otherwise. */
export const cdaVariants: readonly Variant[] = [
  cda('honest N3', n3, { kinds: ['cda-n3'], deviations: ['ins-test'], filingBlocked: false }),
  cda('byte order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), n3]), {
    kinds: ['cda-n3'],
    deviations: ['cda-bom'],
  }),
  cda(
    'UTF-16',
    Buffer.concat([
      Buffer.from([0xff, 0xfe]),
      Buffer.from(n3.toString('utf8').replace('UTF-8', 'UTF-16'), 'utf16le'),
    ]),
    { kinds: ['cda-n3'], deviations: ['cda-encoding'] },
  ),
  cda(
    'ISO-8859-1',
    Buffer.from(n3.toString('utf8').replace('UTF-8', 'ISO-8859-1').replaceAll('’', "'"), 'latin1'),
    { kinds: ['cda-n3'], deviations: ['cda-encoding'] },
  ),
  cda(
    'auto-presentable',
    Buffer.from(
      `<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="#"?><xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/"><script>non()</script></xsl:template>${bare(n3)}</xsl:stylesheet>`,
    ),
    { kinds: ['cda-n3'], deviations: ['cda-auto-presentable'] },
  ),
  cda(
    'XAdES',
    Buffer.from(
      `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo/><ds:Object>${bare(n3)}</ds:Object></ds:Signature>`,
    ),
    { kinds: ['cda-n3'], deviations: ['cda-signed'] },
  ),
  cda(
    'style sheet',
    Buffer.from(
      `<?xml version="1.0" encoding="UTF-8"?><?xml-stylesheet type="text/xsl" href="../FeuilleDeStyle/CDA-FO.xsl"?>${bare(n3)}`,
    ),
    { deviations: ['cda-stylesheet'] },
  ),
  cda('no setId, no version', edited(n3, edit(/<setId[^>]*>/, ''), edit(/<versionNumber[^>]*>/, '')), {
    deviations: ['cda-set-missing', 'cda-version-missing'],
  }),
  cda('new version of nothing', edited(n3, edit(/<versionNumber[^>]*>/, '<versionNumber value="3"/>')), {
    deviations: ['cda-replaced-missing'],
  }),
  cda('two INS', withIds(insId, `<id root="1.2.250.1.213.1.4.9" extension="${otherIns}"/>`), {
    deviations: ['ins-several'],
    filingBlocked: true,
  }),
  cda('wrong key', edited(n3, edit(patient.ins ?? '', wrongKey)), { deviations: ['ins-key'] }),
  cda('number that is no INS', edited(n3, edit(patient.ins ?? '', '12345')), {
    deviations: ['ins-format', 'identity-unqualified'],
    filingBlocked: true,
  }),
  cda('insured only', withIds(`<id root="1.2.250.1.213.1.4.13" extension="${patient.ins ?? ''}"/>`), {
    deviations: ['identity-unqualified'],
  }),
  cda('obsolete INS-C', withIds('<id root="1.2.250.1.213.1.4.2" extension="0123456789012345678901"/>'), {
    deviations: ['ins-obsolete', 'identity-unqualified'],
  }),
  cda(
    'sex against the matricule',
    edited(n3, edit('administrativeGenderCode code="F"', 'administrativeGenderCode code="M"')),
    { deviations: ['ins-sex-differs'], filingBlocked: false },
  ),
  cda(
    'birth against the matricule',
    edited(n3, edit(`birthTime value="${patient.birthDate}"`, 'birthTime value="19651224"')),
    { deviations: ['ins-birth-differs'], filingBlocked: false },
  ),
  cda('former name', edited(n3, edit('family qualifier="CL"', 'family qualifier="SP"')), {
    deviations: ['cda-old-name-qualifier'],
  }),
  cda(
    'wrong xsi',
    edited(n3, edit('http://www.w3.org/2001/XMLSchema-instance', 'http://www.w3.org/2001/XMLSchemainstance')),
    { deviations: ['cda-schema-namespace'] },
  ),
  cda(
    'two patients',
    edited(n3, (text) => text.replace(/<recordTarget>[\s\S]*?<\/recordTarget>/, '$&$&')),
    { deviations: ['cda-several-patients'], filingBlocked: true },
  ),
  cda('N1 text', cdaDocument(plain, unstructuredBody('text/plain', Buffer.from('Ligne une\nLigne deux'))), {
    kinds: ['cda-n1'],
  }),
  cda(
    'N1 picture',
    edited(
      cdaDocument(plain, unstructuredBody('application/pdf', scanJpeg())),
      edit('mediaType="application/pdf"', 'mediaType="image/jpeg"'),
    ),
    { kinds: ['cda-n1'], deviations: ['cda-body-media-type'] },
  ),
  cda('N1 media lie', edited(n1, edit('mediaType="application/pdf"', 'mediaType="image/jpeg"')), {
    kinds: ['cda-n1'],
    deviations: ['media-type-mismatch'],
  }),
  cda(
    'N1 compression lie',
    edited(n1, edit('representation="B64"', 'representation="B64" compression="DF"')),
    { kinds: ['cda-n1'], deviations: ['media-compression'] },
  ),
  cda('N1 loose Base64', edited(n1, edit(/=*\s*<\/text>/, '</text>')), { kinds: ['cda-n1'] }),
  cda(
    'N1 that is not Base64',
    edited(n1, edit(/representation="B64">[^<]*/, 'representation="B64">ceci n’est pas du Base64 !')),
    { deviations: ['media-unreadable'] },
  ),
  cda('DOCTYPE', Buffer.from(`<!DOCTYPE ClinicalDocument [<!ENTITY x "y">]>${bare(n3)}`), {
    kinds: ['refused'],
    refusals: ['xml-doctype'],
    filingBlocked: true,
  }),
  cda('cut', n3.subarray(0, n3.length - 400), { kinds: ['refused'], refusals: ['xml-malformed'] }),
  cda(
    'no body',
    edited(n3, edit(/<component>\s*<structuredBody>[\s\S]*<\/structuredBody>\s*<\/component>/, '')),
    { kinds: ['refused'], refusals: ['cda-no-body'] },
  ),
  cda(
    'too deep',
    Buffer.from(
      `<ClinicalDocument xmlns="urn:hl7-org:v3">${'<a>'.repeat(300)}${'</a>'.repeat(300)}</ClinicalDocument>`,
    ),
    { kinds: ['refused'], refusals: ['xml-limit'] },
  ),
]
