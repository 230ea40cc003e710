import { describe, expect, it } from 'vitest'
import type { ClinicalDocument } from '../../contract/index.ts'
import { readCda } from './index.ts'

/** A fictitious document of a header alone. */
const read = (pieces: { patient?: string; authors?: string }): ClinicalDocument => {
  const source = `<ClinicalDocument xmlns="urn:hl7-org:v3"><id root="1.2.250.1.999.1"/><code code="11502-2"/><title>Démonstration</title><effectiveTime value="20260112101500+0100"/>
<recordTarget><patientRole><id root="1.2.250.1.999.42" extension="IPP1"/><patient><name><given>MARIE</given><family>FICTIF</family></name><administrativeGenderCode code="F"/><birthTime value="19781126"/>${pieces.patient ?? ''}</patient></patientRole></recordTarget>${pieces.authors ?? ''}
<component><structuredBody><component><section><title>S</title><text>texte</text></section></component></structuredBody></component></ClinicalDocument>`
  const cda = readCda(Buffer.from(source))
  if (!cda.ok) throw new Error(cda.error.code)
  return cda.value.document
}

describe('the header of a document', () => {
  it('tells authors of one function apart by what the document calls them, and keeps what follows a name', () => {
    const author = (own: string): string =>
      `<author><functionCode code="ATTPHYS" displayName="Référent">${own}</functionCode><assignedAuthor><assignedPerson><name><prefix>M</prefix><given>Jean</given><family>DEMO</family><suffix>PG</suffix></name></assignedPerson></assignedAuthor></author>`
    const { authors } = read({
      authors:
        author('<originalText>Pathologiste responsable du diagnostic</originalText>') +
        author('<originalText>Référent</originalText>') +
        author(''),
    })
    expect(authors.map(({ role }) => role)).toEqual([
      'Référent (Pathologiste responsable du diagnostic)',
      'Référent',
      'Référent',
    ])
    expect(authors[0]?.name).toBe('M Jean DEMO PG')
  })

  it('keeps the address of a place of birth that says more than its name', () => {
    const born = (place: string): string[] =>
      read({ patient: `<birthplace><place>${place}</place></birthplace>` })
        .patientDetails.filter(({ kind }) => kind === 'birth-place')
        .map(({ value }) => value)
    expect(
      born(
        '<name>Hôpital fictif</name><addr><houseNumber>27</houseNumber><streetName>rue Fictive</streetName><postalCode>75014</postalCode><county>75056</county><city>PARIS</city></addr>',
      ),
    ).toEqual(['Hôpital fictif 75056', '27 rue Fictive, 75014 PARIS'])
    expect(born('<name>PARIS</name><addr><county>75056</county><city>PARIS</city></addr>')).toEqual([
      'PARIS 75056',
    ])
    expect(born('<addr><city>PARIS</city></addr>')).toEqual(['PARIS'])
  })
})
