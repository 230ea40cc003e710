import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DocumentPatient } from '../../contract/index.ts'
import { readCda } from '../cda/index.ts'
import { writeCda } from './cda.ts'
import { facilities, settings, specialties } from './coded.ts'
import { readFacts } from './facts.ts'
import { brokenHeaderRules } from './header-rules.fixture.ts'
import { documentTypes } from './type-codes.ts'
import { author, details, patient, request, testMatricule, testOid } from './writing.fixture.ts'

const pdf = Buffer.from('%PDF-1.4 fictif')
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')

/** What people are called: accents, apostrophes, hyphens, what XML and HL7 v2 keep for themselves, other scripts. */
const name = fc
  .array(fc.constantFrom(...`abcXYZéèïçÇñœŒæßÅøłŠž'’-&<>"^|~\\{}$%éアЖ😀`), { minLength: 1, maxLength: 24 })
  .map((letters) => letters.join(''))
const names = fc.array(name, { minLength: 1, maxLength: 3 }).map((all) => all.join(' '))
const day = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2026-11-22'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10))

const patients: fc.Arbitrary<DocumentPatient> = fc.record({
  patientId: fc.constant(null),
  birthName: names,
  usedName: fc.option(names),
  firstName: names,
  givenNames: fc.option(names),
  sex: fc.constantFrom('M' as const, 'F' as const, 'U' as const),
  birthDate: fc.option(day),
  birthPlace: fc.option(fc.constantFrom('75120', '2A004', '99109')),
  ins: fc.option(fc.constant({ matricule: testMatricule, oid: testOid })),
  qualified: fc.boolean(),
  ipp: fc.option(fc.constant({ root: '1.2.250.1.999.7', extension: 'IPP 42' })),
})

describe('a CDA of level N1', () => {
  it('keeps every rule of the French header', () => {
    expect(brokenHeaderRules(writeCda(request(), pdf))).toEqual([])
  })

  it('keeps them for every type, kind of structure, setting, profession and level of confidentiality', () => {
    for (const { code } of documentTypes)
      expect(brokenHeaderRules(writeCda(request({ details: { ...details, typeCode: code } }), pdf))).toEqual(
        [],
      )
    for (const { code } of specialties)
      expect(brokenHeaderRules(writeCda(request({ author: { ...author, specialty: code } }), pdf))).toEqual(
        [],
      )
    for (const facility of facilities)
      expect(
        brokenHeaderRules(writeCda(request({ author: { ...author, facility: facility.code } }), pdf)),
      ).toEqual([])
    for (const setting of settings)
      expect(
        brokenHeaderRules(writeCda(request({ author: { ...author, setting: setting.code } }), pdf)),
      ).toEqual([])
    for (const confidentiality of ['N', 'R', 'V'] as const)
      expect(brokenHeaderRules(writeCda(request({ details: { ...details, confidentiality } }), pdf))).toEqual(
        [],
      )
  })

  it('reads back identically whatever people are called (INS/va1.53: an INS of a qualified identity alone)', () => {
    fc.assert(
      fc.property(patients, names, (who, title) => {
        const bytes = writeCda(request({ patient: who, details: { ...details, title } }), pdf)
        expect(brokenHeaderRules(bytes)).toEqual([])
        const read = readCda(bytes)
        if (!read.ok) throw new Error(read.error.code)
        const { document } = read.value
        expect(document.title).toBe(title)
        expect(document.patient).toMatchObject({
          birthName: who.birthName,
          firstName: who.firstName,
          sex: who.sex,
          birthDate: who.birthDate,
        })
        if (who.usedName !== null && who.usedName !== who.birthName)
          expect(document.patient.usedName).toBe(who.usedName)
        const whole =
          who.ins !== null &&
          who.qualified &&
          who.givenNames !== null &&
          who.birthDate !== null &&
          who.birthPlace !== null &&
          who.sex !== 'U'
        expect(document.patient.ins?.matricule ?? null).toBe(whole ? testMatricule : null)
        expect(text(bytes).includes(testMatricule)).toBe(whole)
        const body = read.value.pdf === null ? undefined : read.value.media.get(read.value.pdf)
        expect(Buffer.from(body?.bytes ?? [])).toEqual(pdf)
        const facts = readFacts(bytes)
        expect(facts.ok && facts.value.patient.birthName).toBe(who.birthName)
      }),
      { numRuns: 60 },
    )
  })

  it('gives who has no INS a number that tells nothing of them, the same each time', () => {
    const one = readFacts(writeCda(request({ patient: { ...patient, qualified: false } }), pdf))
    const again = readFacts(writeCda(request({ patient: { ...patient, qualified: false } }), pdf))
    if (!one.ok || !again.ok) throw new Error('unreadable')
    expect(one.value.patientIds).toHaveLength(1)
    expect(one.value.patientIds).toEqual(again.value.patientIds)
    expect(JSON.stringify(one.value.patientIds)).not.toMatch(/essai|fictif|1979/i)
  })

  it('names professions of every directory, each under its own system (JDV_J01)', () => {
    const coded = (specialty: string): string =>
      /<assignedAuthor>[^]*?(<code [^>]*>)/.exec(
        text(writeCda(request({ author: { ...author, specialty } }), pdf)),
      )?.[1] ?? ''
    expect(coded('G15_10/SM74')).toBe(
      '<code code="G15_10/SM74" displayName="Médecin - Radiologie et imagerie médicale (SM)" codeSystem="1.2.250.1.213.1.1.4.5"/>',
    )
    expect(coded('93')).toBe(
      '<code code="93" displayName="Psychologue" codeSystem="1.2.250.1.213.1.6.1.109"/>',
    )
    expect(coded('SECRETARIAT_MEDICAL')).toBe(
      '<code code="SECRETARIAT_MEDICAL" displayName="Secrétariat médical" codeSystem="1.2.250.1.213.1.1.4.6"/>',
    )
    expect(new Set(specialties.map(({ code }) => code)).size).toBe(specialties.length)
  })

  it('leaves out what is blank of an address, and the address with nothing in it', () => {
    const at = (organisation: Partial<typeof author.organisation>): string =>
      text(
        writeCda(
          request({ author: { ...author, organisation: { ...author.organisation, ...organisation } } }),
          pdf,
        ),
      )
    const blank = at({ street: ' ', postalCode: '', city: '' })
    expect(brokenHeaderRules(Buffer.from(blank))).toEqual([])
    expect(blank.replace(/<birthplace>.*<\/birthplace>/, '')).not.toContain('<addr>')
    const partly = at({ street: ' ', postalCode: '75020', city: '' })
    expect(brokenHeaderRules(Buffer.from(partly))).toEqual([])
    expect(partly).toContain('<addr><postalCode>75020</postalCode></addr>')
  })

  it('points to the version it replaces, in the same set (AMBU.MSS/va1.02)', () => {
    const set = { root: '2.25.77', extension: null }
    const bytes = writeCda(
      request({ set, version: 2, replaces: { id: { root: '2.25.55', extension: null }, set, version: 1 } }),
      pdf,
    )
    expect(brokenHeaderRules(bytes)).toEqual([])
    const read = readCda(bytes)
    if (!read.ok) throw new Error(read.error.code)
    expect(read.value.document).toMatchObject({ setId: '2.25.77', version: 2, replaces: '2.25.55' })
  })

  it('finds each rule broken when it is', () => {
    const good = text(writeCda(request(), pdf))
    const breaks: [string, string, string][] = [
      ['<realmCode code="FR"/>', '', 'realmCode once'],
      ['1.3.6.1.4.1.19376.1.2.20', '1.2.250.1.213.1.1.1.45', 'N1 has these three alone'],
      ['<setId ', '<setid ', 'setId once'],
      ['<versionNumber value="1"/>', '<versionNumber value="0"/>', 'versionNumber'],
      ['<signatureCode code="S"/>', '', 'legalAuthenticator: signatureCode'],
      ['<county>51215</county>', '', 'INS: birth place'],
      ['<given>Léa Anne Zoé</given>', '', 'INS: list of given names'],
      ['standardIndustryClassCode', 'standardindustryClassCode', 'main act: practice setting'],
      ['<family>BERNARD</family>', 'BERNARD', '[informationRecipient_fr] name/family once'],
      [
        '<prefix>MME</prefix><given>Anne',
        '<prefix>DR</prefix><given>Anne',
        '[assignedEntity_fr] prefix of JDV_J245',
      ],
      ['<suffix>DR</suffix>', '<suffix>Dr</suffix>', '[informationRecipient_fr] suffix of JDV_J246'],
      ['tel:0144534551', 'tel:', '[telecom] prefix:value, or nullFlavor alone'],
      ['use="WP"', 'use="W"', '[telecom] use'],
      ['<addr nullFlavor="NAV"/>', '<addr/>', '[addr] parts, or nullFlavor alone'],
      ['qualifier="CL"', 'qualifier="SP"', '[recordTarget_fr] family/@qualifier'],
      ['<given qualifier="BR">', '<given qualifier="XX">', '[recordTarget_fr] given/@qualifier'],
      ['<id root="1.2.250.1.71.4.2.2" extension="1750803447"/>', '', '[custodian_fr] id once'],
      ['typeCode="PRF"', 'typeCode="SPRF"', '[documentationOf_fr] performer PRF'],
      ['code="AMB"', 'code="XXX"', '[JDV_encompassingEncounterCode]'],
      ['code="SA07"', 'code="CABINET"', '[JDV_healthcareFacilityCode]'],
      ['code="G15_10/SM54"', 'code="MEDECIN"', '[JDV_authorSpecialty]'],
      ['code="fr-FR"', 'code="en-US"', '[modeleEntete_fr] languageCode fr-FR'],
    ]
    for (const [from, to, rule] of breaks) {
      expect(good).toContain(from)
      expect(brokenHeaderRules(Buffer.from(good.replaceAll(from, to)))).toContain(rule)
    }
  })
})

describe('the header of a CDA written elsewhere', () => {
  it('must be whole', () => {
    const good = text(writeCda(request(), pdf))
    const without = readFacts(Buffer.from(good.replace(/<setId [^>]*>/, '')))
    expect(without).toMatchObject({
      ok: false,
      error: { code: 'document.incomplete', details: { missing: 'setId' } },
    })
    expect(readFacts(Buffer.from('<a/>'))).toMatchObject({ ok: false, error: { code: 'cda.not-a-cda' } })
    expect(readFacts(Buffer.from('<a'))).toMatchObject({ ok: false, error: { code: 'xml.malformed' } })
  })

  it('never throws, whatever the bytes', () => {
    const good = writeCda(request(), pdf)
    fc.assert(
      fc.property(fc.nat(good.byteLength - 1), fc.nat(255), fc.nat(40), (place, byte, cut) => {
        const bytes = Buffer.from(good)
        bytes[place] = byte
        readFacts(bytes)
        readFacts(Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + cut)]))
      }),
      { numRuns: 80 },
    )
  })
})
