import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import type { DocumentPatient, TrustClass } from '../../contract/index.ts'
import { findDocuments } from '../documents.ts'
import { inspectDocuments } from '../inspection.ts'
import { facilities, settings, specialties } from './coded.ts'
import { brokenMetadataRules } from './ebrim-rules.fixture.ts'
import { brokenHeaderRules } from './header-rules.fixture.ts'
import { insState, newOid } from './identifiers.ts'
import type { MadePdf } from './jobs.ts'
import { documentRecipients } from './recipients.ts'
import { documentTypes } from './type-codes.ts'
import { at, author, details, patient, request, run, testMatricule, testOid } from './writing.fixture.ts'
import { readZip } from '../zip.ts'

// Whatever is written is read back the same: identity, type, dates, author, ids, versions, bytes; nothing to say of it.

let pdf: MadePdf
beforeAll(async () => {
  pdf = await run<'letter'>({
    kind: 'letter',
    head: { patient, details, author, version: 1, madeAt: at },
    text: 'Patient fictif.\n\nTension 14/8 « stable ».',
  })
})

/** Words as people have them: apostrophes, hyphens, accents, several of them; some that XML and HL7 v2 keep for themselves. */
const word = fc
  .array(fc.constantFrom(...`abdeLMNOéèïçœŒÆ'’-Ž`), { minLength: 1, maxLength: 10 })
  .map((letters) => `A${letters.join('')}n`)
const words = fc.array(word, { minLength: 1, maxLength: 3 }).map((all) => all.join(' '))
const title = fc
  .array(fc.constantFrom(...`abc é’&<>"^|~\\°«»…😀`), { minLength: 1, maxLength: 40 })
  .map((letters) => `T${letters.join('')}`.replace(/\s+/g, ' ').trim())
const day = fc
  .date({ min: new Date('1905-01-01'), max: new Date('2026-11-20'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10))

/** The number of somebody of that sex, born that month, with its key (clinical-documents.md §8.2). */
const matriculeOf = (sex: string, birthDate: string | null): string => {
  const [year = '1979', month = '03'] = (birthDate ?? '').split('-')
  const number = `${sex === 'F' ? 2 : 1}${(year || '1979').slice(-2)}${month}51215189`
  return `${number}${String(97n - (BigInt(number) % 97n)).padStart(2, '0')}`
}

const traits = fc.record({
  patientId: fc.constant(null),
  birthName: words,
  usedName: fc.option(words),
  firstName: word,
  givenNames: fc.option(words),
  sex: fc.constantFrom('M' as const, 'F' as const, 'U' as const),
  birthDate: fc.option(day, { freq: 8 }),
  birthPlace: fc.option(fc.constantFrom('75120', '2A004', '97411', '99352')),
  ins: fc.option(fc.constant({ matricule: testMatricule, oid: testOid }), { freq: 4 }),
  qualified: fc.boolean(),
  ipp: fc.option(fc.constant({ root: '1.2.250.1.999.7', extension: 'IPP/42' })),
})
const patients: fc.Arbitrary<DocumentPatient> = traits.map((one) => ({
  ...one,
  // The list of given names of a birth certificate begins with the first.
  givenNames: one.givenNames && `${one.firstName} ${one.givenNames}`,
  ins: one.ins && { ...one.ins, matricule: matriculeOf(one.sex, one.birthDate) },
}))

const documents = fc.array(
  fc.record({
    typeCode: fc.constantFrom(...documentTypes.map(({ code }) => code)),
    title,
    actDate: day,
    confidentiality: fc.constantFrom('N' as const, 'R' as const, 'V' as const),
    version: fc.integer({ min: 1, max: 9 }),
    /** Days before the writing, in summer and winter. */
    before: fc.integer({ min: 0, max: 700 }),
    hidden: fc.constantFrom('none', 'masked', 'patient', 'representatives'),
  }),
  { minLength: 1, maxLength: 3 },
)
const authors = fc.record({
  familyName: words,
  givenName: word,
  civility: fc.constantFrom('M' as const, 'MME' as const, null),
  title: fc.constantFrom('DR' as const, 'PR' as const, null),
  specialty: fc.constantFrom(...specialties.map(({ code }) => code)),
  facility: fc.constantFrom(...facilities.map(({ code }) => code)),
  setting: fc.constantFrom(...settings.map(({ code }) => code)),
  phone: fc.constantFrom(null, '01 44 53 45 51', '+33 6 12 34 56 78', 'poste'),
})
const people = (who: DocumentPatient) => [
  { name: 'Dr_Paul_BERNARD', address: 'paul@chu.mssante.fr' },
  { name: 'Service', address: 'secretariat@chu.mssante.fr' },
  { name: '', address: `${who.ins?.matricule ?? testMatricule}@patient.mssante.fr` },
]
const classify = (address: string): TrustClass =>
  address.includes('patient.')
    ? 'patient'
    : address.startsWith('secretariat')
      ? 'organisation'
      : 'professional'
const local = (moment: string): number => Date.parse(moment)

it('reads every archive back as it was written, with nothing to say of it', async () => {
  await fc.assert(
    fc.asyncProperty(patients, authors, documents, async (who, writer, list) => {
      const requests = list.map((one) =>
        request({
          patient: who,
          author: { ...author, ...writer },
          details: { ...details, ...one },
          version: one.version,
          replaces:
            one.version === 1
              ? null
              : {
                  id: { root: newOid(randomBytes), extension: null },
                  set: { root: '2.25.77', extension: null },
                  version: one.version - 1,
                },
          createdAt: at - one.before * 86_400_000,
          recipients: documentRecipients(people(who), who, classify),
        }),
      )
      const { zip } = await run<'archive'>({
        kind: 'archive',
        documents: requests.map((made, index) => ({
          content: { kind: 'own', request: made, pdf: pdf.bytes },
          replacedEntryId: null,
          maskedFromProfessionals: list[index]?.hidden === 'masked',
          hiddenFromPatient: list[index]?.hidden === 'patient',
          hiddenFromRepresentatives: list[index]?.hidden === 'representatives',
        })),
        ...{ source: '2.25.1234', title: 'Essai fictif', at, classes: {} },
        product: { name: 'SousPli', version: '0.0.0' },
      })
      const files = await readZip(zip)
      if (!files.ok) throw new Error(files.error.code)
      for (const { path, bytes } of files.value)
        if (path.endsWith('METADATA.XML')) expect(brokenMetadataRules(bytes)).toEqual([])
        else if (path.endsWith('.XML')) expect(brokenHeaderRules(bytes)).toEqual([])
      const found = await findDocuments(
        [{ id: '1', fileName: 'IHE_XDM.zip', mimeType: 'application/zip', bytes: zip, inline: false }],
        { strict: true },
      )
      const read = inspectDocuments(found, 'xdm', new Date(at))
      const sent = insState(who) === 'sent'
      // An identity is told as what it is, of tests or without INS: of neither is anything wrong.
      const told = sent ? 'ins-test' : 'identity-unqualified'
      expect(read.deviations.filter(({ code }) => code !== told)).toEqual([])
      expect(read.refusals).toEqual([])
      expect(read.alerts).toEqual([])
      expect(read.documents).toHaveLength(list.length)
      for (const [index, document] of read.documents.entries()) {
        const [one, made] = [list[index], requests[index]]
        if (!one || !made) throw new Error('more documents than written')
        expect(document).toMatchObject({
          kind: 'cda-n1',
          level: 'N1',
          title: one.title,
          type: { code: one.typeCode },
          serviceStart: one.actDate,
          language: 'fr-FR',
          id: made.id,
          setId: made.set.root,
          version: one.version,
          replaces: made.replaces?.id.root ?? null,
          duplicateOf: null,
          confidentiality: one.confidentiality,
          patient: {
            birthName: who.birthName,
            firstName: who.firstName,
            sex: who.sex,
            birthDate: who.birthDate,
            birthPlaceCode: who.birthPlace,
            qualified: sent,
          },
          authors: [
            {
              kind: 'person',
              id: author.nationalId,
              organisation: author.organisation.name,
              organisationId: author.organisation.id,
            },
          ],
          announced: {
            hashMatches: true,
            sizeMatches: true,
            entry: { patient: { birthName: who.birthName } },
          },
        })
        expect(document.patient?.ins?.matricule ?? null).toBe(sent ? who.ins?.matricule : null)
        if (who.usedName !== null && who.usedName !== who.birthName)
          expect(document.patient?.usedName).toBe(who.usedName)
        if (who.givenNames !== null) expect(document.patient?.birthFirstNames).toBe(who.givenNames)
        expect(local(document.date ?? '')).toBe(made.createdAt)
        expect(document.authors[0]?.name).toContain(`${writer.givenName} ${writer.familyName}`)
        expect(document.visibility).toHaveLength(one.hidden === 'none' ? 0 : 1)
        const cda = found.documents[index]?.cda
        const body = cda?.pdf ? cda.media.get(cda.pdf)?.bytes : undefined
        expect(Buffer.compare(body ?? new Uint8Array(), pdf.bytes)).toBe(0)
      }
      if (!sent && who.ins)
        for (const { bytes } of files.value)
          expect(Buffer.from(bytes).includes(who.ins.matricule)).toBe(false)
    }),
    { numRuns: 20 },
  )
})
