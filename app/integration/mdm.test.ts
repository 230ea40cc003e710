import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeHl7 } from '../mssante/hl7/write.ts'
import { encodeText, parseHl7, segmentsOf, text, valueAt, writeHl7 } from '../mssante/index.ts'
import { componentOf, fieldOf, mdmProblems, splitMessage } from '../../test/operator/mdm-check.ts'
import { patientNamed } from '../../test/operator/seed/patients.ts'
import { readCdaFacts } from './cda-facts.ts'
import { letterWith, mllpPlace, openRaw, reports, value } from './integration.fixture.ts'
import { writeMdm, type MdmOrder } from './mdm.ts'

const order = async (change: Partial<MdmOrder> = {}): Promise<MdmOrder> => {
  const { first, second } = await reports('mdm')
  const mail = await openRaw(1, await letterWith([change.action === 'replace' ? second : first], 'mdm'))
  const [document] = mail.documents
  if (!document) throw new Error('no document')
  return {
    action: 'new',
    controlId: 'CONTROLE1',
    at: new Date('2026-11-22T10:00:00Z'),
    place: mllpPlace(2575),
    cda: value(readCdaFacts(document.bytes)),
    parent: null,
    bytes: document.bytes,
    mail: mail.mail,
    restrictions: [],
    restrictionsChanged: false,
    ...change,
  }
}
const wire = (one: MdmOrder) => splitMessage(Buffer.from(value(writeMdm(one))).toString('utf8'))

describe('the MDM of the ANS guide (IG-HL7-MDM)', () => {
  it('is right field by field for a new document, a replacement and a deletion', async () => {
    const triggers = {
      new: ['T02', 'NW', 'F'],
      replace: ['T10', 'RO', 'C'],
      delete: ['T04', 'CA', 'D'],
    } as const
    for (const action of ['new', 'replace', 'delete'] as const) {
      const message = wire(await order({ action }))
      expect(mdmProblems(message), action).toEqual([])
      const [trigger, control, state] = triggers[action]
      expect(fieldOf(message, 'MSH', 9)).toBe(`MDM^${trigger}^MDM_T02`)
      expect(fieldOf(message, 'ORC', 1)).toBe(control)
      expect(fieldOf(message, 'OBX', 11)).toBe(state)
    }
  })

  it('names the patient as the document does (SC.CDA/INT.17)', async () => {
    const patient = patientNamed('DUPONT')
    const message = wire(await order())
    const [ins = '', ipp = ''] = fieldOf(message, 'PID', 3).split('~')
    expect(ins).toBe(`${patient.ins ?? ''}^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.10&ISO^INS`)
    expect(componentOf(ipp, 1)).toBe(patient.ipp)
    expect(componentOf(ipp, 5)).toBe('PI')
    const [birth = '', used = ''] = fieldOf(message, 'PID', 5).split('~')
    expect(birth).toBe('DUPONT^MARIE^MARIE LOUISE^^^^L')
    if (patient.usedName !== patient.birthName) expect(componentOf(used, 7)).toBe('D')
    expect(fieldOf(message, 'PID', 7)).toBe(patient.birthDate)
    expect(fieldOf(message, 'PID', 8)).toBe('F')
    const birthPlace = fieldOf(message, 'PID', 11).split('~').at(-1) ?? ''
    expect(birthPlace).toBe(`^^^^^^BDL^^${patient.birthPlace.code}`)
    expect(fieldOf(message, 'PID', 32)).toBe('VALI')
  })

  it('carries the document byte for byte, and the mail with its Message-ID, subject and text', async () => {
    const one = await order()
    const message = wire(one)
    expect(Buffer.from(componentOf(fieldOf(message, 'OBX', 5), 5), 'base64')).toEqual(Buffer.from(one.bytes))
    const reference = fieldOf(message, 'OBX', 3, 1)
    expect(componentOf(reference, 1)).toBe(one.mail.messageId)
    expect(componentOf(reference, 2)).toBe(one.mail.subject)
    expect(Buffer.from(componentOf(fieldOf(message, 'OBX', 5, 1), 5), 'base64').toString('utf8')).toBe(
      one.mail.body,
    )
  })

  it('says who sent, to whom and where to answer', async () => {
    const one = await order()
    const message = wire({ ...one, mail: { ...one.mail, replyTo: 'reponse@bioval.mssante.test' } })
    expect(mdmProblems(message)).toEqual([])
    expect(componentOf(fieldOf(message, 'PRT', 15), 4)).toBe(one.mail.sender.address)
    expect(componentOf(fieldOf(message, 'PRT', 8), 1)).not.toBe('')
    expect(fieldOf(message, 'PRT', 8, 1)).toBe('Cabinet des Lilas')
    expect(componentOf(fieldOf(message, 'PRT', 15, 2), 4)).toBe('reponse@bioval.mssante.test')
  })

  it('names the author as who sent only where both are of one organisation (SC.CDA/INT.17)', async () => {
    const one = await order()
    const { author } = one.cda
    if (!author) throw new Error('a document with an author')
    const by = (sender: string, mail: string[]) => {
      const { name } = one.mail.sender
      const message = wire({
        ...one,
        cda: { ...one.cda, author: { ...author, family: 'AUTRICE', given: 'Fictive', mail } },
        mail: { ...one.mail, sender: { name, address: sender } },
      })
      return [componentOf(fieldOf(message, 'PRT', 5), 2), componentOf(fieldOf(message, 'PRT', 8), 1) !== '']
    }
    expect(by('secretariat@bioval.mssante.test', ['autrice@bioval.mssante.test'])).toEqual(['AUTRICE', true])
    expect(by('secretariat@bioval.mssante.test', [])).toEqual(['AUTRICE', true])
    // Sent on by somebody else: the author did not send it.
    expect(by('colleague@medecin.mssante.test', ['autrice@bioval.mssante.test'])).toEqual(['', true])
  })

  it('says the four restrictions in their order, with what changed', async () => {
    const message = wire(
      await order({
        restrictions: ['hidden-from-patient', 'hidden-from-guardians'],
        restrictionsChanged: true,
      }),
    )
    expect([2, 3, 4, 5].map((nth) => fieldOf(message, 'OBX', 5, nth)[0])).toEqual(['N', 'Y', 'Y', 'Y'])
    expect(fieldOf(message, 'OBX', 3, 3)).toBe(
      'INVISIBLE_PATIENT^Document Non Visible par le patient^MetaDMPMSS',
    )
  })

  it('names documents by extension and root, or by the bare root; the parent of a replacement alike', async () => {
    const one = await order({ action: 'replace' })
    expect(fieldOf(wire(one), 'TXA', 12)).toMatch(/^[^^]+\^\^[\d.]+\^ISO$|^[\w.-]+$/)
    const bare = { root: '1.2.3.4', extension: null, authority: null }
    const both = { root: '1.2.3.4', extension: '77', authority: null }
    const message = wire({ ...one, cda: { ...one.cda, id: bare, replaces: both } })
    expect(fieldOf(message, 'TXA', 12)).toBe('1.2.3.4')
    expect(fieldOf(message, 'TXA', 13)).toBe('77^^1.2.3.4^ISO')
    expect(fieldOf(wire({ ...one, cda: { ...one.cda, replaces: null }, parent: bare }), 'TXA', 13)).toBe(
      '1.2.3.4',
    )
  })

  it('can be written in 8859/15: a typewriter’s marks for typographic ones, an error for what it cannot say', async () => {
    const one = await order({ place: mllpPlace(2575, { encoding: '8859/15' }) })
    const told = { ...one.mail, subject: 'CR d’examens « œuf » — 3 €', body: 'L’œdème' }
    const bytes = value(writeMdm({ ...one, mail: told }))
    const message = splitMessage(new TextDecoder('iso-8859-15').decode(bytes))
    expect(mdmProblems(message)).toEqual([])
    expect(componentOf(fieldOf(message, 'OBX', 3, 1), 2)).toBe("CR d'examens « œuf » - 3 €")
    const impossible = writeMdm({ ...one, mail: { ...one.mail, subject: '日本' } })
    expect(impossible.ok ? '' : impossible.error.code).toBe('integration.character')
  })
})

describe('any text in a field', () => {
  const anything = fc.string({ unit: fc.oneof(fc.constantFrom(...'|^~\\&é’\r\n\u0001'), fc.string()) })
  it('comes back from the parser as it was, and breaks no segment', () => {
    fc.assert(
      fc.property(anything, anything, (one, two) => {
        const bytes = value(
          writeHl7(
            [
              { name: 'MSH', fields: { 9: text('MDM', 'T02', 'MDM_T02'), 18: text('UNICODE UTF-8') } },
              { name: 'OBX', fields: { 3: text(one, two), 5: text('fin') } },
            ],
            'UNICODE UTF-8',
          ),
        )
        const [message] = value(parseHl7(bytes))
        const [obx] = message ? segmentsOf(message, 'OBX') : []
        const written = (value: string) => value.replace(/\r\n?/g, '\n').toWellFormed().trim()
        expect(message?.segments).toHaveLength(2)
        if (!/\p{Cc}/u.test(one.replace(/[\r\n]/g, '')) && one.trim() !== '""')
          expect(valueAt(obx, 3, 1)).toBe(written(one))
        expect(valueAt(obx, 5)).toBe('fin')
        expect(escapeHl7(one)).not.toMatch(/[|^~&\r\n]/)
      }),
      { numRuns: 300 },
    )
  })
  it('of Latin-9 comes back from it as it was', () => {
    const all = new TextDecoder('iso-8859-15').decode(
      Uint8Array.from({ length: 191 }, (_, at) => (at < 95 ? at + 0x20 : at + 65)),
    )
    expect(all).toContain('œ')
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...all) }), (one) => {
        const there = value(encodeText(one, '8859/15'))
        expect(new TextDecoder('iso-8859-15').decode(there)).toBe(one)
      }),
    )
  })
})
