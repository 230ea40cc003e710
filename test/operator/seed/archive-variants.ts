/** Every deviation of an archive (clinical-documents.md §2.7), made from one honest one about a fictitious patient; each says how it is told. */
import { archived, classes, formats } from './clinical-document.ts'
import {
  edit,
  n1,
  n3,
  n3Header,
  otherIns,
  variantPatient,
  withoutIns,
  wrongKey,
  type Variant,
} from './cda-variants.ts'
import { scanJpeg } from './images.ts'
import { zipOf, type ArchiveFile } from './archive-files.ts'
import { metadata, noFaults, type XdmDocument } from './xdm-metadata.ts'

const document: XdmDocument = archived(
  {
    header: n3Header,
    cda: n3,
    pdf: Buffer.from('%PDF-1.4'),
    formatCode: formats.biology,
    classCode: classes.report,
    level: 'N3',
  },
  0,
)
const described = metadata([document], 'SUBSET01', noFaults).toString('utf8')

const subset = 'IHE_XDM/SUBSET01'
const companions: readonly ArchiveFile[] = [
  { path: 'INDEX.HTM', bytes: '<html/>' },
  { path: 'README.TXT', bytes: 'demo' },
]

const archiveOf = (
  description: string,
  extra: readonly ArchiveFile[] = [],
  at = `${subset}/DOC00001.XML`,
  cda: Buffer = n3,
): ArchiveFile[] => [
  ...companions,
  { path: `${subset}/METADATA.XML`, bytes: description },
  { path: at, bytes: cda },
  ...extra,
]
const changed = (from: string | RegExp, to: string): ArchiveFile[] => archiveOf(edit(from, to)(described))
const slot = (name: string, value: string): string =>
  `<Slot name="${name}"><ValueList><Value>${value}</Value></ValueList></Slot>`
const uriSlot = slot('URI', 'DOC00001.XML')
const noSlot = (name: string): RegExp =>
  new RegExp(`<Slot name="${name}"><ValueList><Value>[^<]*</Value></ValueList></Slot>`)
const prefixed = described
  .replace('<SubmitObjectsRequest xmlns=', '<lcm:SubmitObjectsRequest xmlns:lcm=')
  .replace('</SubmitObjectsRequest>', '</lcm:SubmitObjectsRequest>')
  .replace('<RegistryObjectList xmlns=', '<RegistryObjectList xmlns:ns5=')
  .replace(
    /<(\/?)(RegistryObjectList|RegistryPackage|ExtrinsicObject|Slot|ValueList|Value|Name|LocalizedString|Classification|ExternalIdentifier|Association)(?=[\s/>])/g,
    '<$1ns5:$2',
  )

const archive =
  (name: string, files: readonly ArchiveFile[], rest: Omit<Variant, 'name' | 'fileName' | 'bytes'>) =>
  async (): Promise<Variant> => ({
    name,
    fileName: 'IHE_XDM.zip',
    bytes: await zipOf(files),
    kinds: ['cda-n3'],
    ...rest,
  })

/** One archive for each deviation of §2.7 and for what METADATA.XML and the CDA disagree on. */
export const archiveVariants: readonly (() => Promise<Variant>)[] = [
  archive('honest', archiveOf(described), { filingBlocked: false }),
  archive(
    'top folder',
    archiveOf(described).map(({ path, bytes }) => ({ path: `EXPORT/${path}`, bytes })),
    { deviations: ['xdm-top-folder'], filingBlocked: false },
  ),
  archive(
    'no IHE_XDM',
    archiveOf(described).map(({ path, bytes }) => ({ path: path.replace('IHE_XDM/', ''), bytes })),
    { deviations: ['xdm-no-ihe-folder'] },
  ),
  archive('no companions', archiveOf(described).slice(2), {
    deviations: ['xdm-readme-missing', 'xdm-index-missing'],
  }),
  archive(
    'lower case',
    archiveOf(described).map(({ path, bytes }) => ({
      path: path.replace('METADATA.XML', 'metadata.xml').replace('DOC00001.XML', 'doc00001.xml'),
      bytes,
    })),
    { deviations: ['xdm-name-case', 'uri-case'] },
  ),
  archive('prefixes', archiveOf(prefixed), { filingBlocked: false }),
  archive(
    'SOAP',
    archiveOf(
      `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header/><s:Body>${described.replace(/^<\?xml[^>]*\?>/, '')}</s:Body></s:Envelope>`,
    ),
    { deviations: ['metadata-soap'] },
  ),
  archive('byte order mark', archiveOf(`\ufeff${described}`), { deviations: ['metadata-bom'] }),
  archive('URI from IHE_XDM', changed(uriSlot, slot('URI', 'SUBSET01/DOC00001.XML')), {
    deviations: ['uri-base'],
  }),
  archive('URI with ..', changed(uriSlot, slot('URI', '../SUBSET01/DOC00001.XML')), { filingBlocked: false }),
  archive('URI outside', changed(uriSlot, slot('URI', '../../../../etc/DOC00001.XML')), {
    deviations: ['uri-outside', 'uri-by-name'],
  }),
  archive('URI absolute', changed(uriSlot, slot('URI', 'file:///C:/DOC00001.XML')), {
    deviations: ['uri-outside', 'uri-by-name'],
  }),
  archive('URI of another folder', archiveOf(described, [], 'DOCS/DOC00001.XML'), {
    deviations: ['uri-by-name'],
  }),
  archive('URI of another name', archiveOf(described, [], `${subset}/LETTRE.XML`), {
    deviations: ['uri-by-hash'],
  }),
  archive('no URI', changed(uriSlot, ''), { deviations: ['uri-missing'] }),
  archive('no size', changed(noSlot('size'), ''), { deviations: ['size-missing'] }),
  archive('no hash', changed(noSlot('hash'), ''), { deviations: ['hash-missing'] }),
  archive('wrong size', changed(noSlot('size'), slot('size', '12')), {
    deviations: ['size-mismatch'],
    filingBlocked: true,
  }),
  archive('wrong hash', changed(noSlot('hash'), slot('hash', '0'.repeat(40))), {
    deviations: ['hash-mismatch'],
    filingBlocked: true,
  }),
  archive('SHA-256', changed(noSlot('hash'), slot('hash', 'a'.repeat(64))), {
    deviations: ['hash-algorithm', 'hash-mismatch'],
    filingBlocked: true,
  }),
  archive(
    'lower classification',
    changed(
      /<Classification([^>]*f0306f51[^>]*>[\s\S]*?)<\/Classification>/,
      '<classification$1</classification>',
    ),
    { deviations: ['metadata-classification-case'] },
  ),
  archive(
    'empty scheme',
    changed(
      'identificationScheme="urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"',
      'identificationScheme="urn:uuid:"',
    ),
    { deviations: ['metadata-identifier-scheme'] },
  ),
  archive(
    'patientId by the scheme of uniqueId',
    changed('58a6f841-87b3-4a3e-92fd-a8ffeff98427', '2e82c1f6-a085-4c72-9da3-8640a32e42ab'),
    { deviations: ['metadata-identifier-scheme'], filingBlocked: false },
  ),
  archive(
    'author of the set',
    changed('a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d', '93606bcf-9494-43ec-9b4e-a7748d1a838d'),
    { deviations: ['metadata-author-scheme'] },
  ),
  archive('INS-C type', changed(/(urn:uuid:58a6f841[^>]*)ISO\^NH/, '$1ISO^INS-C'), {
    deviations: ['metadata-ins-type'],
  }),
  archive('quoted', changed(/(urn:uuid:58a6f841[^>]*value=")([^"]*)"/, '$1 $2&apos;"'), {
    deviations: ['metadata-value-quoted'],
    filingBlocked: false,
  }),
  archive('no patient', changed(/<ExternalIdentifier[^>]*58a6f841[\s\S]*?<\/ExternalIdentifier>/, ''), {
    deviations: ['metadata-patient-missing'],
  }),
  archive('no set', changed(/<RegistryPackage[\s\S]*<\/RegistryPackage>/, ''), {
    deviations: ['metadata-no-submission-set'],
  }),
  archive('other patient', changed(/(urn:uuid:58a6f841[^>]*value=")\d{15}/, `$1${otherIns}`), {
    deviations: ['patient-mismatch'],
    filingBlocked: true,
  }),
  archive('INS in METADATA.XML alone', archiveOf(described, [], undefined, withoutIns), {
    deviations: ['patient-mismatch'],
    filingBlocked: true,
  }),
  archive(
    'INS in the CDA alone',
    changed(/value="\d{15}\^[^"]*"/g, `value="${variantPatient.ipp}^^^&amp;1.2.250.1.999.42&amp;ISO^PI"`),
    { filingBlocked: false },
  ),
  archive('other name', changed(/PID-5\|[^<]*/, 'PID-5|AUTRE^Personne^^^^^L'), {
    deviations: ['traits-mismatch'],
    filingBlocked: true,
  }),
  archive('other type', changed('nodeRepresentation="11502-2"', 'nodeRepresentation="18748-4"'), {
    deviations: ['type-mismatch'],
    filingBlocked: true,
  }),
  archive('other id', changed(/(urn:uuid:2e82c1f6[^>]*value=")[^"]*/, '$11.2.3.4.5'), {
    deviations: ['id-mismatch'],
    filingBlocked: true,
  }),
  archive(
    'other title',
    changed(/(<ExtrinsicObject[\s\S]*?<Name><LocalizedString[^>]*value=")[^"]*/, '$1Tout autre chose'),
    {
      deviations: ['title-mismatch'],
      filingBlocked: false,
    },
  ),
  archive('other date', changed(noSlot('creationTime'), slot('creationTime', '20250101000000')), {
    deviations: ['date-mismatch'],
    filingBlocked: false,
  }),
  archive(
    'other author',
    changed(
      /(<ExtrinsicObject[\s\S]*?<Slot name="authorPerson"><ValueList><Value>)[^<]*/,
      '$1899999999999^AUTRE^Jean',
    ),
    {
      deviations: ['author-mismatch'],
      filingBlocked: false,
    },
  ),
  archive(
    'other patient of the set alone',
    archiveOf(
      edit(
        /<ExternalIdentifier[^>]*58a6f841[\s\S]*?<\/ExternalIdentifier>/,
        '',
      )(edit(/(urn:uuid:6b5aea1a[^>]*value=")\d{15}/, `$1${otherIns}`)(described)),
    ),
    { deviations: ['metadata-patient-missing', 'patient-mismatch'], filingBlocked: true },
  ),
  archive(
    'number of the sender for the set',
    changed(
      /(urn:uuid:6b5aea1a[^>]*value=")[^"]*/,
      `$1${variantPatient.ipp}^^^&amp;1.2.250.1.999.42&amp;ISO^PI`,
    ),
    { filingBlocked: false },
  ),
  archive(
    'identifiers of other names',
    archiveOf(described.replaceAll('value="XDSDocumentEntry.', 'value="Entry ')),
    { filingBlocked: false },
  ),
  archive('entry told twice', changed(/<ExtrinsicObject[\s\S]*?<\/ExtrinsicObject>/, '$&$&'), {
    kinds: ['cda-n3'],
    deviations: ['metadata-entry-repeated'],
  }),
  archive(
    'file of another set',
    [
      ...archiveOf(described).filter(({ path }) => !path.endsWith('DOC00001.XML')),
      { path: 'IHE_XDM/SUBSET02/METADATA.XML', bytes: edit(noSlot('hash'), '')(described) },
      { path: 'IHE_XDM/SUBSET02/DOC00001.XML', bytes: n1 },
    ],
    { kinds: ['cda-n1'], deviations: ['document-missing'] },
  ),
  archive(
    'description in another code page',
    archiveOf(described).map((file) =>
      file.path.endsWith('METADATA.XML')
        ? { ...file, bytes: Buffer.from(described.replaceAll('’', "'"), 'latin1') }
        : file,
    ),
    {
      deviations: ['xml-repaired'],
      filingBlocked: true,
    },
  ),
  archive(
    'picture of a document with a folder of its own',
    [
      ...archiveOf(
        edit(uriSlot, slot('URI', 'DOC00001/DOC00001.XML'))(described),
        [],
        `${subset}/DOC00001/DOC00001.XML`,
      ),
      { path: `${subset}/DOC00001/IMAGE1.JPG`, bytes: scanJpeg() },
    ],
    { kinds: ['cda-n3', 'image'], filingBlocked: false },
  ),
  archive(
    'type beside its entry',
    archiveOf(
      edit(
        /(<Classification[^>]*f0306f51[\s\S]*?<\/Classification>)([\s\S]*)<\/RegistryObjectList>/,
        '$2$1</RegistryObjectList>',
      )(edit('nodeRepresentation="11502-2"', 'nodeRepresentation="18748-4"')(described)),
    ),
    { deviations: ['type-mismatch'], filingBlocked: true },
  ),
  archive(
    'missing document',
    archiveOf(described).filter(({ path }) => !path.endsWith('DOC00001.XML')),
    { kinds: ['refused'], deviations: ['document-missing'] },
  ),
  archive('unlisted CDA', archiveOf(described, [{ path: `${subset}/DOC00002.XML`, bytes: n1 }]), {
    kinds: ['cda-n3', 'cda-n1'],
    deviations: ['xdm-unlisted-file', 'metadata-missing'],
    filingBlocked: true,
  }),
  archive(
    'style sheet, program, archive inside',
    archiveOf(described, [
      { path: 'CCD.XSL', bytes: '<x/>' },
      { path: 'AUTORUN.INF', bytes: '[autorun]' },
      { path: `${subset}/AUTRE.ZIP`, bytes: Buffer.from('PK\u0005\u0006') },
    ]),
    { deviations: ['xdm-stylesheet', 'xdm-executable', 'xdm-nested-archive'] },
  ),
  archive(
    'two subsets of the same moment',
    archiveOf(described, [
      { path: 'IHE_XDM/SUBSET02/METADATA.XML', bytes: described.replaceAll('DOC00001', 'DOC00001') },
      { path: 'IHE_XDM/SUBSET02/DOC00001.XML', bytes: n3 },
    ]),
    { kinds: ['cda-n3', 'cda-n3'], deviations: ['xdm-several-subsets', 'xdm-same-submission-time'] },
  ),
  archive(
    'two patients',
    archiveOf(described, [
      {
        path: 'IHE_XDM/SUBSET02/METADATA.XML',
        bytes: described.replaceAll(variantPatient.ins ?? '', wrongKey),
      },
      { path: 'IHE_XDM/SUBSET02/DOC00001.XML', bytes: n3 },
    ]),
    { kinds: ['cda-n3', 'cda-n3'], deviations: ['xdm-several-patients'], filingBlocked: true },
  ),
  archive('description cut', archiveOf(described.slice(0, 900)), {
    kinds: ['cda-n3'],
    deviations: ['metadata-unreadable'],
    refusals: ['xml-malformed'],
    filingBlocked: true,
  }),
  archive(
    'description with DOCTYPE',
    archiveOf(
      `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>${described.replace(/^<\?xml[^>]*\?>/, '')}`,
    ),
    { deviations: ['metadata-unreadable'], refusals: ['xml-doctype'], filingBlocked: true },
  ),
  archive('no description', [...companions, { path: `${subset}/DOC00001.XML`, bytes: n3 }], {
    deviations: ['metadata-missing'],
    filingBlocked: true,
  }),
  archive('nothing of ours', [{ path: 'A.TXT', bytes: 'a' }], {
    kinds: ['refused'],
    refusals: ['xdm-no-metadata'],
  }),
]

/** A description that says of whom the document must stay hidden, and that it takes another’s place. */
export const restrictedArchive = (): Promise<Buffer> =>
  zipOf(
    archiveOf(
      described
        .replace(
          /(<Classification[^>]*f4f85eac[\s\S]*?<\/Classification>)/,
          (whole: string) =>
            `${whole}${whole.replace('nodeRepresentation="N"', 'nodeRepresentation="INVISIBLE_PATIENT"')}${whole.replace('nodeRepresentation="N"', 'nodeRepresentation="MASQUE_PS"')}`,
        )
        .replace(
          '</RegistryObjectList>',
          '<Association associationType="urn:ihe:iti:2007:AssociationType:RPLC" sourceObject="Document01" targetObject="urn:uuid:1.2.250.1.999.7"/></RegistryObjectList>',
        ),
    ),
  )

/** An archive of a PDF alone: only its description says whose it is. */
export const pdfArchive = (): Promise<Buffer> =>
  zipOf([
    ...companions,
    {
      path: `${subset}/METADATA.XML`,
      bytes: [
        edit(uriSlot, slot('URI', 'DOC00001.PDF')),
        edit(noSlot('size'), ''),
        edit(noSlot('hash'), ''),
        edit('mimeType="text/xml"', 'mimeType="application/pdf"'),
      ].reduce((text, change) => change(text), described),
    },
    { path: `${subset}/DOC00001.PDF`, bytes: '%PDF-1.4\n%%EOF\n' },
  ])

/** An archive whose CDA lacks what the French header makes mandatory and a reader can do without. */
export const incompleteArchive = (): Promise<Buffer> =>
  zipOf(archiveOf(described, [], undefined, Buffer.from(edit(/<setId [^>]*>/, '')(n3.toString('utf8')))))
