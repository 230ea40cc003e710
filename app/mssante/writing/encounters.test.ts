import { describe, expect, it } from 'vitest'
import { writeCda } from './cda.ts'
import { contentTypeOf, encounterOf } from './encounters.ts'
import { readFacts, type CdaFacts } from './facts.ts'
import { formatOf } from './formats.ts'
import { classOf } from './type-codes.ts'
import { author, details, request } from './writing.fixture.ts'

const factsOf = (setting: string, facility: string, typeCode: string): CdaFacts => {
  const read = readFacts(
    writeCda(
      request({ author: { ...author, setting, facility }, details: { ...details, typeCode } }),
      Buffer.from('%PDF-1.4 fictif'),
    ),
  )
  if (!read.ok) throw new Error(read.error.code)
  return read.value
}

describe('the activity a submission comes from (contentTypeCode)', () => {
  it('is what the header of its document tells of setting, structure and type', () => {
    const cases: [setting: string, facility: string, type: string, code: string, encounter: string | null][] =
      [
        ['AMBULATOIRE', 'SA07', '11488-4', '07', 'AMB'],
        ['ETABLISSEMENT', 'SA01', '11488-4', '07', 'EXTERNE'],
        ['ETABLISSEMENT', 'SA01', '34112-3', '03', 'IMP'],
        ['ETABLISSEMENT', 'SA01', '15507-7', '07', 'EMER'],
        ['ETABLISSEMENT', 'SA04', '34874-8', '08', 'IMP'],
        ['ETABLISSEMENT', 'SA01', '18748-4', '97', null],
        ['AMBULATOIRE', 'SA25', '11502-2', '26', 'AMB'],
        ['HAD', 'SA01', '34112-3', '05', 'IMP'],
        ['SAD', 'SA08', '11506-3', '16', 'HH'],
        ['ESSMS', 'SA17', '83981-1', '97', null],
      ]
    for (const [setting, facility, type, code, encounter] of cases) {
      const facts = factsOf(setting, facility, type)
      expect(contentTypeOf(facts).code, `${setting} ${type}`).toBe(code)
      expect(facts.encounter?.code ?? null).toBe(encounter)
      expect(encounterOf(setting, type)?.code ?? null).toBe(encounter)
    }
  })
})

describe('the class and the format of a document', () => {
  it('are those of the association tables of the ANS (ASS_X04, ASS_A11)', () => {
    const classes: [string, string][] = [
      ['11490-0', '10'],
      ['96349-6', '10'],
      ['11369-6', '52'],
      ['75496-0', '10'],
      ['80820-4', '11'],
      ['86531-1', '95'],
      ['55751-2', '52'],
      ['IMG-KOS', '31'],
      ['PRESC-BIO', '42'],
    ]
    for (const [type, code] of classes) expect(classOf(type).code, type).toBe(code)
    expect(classOf('00000-0').code).toBe('10')
    expect(classOf('11490-0', { '11490-0': '11' }).code).toBe('11')
    const n3 = { ...factsOf('AMBULATOIRE', 'SA07', '11488-4'), level: 'N3' as const }
    const formats: [string, string, string][] = [
      [
        '1.2.250.1.213.1.1.1.29',
        'urn:asip:ci-sis:ldl-ses:2017',
        "Lettre de Liaison à la sortie de l'établissement de santé",
      ],
      ['1.2.250.1.213.1.1.1.5.1', 'urn:asip:ci-sis:cse-cs8:2017', 'Certificat de santé du 8ème jour de l'],
      ['1.2.250.1.213.1.1.1.39', 'urn:ihe:pharm:pre:2010', 'Prescription'],
      ['1.2.3', 'urn:asipSante:modelesHorsProfils:2011', 'Document non référencé'],
    ]
    for (const [template, code, display] of formats) {
      const format = formatOf({ ...n3, templates: ['2.16.840.1.113883.2.8.2.1', template] })
      expect(format.code).toBe(code)
      expect(format.display).toContain(display)
      expect(format.system).toBe(
        code.startsWith('urn:ihe:') ? '1.3.6.1.4.1.19376.1.2.3' : '1.2.250.1.213.1.1.4.2.282',
      )
    }
  })
})
