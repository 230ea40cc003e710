import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { SaxesParser } from 'saxes'
import { describe, expect, it } from 'vitest'
import yauzl from 'yauzl'
import { drawChapter, urineCulture } from './biology-panels.ts'
import { biologyReport } from './biology-report.ts'
import { pdfName } from './clinical-mail.ts'
import { archived, type ClinicalDocument, type DocumentContext } from './clinical-document.ts'
import { hprimText, toWindows1252 } from './hprim.ts'
import { mosaicJpeg } from './images.ts'
import { insKey, patientNamed, patients } from './patients.ts'
import { professionals } from './professionals.ts'
import { createRandom } from './random.ts'
import { consultation, emergencyReport, imagingReport, structuredConsultation } from './reports.ts'
import { dischargeLetter, prescription, synthesis } from './treatment-documents.ts'
import { xdmArchive, type XdmVariant } from './xdm.ts'

const created = new Date('2026-11-20T10:12:00Z')

function context(birthName = 'DUPONT'): DocumentContext {
  return {
    random: createRandom(7),
    patient: patientNamed(birthName),
    created,
    recipients: [professionals.anne],
    typeface: 'standard',
  }
}

const chapters = [
  drawChapter('biochemistry', createRandom(1), [new Date('2026-10-12T07:00:00Z')]),
  urineCulture(),
]
const reason = { reason: 'avis.', findings: 'examen normal.', conclusion: 'rien de plus.' }
const scan = { exam: 'IRM', modality: { code: '24968-0', display: 'IRM' }, findings: 'a', conclusion: 'b' }

const makers: Record<string, (c: DocumentContext) => Promise<ClinicalDocument>> = {
  biology: (c) => biologyReport(c, { chapters, pdfCopy: true, prescriber: professionals.anne }),
  consultation: (c) => consultation(c, professionals.paul, reason),
  structured: (c) => structuredConsultation(c, professionals.paul, reason),
  imagingPng: (c) => imagingReport(c, { ...scan, picture: 'png' }),
  imagingJpeg: (c) => imagingReport(c, { ...scan, picture: 'jpeg' }),
  emergency: (c) => emergencyReport(c, 'Chute.'),
  discharge: (c) => dischargeLetter(c),
  synthesis: (c) => synthesis(c),
  prescription: (c) => prescription(c, professionals.paul),
}

interface Walk {
  /** Element paths below the root, in document order, first sight only. */
  paths: string[]
  attributes: { path: string; name: string; value: string }[]
  text: string
}

function walk(bytes: Buffer): Walk {
  const parser = new SaxesParser({ xmlns: true })
  const stack: string[] = []
  const paths = new Set<string>()
  const attributes: Walk['attributes'] = []
  let text = ''
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', (tag) => {
    stack.push(tag.local)
    const path = stack.slice(1).join('/')
    paths.add(path)
    for (const [name, attribute] of Object.entries(tag.attributes))
      attributes.push({ path, name, value: attribute.value })
  })
  parser.on('closetag', () => stack.pop())
  parser.on('text', (value) => (text += value))
  parser.write(bytes.toString('utf8')).close()
  return { paths: [...paths], attributes, text }
}

async function unzip(bytes: Buffer): Promise<Map<string, Buffer>> {
  const zip = await yauzl.fromBufferPromise(bytes)
  const out = new Map<string, Buffer>()
  for await (const entry of zip.eachEntry()) {
    const chunks: Buffer[] = []
    for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer)
    out.set(entry.fileName, Buffer.concat(chunks))
  }
  return out
}

function slotOf(metadata: Buffer, name: string): string | undefined {
  return new RegExp(`<Slot name="${name}"><ValueList><Value>([^<]*)`).exec(metadata.toString('utf8'))?.[1]
}

describe('patients', () => {
  it('have matricules with the right key, one of them Corsican, some none', () => {
    const qualified = patients.flatMap((patient) => (patient.ins === null ? [] : [patient.ins]))
    for (const ins of qualified) {
      expect(ins).toHaveLength(15)
      const digits = ins.slice(0, 13).replace('2A', '19')
      expect((BigInt(digits) + BigInt(ins.slice(13))) % 97n).toBe(0n)
    }
    expect(qualified.some((ins) => ins.slice(5, 7) === '2A')).toBe(true)
    expect(patients.length - qualified.length).toBeGreaterThanOrEqual(2)
    expect(new Set(qualified).size).toBe(qualified.length)
    expect(patients.some((patient) => patient.usedName !== patient.birthName)).toBe(true)
    // The key that clinical-documents.md §8.2 verified on an official sample.
    expect(insKey('2790351215189')).toBe('89')
  })
})

describe.each(Object.keys(makers))('%s', (kind) => {
  const make = (birthName?: string): Promise<ClinicalDocument> => {
    const maker = makers[kind]
    if (maker === undefined) throw new Error(kind)
    return maker(context(birthName))
  }

  it('is well formed, complete for the structuration minimale, and says the patient is fictitious', async () => {
    const { cda, header } = await make()
    const { paths, attributes, text } = walk(cda)
    const top = paths.filter((path) => !path.includes('/') && path !== '')
    const required = [
      'realmCode',
      'typeId',
      'templateId',
      'id',
      'code',
      'title',
      'effectiveTime',
      'confidentialityCode',
      'languageCode',
      'setId',
      'versionNumber',
      'recordTarget',
      'author',
      'custodian',
      'legalAuthenticator',
      'documentationOf',
      'componentOf',
      'component',
    ]
    expect(top.filter((name) => required.includes(name))).toEqual(required)
    expect(paths).toContain(
      'documentationOf/serviceEvent/performer/assignedEntity/representedOrganization/standardIndustryClassCode',
    )
    expect(paths).toContain('componentOf/encompassingEncounter/location/healthCareFacility/code')
    const ids = attributes.filter((a) => a.path === 'recordTarget/patientRole/id' && a.name === 'extension')
    expect(ids[0]?.value).toBe(header.patient.ins)
    if (paths.includes('component/structuredBody')) expect(text).toContain('patient fictif')
    expect(cda.toString('utf8')).toContain('patient fictif')
    for (const { value } of attributes.filter((a) => a.name === 'value' && a.path.endsWith('ime'))) {
      expect(value).toMatch(/^\d{14}[+-]\d{4}$|^\d{8}$/)
    }
  })

  it('points only at identifiers that it has', async () => {
    const { attributes } = walk((await make()).cda)
    const ids = attributes.filter((a) => a.name === 'ID').map((a) => a.value)
    expect(new Set(ids).size).toBe(ids.length)
    const used = attributes.flatMap((a) =>
      a.name === 'referencedObject' || a.name === 'IDREF'
        ? [a.value]
        : a.path.endsWith('reference') && a.name === 'value'
          ? [a.value.slice(1)]
          : [],
    )
    expect(used.filter((id) => !ids.includes(id))).toEqual([])
  })

  it('leaves the INS out when the identity is not qualified', async () => {
    const { attributes } = walk((await make('PETIT')).cda)
    expect(attributes.some((a) => a.value === '1.2.250.1.213.1.4.10')).toBe(false)
  })

  it('carries a PDF, the same one inside an N1', async () => {
    const { pdf, level, cda, formatCode } = await make()
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
    expect(pdf.subarray(-6).toString()).toContain('%%EOF')
    if (level === 'N1' && formatCode.code.includes('pdf')) {
      const base64 = /representation="B64">([^<]*)/.exec(cda.toString('utf8'))?.[1] ?? ''
      expect(Buffer.from(base64, 'base64').equals(pdf)).toBe(true)
    }
  })

  it('travels in an archive whose hash and size are right', async () => {
    const document = await make()
    const files = await unzip(await xdmArchive([archived(document, 0)]))
    expect([...files.keys()]).toEqual([
      'INDEX.HTM',
      'README.TXT',
      'IHE_XDM/SUBSET01/METADATA.XML',
      'IHE_XDM/SUBSET01/DOC00001.XML',
    ])
    const metadata = files.get('IHE_XDM/SUBSET01/METADATA.XML') ?? Buffer.alloc(0)
    const stored = files.get('IHE_XDM/SUBSET01/DOC00001.XML') ?? Buffer.alloc(0)
    walk(metadata)
    expect(stored.equals(document.cda)).toBe(true)
    expect(slotOf(metadata, 'hash')).toBe(createHash('sha1').update(stored).digest('hex'))
    expect(slotOf(metadata, 'size')).toBe(String(stored.length))
    expect(slotOf(metadata, 'URI')).toBe('DOC00001.XML')
    expect(metadata.toString()).toContain(`value="${document.header.id}"`)
  })

  it('is the same for the same seed', async () => {
    const [one, two] = [await make(), await make()]
    expect(one.cda.equals(two.cda)).toBe(true)
    expect(one.pdf.equals(two.pdf)).toBe(true)
  })
})

describe('archives that deviate', () => {
  const build = async (variant: XdmVariant): Promise<Map<string, Buffer>> =>
    unzip(
      await xdmArchive(
        [archived(await consultation(context(), professionals.paul, reason), 0)],
        variant,
        variant === 'patient-mismatch' ? patientNamed('LEROY') : null,
      ),
    )
  const metadataOf = (files: Map<string, Buffer>): Buffer =>
    [...files].find(([name]) => name.toLowerCase().endsWith('metadata.xml'))?.[1] ?? Buffer.alloc(0)

  it('each break one thing', async () => {
    expect([...(await build('top-folder')).keys()].every((name) => name.startsWith('EXPORT_DEMO/'))).toBe(
      true,
    )
    const lower = await build('lower-case')
    expect([...lower.keys()]).toContain('IHE_XDM/SUBSET01/Document01.xml')
    expect(slotOf(metadataOf(lower), 'URI')).toBe('Document01.xml')
    expect(walk(metadataOf(await build('soap'))).paths[1]).toBe('Header')
    expect(slotOf(metadataOf(await build('uri-from-ihe-xdm')), 'URI')).toBe('SUBSET01/DOC00001.XML')
    const bare = metadataOf(await build('no-uri-no-size'))
    expect([slotOf(bare, 'URI'), slotOf(bare, 'size')]).toEqual([undefined, undefined])
    const wrong = await build('wrong-hash')
    const document = [...wrong].find(([name]) => name.endsWith('DOC00001.XML'))?.[1] ?? Buffer.alloc(0)
    expect(slotOf(metadataOf(wrong), 'hash')).not.toBe(createHash('sha1').update(document).digest('hex'))
    expect(metadataOf(await build('patient-mismatch')).toString()).toContain('PID-5|LEROY')
  })
})

describe('versions', () => {
  it('keep the set and name the document they replace', async () => {
    const first = await biologyReport(context(), { chapters, pdfCopy: false, prescriber: professionals.anne })
    const second = await biologyReport(context(), {
      chapters,
      pdfCopy: false,
      prescriber: professionals.anne,
      replaces: first.header,
    })
    expect(second.header).toMatchObject({ setId: first.header.setId, version: 2, replaces: first.header.id })
    const parent = walk(second.cda).attributes.find((a) => a.path === 'relatedDocument/parentDocument/id')
    expect(parent?.value).toBe(first.header.id)
  })
})

describe('HPRIM', () => {
  it('has its dates on lines 7 and 10, its marks, and Windows-1252 bytes', () => {
    const text = hprimText(patientNamed('LEFEVRE'), created, chapters, 'H12345')
    const lines = text.split('\r\n')
    expect([lines[6], lines[9]]).toEqual(['17/05/1944', '20/11/2026'])
    expect(lines).toEqual(expect.arrayContaining(['****LAB****', '****FIN****', '****FINFICHIER****']))
    expect(text).toMatch(/^RES\|Potassium\|2823-3\|N\|[\d.]+\|mmol\/L\|3\.5\|5\.1\|/m)
    expect(toWindows1252('é œ ’').toString('latin1')).toBe('\u00e9 \u009c \u0092')
  })
})

describe('file names and pictures', () => {
  it('name the PDF after the act, the type and the patient', async () => {
    expect(pdfName(await dischargeLetter(context()))).toMatch(
      /^202611\d\d_Lettre de liaison à la sortie d'un établ_DUPONT_Marie\.pdf$/,
    )
  })

  it('writes JPEG markers in order', () => {
    const jpeg = mosaicJpeg(2, 2, (column) => [column * 90 + 40, 128, 128])
    expect([jpeg.readUInt16BE(0), jpeg.readUInt16BE(2), jpeg.readUInt16BE(jpeg.length - 2)]).toEqual([
      0xffd8, 0xffe0, 0xffd9,
    ])
  })
})

const corpus = '/work/shared/corpus/clinical/cda'

describe.skipIf(!existsSync(corpus))('compared with the corpus', () => {
  it('uses only header paths that official samples use', async () => {
    const known = new Set<string>()
    for (const name of readdirSync(corpus).filter(
      (n) => n.endsWith('.xml') && !n.includes('Auto-Presentable'),
    )) {
      const bytes = readFileSync(`${corpus}/${name}`)
      for (const path of walk(bytes.subarray(bytes[0] === 0xef ? 3 : 0)).paths) known.add(path)
    }
    const unknown = new Set<string>()
    for (const make of Object.values(makers)) {
      for (const path of walk((await make(context('FAURE'))).cda).paths) {
        if (!path.startsWith('component') && path !== '' && !known.has(path)) unknown.add(path)
      }
    }
    expect([...unknown]).toEqual([])
  })
})
