import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { people, startOperator, type Operator } from '../../test/operator/index.ts'
import { createAccountFor, openPractice, type Practice } from './mail.fixture.ts'
import { value } from './outcome.fixture.ts'

const { anne, paul } = people

const cda = (id: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><ClinicalDocument xmlns="urn:hl7-org:v3">
<id root="1.2.250.1.999.7" extension="${id}"/><code code="11488-4" codeSystem="2.16.840.1.113883.6.1" displayName="CR"/>
<title>Compte rendu fictif</title><effectiveTime value="20260105"/>
<recordTarget><patientRole><id root="1.2.250.1.213.1.4.10" extension="278113523851820"/><patient>
<name><family qualifier="BR">DUPONT</family><given qualifier="BR">MARIE</given><given>MARIE</given></name>
<administrativeGenderCode code="F"/><birthTime value="19781126"/></patient></patientRole></recordTarget>
<component><nonXMLBody><text mediaType="text/plain">Texte fictif</text></nonXMLBody></component></ClinicalDocument>`

const letter = (id: string): string =>
  [
    `From: <${paul.address}>`,
    `To: <${anne.address}>`,
    `Subject: Document ${id}`,
    'Date: Mon, 05 Jan 2026 10:00:00 +0000',
    `Message-ID: <${id}@medecin.mssante.test>`,
    'MIME-Version: 1.0',
    'Content-Type: text/xml; name=document.xml',
    'Content-Disposition: attachment; filename=document.xml',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from(cda(id)).toString('base64').replace(/.{76}/g, '$&\r\n'),
    '',
  ].join('\r\n')

describe('documents stored by an earlier program', () => {
  let operator: Operator
  let practice: Practice

  beforeAll(async () => {
    operator = await startOperator()
    for (const id of ['one', 'two'])
      await operator.deliver({ from: paul.address, to: anne.address, raw: letter(id) })
    practice = await openPractice(operator)
    value(await createAccountFor(practice, 'anne'))
  })
  afterAll(async () => {
    await practice.close()
    await operator.stop()
  })

  const find = async () =>
    value(
      await practice.vault.run('patients.find', {
        ...{ text: 'dupont', sort: 'name', toCompare: false, offset: 0, limit: 10 },
        domain: 'patient.mssante.test',
      }),
    ).patients.map(({ birthName, documentCount }) => [birthName, documentCount])

  it('are in the index of patients at synchronisation, and again after the step of the schema', async () => {
    await practice.witness.until('the bodies', () => {
      const rows = [...practice.witness.rows.values()]
      return rows.filter((row) => row.documentLabel !== null).length === 2 ? true : undefined
    })
    expect(await find()).toEqual([['DUPONT', 2]])
    const unread = value(await practice.vault.run('documents.unread', { limit: 10 }))
    expect(unread).toEqual({ ids: [], count: 0 })
    // As a store is that an earlier program left.
    const ids = [...practice.witness.rows.keys()]
    value(await practice.vault.run('documents.forget', { ids }))
    expect(await find()).toEqual([['DUPONT', 0]])
    expect(value(await practice.mail.documentReading.reread(1))).toEqual({ left: 1 })
    expect(value(await practice.mail.documentReading.reread(10))).toEqual({ left: 0 })
    expect(await find()).toEqual([['DUPONT', 2]])
  })
})
