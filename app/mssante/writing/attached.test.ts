import { describe, expect, it } from 'vitest'
import { n1, withoutIns } from '../../../test/operator/seed/cda-variants.ts'
import { zipOf } from '../../../test/operator/seed/archive-variants.ts'
import { attachedFacts, namesSomebody } from './attached.ts'
import { writeCda } from './cda.ts'
import { readFacts } from './facts.ts'
import { patient, request, testMatricule } from './writing.fixture.ts'

const whole = Buffer.from(writeCda(request(), Buffer.from('%PDF-1.4 fictif'))).toString('utf8')
const incomplete = Buffer.from(whole.replace(/<setId [^>]*>/, '').replace(/<languageCode [^>]*>/, ''))
const described = (uri: string): string =>
  `<SubmitObjectsRequest xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"><RegistryObjectList xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"><ExtrinsicObject id="D1" mimeType="text/xml"><Slot name="URI"><ValueList><Value>${uri}</Value></ValueList></Slot></ExtrinsicObject></RegistryObjectList></SubmitObjectsRequest>`
const archiveOf = (cda: Uint8Array): Promise<Buffer> =>
  zipOf([
    { path: 'IHE_XDM/SUBSET01/METADATA.XML', bytes: described('DOC00001.XML') },
    { path: 'IHE_XDM/SUBSET01/DOC00001.XML', bytes: Buffer.from(cda) },
  ])

describe('what a mail says of files joined to it (ECO.2.4.1, ECO.2.4.2, ECO.2.1.1)', () => {
  it('counts a CDA of an archive whose French header is incomplete', async () => {
    expect(readFacts(incomplete)).toMatchObject({ ok: false, error: { code: 'document.incomplete' } })
    const bytes = await archiveOf(incomplete)
    expect(
      await attachedFacts({ fileName: 'IHE_XDM.zip', mimeType: 'application/zip', bytes }),
    ).toMatchObject([
      {
        code: '11488-4',
        archived: true,
        patient: {
          birthName: patient.birthName,
          birthDate: patient.birthDate,
          ins: { matricule: testMatricule },
          qualified: true,
        },
      },
    ])
  })
  it('sees that an INS is missing', async () => {
    const bytes = await archiveOf(withoutIns)
    expect(await attachedFacts({ fileName: 'a.zip', mimeType: '', bytes })).toMatchObject([
      { archived: true, patient: { birthName: 'DUPONT', ins: null, qualified: false } },
    ])
  })
  it('knows whom a bare CDA is about, and that it is in no archive', async () => {
    const file = { fileName: 'lettre.xml', mimeType: 'text/xml', bytes: n1 }
    expect(await attachedFacts(file)).toMatchObject([{ archived: false, patient: { birthName: 'DUPONT' } }])
    const other = { fileName: 'lettre.xml', mimeType: 'text/xml', bytes: Buffer.from('<a/>') }
    expect(await attachedFacts(other)).toEqual([])
  })
  it('finds nobody in a document that names nobody', async () => {
    const nameless = whole.replace(/<recordTarget>[\s\S]*?<\/recordTarget>/, '')
    const [facts] = await attachedFacts({ fileName: 'a.xml', mimeType: '', bytes: Buffer.from(nameless) })
    expect(facts && namesSomebody(facts)).toBe(false)
  })
})
