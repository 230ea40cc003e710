/** What programs write beside the letter of CDA and people must read all the same: fictitious documents, each with one thing done otherwise. */
import { processorTime } from '../../processor-time.fixture.ts'
import { gzipSync, deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { ClinicalDocument, Deviation, LabResult, PatientIdentity } from '../../contract/index.ts'
import { alertsOf, allResults, readCda, type Cda } from './index.ts'

interface Pieces {
  declaration?: string
  id?: string
  code?: string
  time?: string
  patientIds?: string
  name?: string
  birth?: string
  place?: string
  secondPatient?: string
  author?: string
  section?: string
  text?: string
  entries?: string
  body?: string
}

const author = `<author><time value="20260112"/><assignedAuthor><id root="1.2.250.1.71.4.2.1" extension="801234567897"/><assignedPerson><name><given>Anne</given><family>DEMO</family></name></assignedPerson></assignedAuthor></author>`

const source = (pieces: Pieces): string => `${pieces.declaration ?? '<?xml version="1.0" encoding="UTF-8"?>'}
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:z="urn:z">
${pieces.id ?? '<id root="1.2.250.1.999.1"/>'}${pieces.code ?? '<code code="11502-2" displayName="CR"/>'}<title>Démonstration</title>
${pieces.time ?? '<effectiveTime value="20260112101500+0100"/>'}
<recordTarget><patientRole>${pieces.patientIds ?? '<id root="1.2.250.1.999.42" extension="IPP1"/>'}<patient>
${pieces.name ?? '<name><given>MARIE</given><family>FICTIF</family></name>'}<administrativeGenderCode code="F"/>${pieces.birth ?? '<birthTime value="19781126"/>'}
${pieces.place ?? ''}</patient></patientRole></recordTarget>${pieces.secondPatient ?? ''}${pieces.author ?? author}
${pieces.body ?? `<component><structuredBody><component><section>${pieces.section ?? '<code code="18719-5"/><title>S</title>'}<text>${pieces.text ?? 'texte'}</text>${pieces.entries ?? ''}</section></component></structuredBody></component>`}
</ClinicalDocument>`

const readBytes = (bytes: Uint8Array): Cda => {
  const read = readCda(bytes)
  if (!read.ok) throw new Error(read.error.code)
  return read.value
}
const read = (pieces: Pieces): Cda => readBytes(Buffer.from(source(pieces)))
const told = ({ deviations }: ClinicalDocument, code: Deviation['code']): (string | null)[] =>
  deviations.filter((deviation) => deviation.code === code).map(({ where }) => where)

describe('XML that is not well-formed', () => {
  const french = source({ text: '<paragraph>été à l’hôpital</paragraph>' }).replace('’', "'")
  const narrative = ({ document }: Cda): string => JSON.stringify(document.sections[0]?.blocks)
  it('is read in the code page its bytes are in, and says so', () => {
    const cda = readBytes(Buffer.from(french, 'latin1'))
    expect(narrative(cda)).toContain("été à l'hôpital")
    expect(told(cda.document, 'xml-repaired')).toEqual(['encoding'])
  })
  it('is read in UTF-8 where it says another code page and its bytes are UTF-8, and says so', () => {
    const said = french.replace('encoding="UTF-8"', 'encoding="ISO-8859-1"')
    const cda = readBytes(Buffer.from(said))
    expect(narrative(cda)).toContain("été à l'hôpital")
    expect(told(cda.document, 'xml-repaired')).toEqual(['encoding'])
  })
  it('keeps the rest of a UTF-8 document with one broken byte', () => {
    const bytes = Buffer.from(french)
    const at = bytes.indexOf('hôpital')
    const cda = readBytes(Buffer.concat([bytes.subarray(0, at), Buffer.from([0xff]), bytes.subarray(at)]))
    expect(narrative(cda)).toContain("été à l'\ufffdhôpital")
  })
  it.each([
    ['leading-space', Buffer.from(`\n ${french}`)],
    ['trailing-bytes', Buffer.from(`${french}\0\0\n`)],
    ['control-characters', Buffer.from(french.replace('été', 'été\u000b'))],
  ])('puts %s right', (repair, bytes) => {
    expect(told(readBytes(bytes).document, 'xml-repaired')).toEqual([repair])
  })
  it.each(['latin1', 'ISO_8859-1', 'cp1252', 'iso-8859-15'])('knows the name %s', (name) => {
    const cda = readBytes(Buffer.from(french.replace('UTF-8', name), 'latin1'))
    expect(narrative(cda)).toContain('été à')
    expect(told(cda.document, 'xml-repaired')).toEqual([])
  })
  it('knows the characters that HTML names, and nothing else that has a name', () => {
    const named = (text: string) => Buffer.from(source({ text: `<paragraph>${text}</paragraph>` }))
    const cda = readBytes(
      named('5&nbsp;g/L &eacute;t&eacute; &micro;g &le; &euro; &OElig; &amp; &lt;b&gt; &amp;nbsp;'),
    )
    expect(cda.document.sections[0]?.blocks).toMatchObject([
      { content: [{ text: '5\u00a0g/L été µg ≤ € Œ & <b> &nbsp;' }] },
    ])
    expect(told(cda.document, 'xml-repaired')).toEqual(['html-entities'])
    // Attributes too.
    const titled = readBytes(
      Buffer.from(source({ code: '<code code="11502-2" displayName="CR&nbsp;bio"/>' })),
    )
    expect(told(titled.document, 'xml-repaired')).toEqual(['html-entities'])
    for (const other of ['&hellip', '&inconnu;', '&constructor;', '&__proto__;', '&nbsp ;', '&NBSP;', '& '])
      expect(readCda(named(other)).ok, other).toBe(false)
    const declared = source({
      declaration: '<?xml version="1.0"?><!DOCTYPE ClinicalDocument [<!ENTITY nbsp "x">]>',
      text: '&nbsp;',
    })
    expect(readCda(Buffer.from(declared))).toMatchObject({ error: { code: 'xml.forbidden' } })
  })
  it('is read without a namespace, or the declaration of a usual prefix, and says so', () => {
    const value =
      '<entry><observation classCode="OBS" moodCode="EVN"><value xsi:type="ST">v</value></observation></entry>'
    const whole = source({ entries: value })
    const bare = readBytes(Buffer.from(whole.replace(' xmlns="urn:hl7-org:v3"', '')))
    expect(told(bare.document, 'cda-no-namespace')).toHaveLength(1)
    expect(bare.document.patient).toEqual(readBytes(Buffer.from(whole)).document.patient)
    expect(told(readBytes(Buffer.from(whole)).document, 'cda-no-namespace')).toEqual([])
    const noPrefix = Buffer.from(whole.replace(/ xmlns:xsi="[^"]*"/, ''))
    expect(told(readBytes(noPrefix).document, 'xml-repaired')).toEqual(['undeclared-prefix'])
    expect(told(readBytes(Buffer.from(whole)).document, 'xml-repaired')).toEqual([])
    // Another namespace is another thing.
    const other = Buffer.from(whole.replace('urn:hl7-org:v3', 'urn:autre'))
    expect(readCda(other)).toMatchObject({ error: { code: 'cda.not-a-cda' } })
  })
  it('still refuses what has no structure', () => {
    expect(readCda(Buffer.from(french.replace('</title>', ''))).ok).toBe(false)
  })
})

describe('a body', () => {
  const pdf = Buffer.from('%PDF-1.4\n% démonstration\n%%EOF\n')
  const base64 = pdf.toString('base64')
  const n1 = (text: string): Cda => read({ body: `<component><nonXMLBody>${text}</nonXMLBody></component>` })
  it.each([
    `<text mediaType="application/pdf">${base64}</text>`,
    `<text mediaType="application/pdf" representation="b64">${base64}</text>`,
    `<text representation="B64">${base64}</text>`,
    `<text mediaType="application/pdf" representation="B64">data:application/pdf;base64,${base64}</text>`,
    `<text mediaType="application/pdf" representation="B64" compression="DF">${deflateSync(pdf).toString('base64')}</text>`,
    `<text mediaType="application/pdf" representation="B64" compression="GZ">${gzipSync(pdf).toString('base64')}</text>`,
  ])('is a PDF however it is said: %.70s', (text) => {
    const cda = n1(text)
    expect(cda.pdf).toBe('body')
    expect(Buffer.from(cda.media.get('body')?.bytes ?? [])).toEqual(pdf)
    expect(cda.document.text).toBeNull()
  })
  it.each(['', '<text mediaType="application/pdf" representation="B64"/>'])(
    'that is not there is told: %s',
    (text) => {
      expect(told(n1(text).document, 'media-missing')).toHaveLength(1)
    },
  )
  it('names the file that holds a medium instead of calling it unreadable', () => {
    const { document } = read({
      entries:
        '<entry><observationMedia ID="M"><value mediaType="image/jpeg"><reference value="IMG.JPG"/></value></observationMedia></entry>',
    })
    expect(told(document, 'media-missing')).toEqual(['IMG.JPG'])
  })
})

describe('times', () => {
  it.each([
    ['20260112+0100', '2026-01-12'],
    ['20260112101500+01', '2026-01-12T10:15:00+01:00'],
    ['20260112101500+100', '2026-01-12T10:15:00+01:00'],
    ['2026-01-12T10:15:00+01:00', '2026-01-12T10:15:00+01:00'],
    ['2026-01-12', '2026-01-12'],
    ['20260100', '2026-01'],
    ['2026', '2026'],
  ])('%s is %s', (value, iso) => {
    const { document } = read({ time: `<effectiveTime value="${value}"/>` })
    expect([document.date, told(document, 'cda-time-unreadable')]).toEqual([iso, []])
  })
  it.each([
    '<effectiveTime value="20260230"/>',
    '<effectiveTime value="12/01/2026"/>',
    '<effectiveTime nullFlavor="UNK"/>',
    '',
  ])('tells of %s', (time) => {
    expect(told(read({ time }).document, 'cda-time-unreadable')).toEqual(['effectiveTime'])
  })
  it('keeps the year of a birth whose day is not known', () => {
    expect(read({ birth: '<birthTime value="19780000"/>' }).document.identity.birthDate).toBe('1978')
  })
})

describe('an identity', () => {
  const oid = '1.2.250.1.213.1.4'
  const matricule = '278117505612389'
  const identity = (pieces: Pieces): PatientIdentity => read(pieces).document.identity
  it('takes the legal name among several, and a name in one piece', () => {
    expect(
      identity({
        name: '<name use="P"><given>X</given><family>PSEUDO</family></name><name use="L"><given>MARIE</given><family qualifier="BR">FICTIF</family></name>',
      }),
    ).toMatchObject({ birthName: 'FICTIF', firstName: 'MARIE' })
    expect(identity({ name: '<name>Marie FICTIF</name>' })).toMatchObject({
      birthName: 'Marie FICTIF',
      firstName: '',
      qualified: false,
    })
  })
  it('prefers the number of production to that of tests, and tells of both', () => {
    const ids = ['10', '8'].map((last) => `<id root="${oid}.${last}" extension="${matricule}"/>`).join('')
    expect(identity({ patientIds: ids })).toMatchObject({
      ins: { kind: 'nir', keyValid: true },
      checks: expect.arrayContaining(['ins-test']) as unknown,
    })
  })
  it('knows the authority as a URN; refuses numbers that begin with no sex', () => {
    expect(
      identity({ patientIds: `<id root="urn:oid:${oid}.8" extension="${matricule}"/>` }).ins,
    ).toMatchObject({
      oid: `${oid}.8`,
      kind: 'nir',
    })
    expect(identity({ patientIds: `<id root="${oid}.8" extension="978117505612330"/>` }).checks).toContain(
      'ins-format',
    )
  })
  it('takes for a birth place code what can be one', () => {
    const place = (county: string): string =>
      `<birthplace><place><addr><county>${county}</county></addr></place></birthplace>`
    expect(identity({ place: place('2a004') })).toMatchObject({
      birthPlaceCode: '2A004',
      birthPlaceName: null,
    })
    expect(identity({ place: place('AJACCIO') })).toMatchObject({
      birthPlaceCode: null,
      birthPlaceName: 'AJACCIO',
    })
  })
  it('tells the patients that are not shown', () => {
    const { otherPatients } = read({
      secondPatient:
        '<recordTarget><patientRole><patient><name><given>PAUL</given><family>AUTRE</family></name></patient></patientRole></recordTarget>',
    })
    expect(otherPatients.map(({ birthName }) => birthName)).toEqual(['AUTRE'])
  })
})

describe('a header', () => {
  it('keeps an author known by a number alone', () => {
    const { document } = read({
      author: '<author><assignedAuthor><id extension="801234567897" root="1.2"/></assignedAuthor></author>',
    })
    expect(document.authors).toMatchObject([{ name: '801234567897', id: '801234567897', kind: 'person' }])
    expect(told(document, 'cda-no-author')).toEqual([])
  })
  it('shows a type without a code, and tells of an identifier that is not there', () => {
    const { document } = read({
      id: '<id nullFlavor="UNK"/>',
      code: '<code nullFlavor="UNK"><originalText>Lettre libre</originalText></code>',
    })
    expect(document.typeLabel).toBe('Lettre libre')
    expect(told(document, 'cda-id-missing')).toHaveLength(1)
  })
  it('says whom a section is about when it is not the patient', () => {
    const { document } = read({
      entries:
        '<subject><relatedSubject classCode="PRS"><code code="NCHILD" displayName="nouveau-né"/><subject><name><given>Bébé</given></name></subject></relatedSubject></subject>',
    })
    expect(document.sections[0]?.authors).toMatchObject([
      { name: 'Bébé', role: 'nouveau-né', relation: 'SBJ' },
    ])
    expect(told(document, 'cda-other-subject')).toEqual(['Bébé'])
  })
})

describe('a narrative', () => {
  const text = (pieces: Pieces): string => JSON.stringify(read(pieces).document.sections[0]?.blocks)
  it('keeps blanks that do not break, and lines apart in captions and notes', () => {
    expect(text({ text: '<paragraph>12\u00a0000</paragraph>' })).toContain('12\u00a0000')
    expect(
      text({
        text: 'voir<renderMultiMedia referencedObject="M"><caption>Fig. 1</caption></renderMultiMedia>suite',
      }),
    ).toMatch(/"voir".*break.*"Fig\. 1".*break.*"suite"/)
    expect(
      text({ text: '<footnote ID="n"><paragraph>un</paragraph><paragraph>deux</paragraph></footnote>' }),
    ).toMatch(/"un".*break.*"deux"/)
  })
  it('leaves a note within a sentence in its place, one that stands alone on its own', () => {
    const blocks = (inside: string) => read({ text: inside }).document.sections[0]?.blocks
    const note = { footnoteId: 'n' }
    expect(blocks('<paragraph>normal<footnote ID="n">dit-elle</footnote>, suite</paragraph>')).toEqual([
      {
        kind: 'paragraph',
        content: [
          { kind: 'text', text: 'normal' },
          { kind: 'footnote', ...note, children: [{ kind: 'text', text: 'dit-elle' }] },
          { kind: 'text', text: ', suite' },
        ],
      },
    ])
    expect(blocks('<paragraph>un</paragraph><footnote ID="n">dit-elle</footnote>')).toMatchObject([
      { kind: 'paragraph' },
      { kind: 'footnote', ...note },
    ])
  })
})

describe('results', () => {
  const template = '<templateId root="1.2.250.1.213.1.1.3.80"/>'
  const observation = (inside: string, head = template): string =>
    `<entry><observation>${head}<code code="2823-3" codeSystem="2.16.840.1.113883.6.1" displayName="Potassium"/>${inside}</observation></entry>`
  const results = (...entries: string[]): LabResult[] =>
    allResults(read({ entries: entries.join('') }).document.sections)
  const value = '<value xsi:type="PQ" value="6" unit="g"/>'
  const range = (bounds: string, interpretation: string, rest = ''): string =>
    `<referenceRange><observationRange><value xsi:type="IVL_PQ">${bounds}</value><interpretationCode code="${interpretation}"/>${rest}</observationRange></referenceRange>`
  it('never lets an attribute of another namespace speak for the value', () => {
    expect(
      results(observation('<value xsi:type="PQ" value="5" unit="g" z:value="999" z:unit="kg"/>')),
    ).toMatchObject([{ value: '5', number: 5, unit: 'g' }])
  })
  it.each([
    ['<value xsi:type="PQ" value="1.5E3" unit="g"/>', { number: 1500 }],
    [
      '<value xsi:type="PQ" value="&lt;0,5" unit="g"/>',
      { value: '< 0,5', comparator: '<', high: 0.5, number: null },
    ],
    ['<value xsi:type="PQ" value="1e9999" unit="g"/>', { number: null }],
    ['<value xsi:type="RTO"><numerator value="1"/><denominator nullFlavor="UNK"/></value>', { value: '1' }],
    ['<value xsi:type="II" root="1.2" extension="X9"/>', { value: 'X9' }],
  ])('reads %s', (written, expected) => {
    expect(results(observation(written))).toMatchObject([expected])
  })
  it('are results without a template in a section of a laboratory, and by those of other countries', () => {
    const critical = `${value}<interpretationCode code="HH"/>`
    expect(alertsOf(results(observation(critical, '')))).toMatchObject([{ level: 'critical', code: 'HH' }])
    const elsewhere = read({
      section: '<code code="30954-2"/><title>S</title>',
      entries:
        observation(critical, '<templateId root="2.16.840.1.113883.10.20.22.4.2"/>') +
        observation(critical, '') +
        observation(
          critical,
          '<templateId root="2.16.840.1.113883.10.20.1.31"/><templateId root="1.3.6.1.4.1.19376.1.5.3.1.4.13.2"/>',
        ),
    })
    expect(allResults(elsewhere.document.sections)).toHaveLength(1)
  })
  it('draws attention by normal ranges that hold for this patient alone, and to values far off', () => {
    const alerts = (inside: string): string[] =>
      alertsOf(results(observation(inside))).map(({ code }) => code)
    const low = '<low value="10" unit="g"/>'
    const high = '<high value="5" unit="g"/>'
    expect(alerts(value + range(low, 'N'))).toEqual(['L'])
    expect(alerts(value + range(low, 'H'))).toEqual([])
    const condition = (whom: string): string =>
      `<precondition><criterion><code displayName="${whom}"/></criterion></precondition>`
    expect(
      alerts(
        value +
          range(high, 'N', condition('homme')) +
          range('<high value="9" unit="g"/>', 'N', condition('femme')),
      ),
    ).toEqual([])
    expect(alerts(`${value}<interpretationCode code="HU"/>`)).toEqual(['HU'])
    expect(alerts(`<statusCode code="nullified"/>${value}<interpretationCode code="HH"/>`)).toEqual([])
  })
  it('finds a comment by its code', () => {
    const comment =
      '<entryRelationship><act><code code="48767-8"/><text>hémolysé</text></act></entryRelationship>'
    expect(results(observation(value + comment))).toMatchObject([{ comment: 'hémolysé' }])
  })
})

describe('what would be too much', () => {
  it('takes of the narrative what results can say, and no more', () => {
    const entry =
      '<entry><observation><templateId root="1.2.250.1.213.1.1.3.80"/><code code="x"><originalText><reference value="#all"/></originalText></code><value xsi:type="ST"><reference value="#all"/></value></observation></entry>'
    const found = read({
      text: `<content ID="all">${'mot '.repeat(250_000)}</content>`,
      entries: entry.repeat(2000),
    })
    const lengths = allResults(found.document.sections).reduce(
      (sum, { label, value }) => sum + label.length + value.length,
      0,
    )
    expect(lengths).toBeLessThanOrEqual(21_000_000)
  })
  it('inflates no more than what was sent may become', () => {
    const bomb = deflateSync(Buffer.alloc(39_000_000)).toString('base64')
    const medium = (id: number): string =>
      `<entry><observationMedia ID="M${id}"><value mediaType="application/pdf" representation="B64" compression="DF">${bomb}</value></observationMedia></entry>`
    const { media } = read({ entries: Array.from({ length: 20 }, (_, id) => medium(id)).join('') })
    const total = [...media.values()].reduce((sum, { bytes }) => sum + bytes.byteLength, 0)
    expect(total).toBeLessThan(20 * bomb.length)
  })
  it('reads thousands of numbers of one patient, and of styles around lines, at once', () => {
    const spent = processorTime()
    const ids = Array.from(
      { length: 20_000 },
      (_, id) => `<id root="1.2.250.1.213.1.4.8" extension="${String(id).padStart(15, '0')}"/>`,
    )
    expect(read({ patientIds: ids.join('') }).document.identity.identifiers).toHaveLength(100)
    const styled =
      '<content styleCode="Bold">'.repeat(150) +
      '<paragraph>x</paragraph>'.repeat(2000) +
      '</content>'.repeat(150)
    expect(read({ text: styled }).document.sections[0]?.blocks).toHaveLength(2000)
    expect(spent()).toBeLessThan(10_000)
  })
})
