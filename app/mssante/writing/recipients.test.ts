import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TrustClass } from '../../contract/index.ts'
import { writeCda } from './cda.ts'
import { brokenHeaderRules } from './header-rules.fixture.ts'
import { documentRecipients, personName } from './recipients.ts'
import { author, patient, request, testMatricule } from './writing.fixture.ts'

const pdf = Buffer.from('%PDF-1.4 fictif')
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')

describe('the name of a recipient', () => {
  it('has its parts where the label tells them, and is a family name where it does not', () => {
    const cases: [string, ReturnType<typeof personName>][] = [
      [
        'Dr_Anne_MARTIN_Cabinet des Lilas',
        { prefix: null, suffix: 'DR', givenName: 'Anne', familyName: 'MARTIN' },
      ],
      ['Anne_MARTIN', { prefix: null, suffix: null, givenName: 'Anne', familyName: 'MARTIN' }],
      ['Dr Anne MARTIN', { prefix: null, suffix: 'DR', givenName: 'Anne', familyName: 'MARTIN' }],
      ['MARTIN-DUPONT Anne', { prefix: null, suffix: null, givenName: 'Anne', familyName: 'MARTIN-DUPONT' }],
      [
        'Jean-Paul DE LA TOUR',
        { prefix: null, suffix: null, givenName: 'Jean-Paul', familyName: 'DE LA TOUR' },
      ],
      ['Pr. Zoé D’ŒUVRE', { prefix: null, suffix: 'PR', givenName: 'Zoé', familyName: 'D’ŒUVRE' }],
      ['Dr Paul Bernard', { prefix: null, suffix: 'DR', givenName: null, familyName: 'Paul Bernard' }],
      [
        'Anne MARTIN née DURAND',
        { prefix: null, suffix: null, givenName: null, familyName: 'Anne MARTIN née DURAND' },
      ],
      ['Mme_Anne_MARTIN', { prefix: 'MME', suffix: null, givenName: 'Anne', familyName: 'MARTIN' }],
      ['Mlle Anne MARTIN', { prefix: 'MME', suffix: null, givenName: 'Anne', familyName: 'MARTIN' }],
      ['Mme Dr Anne MARTIN', { prefix: 'MME', suffix: 'DR', givenName: 'Anne', familyName: 'MARTIN' }],
      ['Dr_M_Paul_MARTIN', { prefix: 'M', suffix: 'DR', givenName: 'Paul', familyName: 'MARTIN' }],
      ['Madame', null],
      ['', null],
    ]
    for (const [display, parts] of cases) expect(personName(display), display).toEqual(parts)
  })

  it('never loses or adds a word, whatever is typed, and keeps every rule of the header', () => {
    const kinds: TrustClass[] = ['professional', 'organisation', 'patient', 'unknown', 'outside']
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(...kinds), (name, trust) => {
        const recipients = documentRecipients([{ name, address: 'x.y@chu.mssante.fr' }], patient, () => trust)
        expect(brokenHeaderRules(writeCda(request({ recipients }), pdf))).toEqual([])
        const [one] = recipients
        const words = (all: string): string[] => all.split(/[\s_]+/).filter(Boolean)
        if (one?.person)
          for (const word of words(`${one.person.givenName ?? ''} ${one.person.familyName}`))
            expect(words(name)).toContain(word)
      }),
      { numRuns: 100 },
    )
  })
})

describe('the recipients of a document', () => {
  const classify = (address: string): TrustClass =>
    address.endsWith('@patient.mssante.fr')
      ? 'patient'
      : address.startsWith('secretariat')
        ? 'organisation'
        : 'professional'

  it('are a person with an address, an organisation, or a patient without the address that is the matricule (INS/va1.53)', () => {
    const recipients = documentRecipients(
      [
        { name: 'Dr_Anne_MARTIN', address: 'anne@medecin.mssante.fr' },
        { name: 'Hôpital A – Service', address: 'secretariat@chu.mssante.fr' },
        { name: '', address: `${testMatricule}@patient.mssante.fr` },
        { name: '', address: '277076322082910@patient.mssante.fr' },
        { name: 'Léo FICTIF', address: '277076322082910@patient.mssante.fr' },
      ],
      patient,
      classify,
    )
    expect(recipients).toEqual([
      {
        person: { prefix: null, suffix: 'DR', givenName: 'Anne', familyName: 'MARTIN' },
        organisation: null,
        address: 'anne@medecin.mssante.fr',
      },
      { person: null, organisation: 'Hôpital A – Service', address: 'secretariat@chu.mssante.fr' },
      {
        person: { prefix: null, suffix: null, givenName: 'Léa', familyName: 'D’ŒUVRE' },
        organisation: null,
        address: null,
      },
      {
        person: { prefix: null, suffix: null, givenName: 'Léo', familyName: 'FICTIF' },
        organisation: null,
        address: null,
      },
    ])
  })

  it('do not bring into a document the INS of an identity that is not qualified', () => {
    const unqualified = { ...patient, qualified: false }
    const bytes = writeCda(
      request({
        patient: unqualified,
        recipients: documentRecipients(
          [{ name: 'Léa', address: `${testMatricule}@patient.mssante.fr` }],
          unqualified,
          classify,
        ),
      }),
      pdf,
    )
    expect(text(bytes)).not.toContain(testMatricule)
    expect(brokenHeaderRules(bytes)).toEqual([])
  })
})

it('a telephone field without any digit is no telephone', () => {
  const bytes = writeCda(
    request({
      author: { ...author, phone: 'poste', organisation: { ...author.organisation, phone: '—' } },
    }),
    pdf,
  )
  expect(brokenHeaderRules(bytes)).toEqual([])
  expect(text(bytes)).not.toContain('tel:"')
})
