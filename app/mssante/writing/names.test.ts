import { describe, expect, it } from 'vitest'
import { displaySubject } from '../subject.ts'
import { documentSubject, pdfName, technicalSubject } from './names.ts'
import { visibilityChecks } from './visibility.ts'
import { patient } from './writing.fixture.ts'

const marie = { ...patient, birthName: 'Dupont', firstName: 'Marie', birthDate: '1978-11-26' }

describe('the subject of a message with documents (ECO.2.1.3)', () => {
  it('is the type, the birth name in upper case, the first name and the birth date', () => {
    expect(documentSubject(marie, ["CR d'examens biologiques"])).toBe(
      "CR d'examens biologiques DUPONT Marie 26/11/1978",
    )
    expect(technicalSubject(documentSubject(marie, ["CR d'examens biologiques"]))).toBe(
      "XDM/1.0/DDM+CR d'examens biologiques DUPONT Marie 26/11/1978",
    )
  })
  it('counts the documents when there are several', () => {
    expect(documentSubject(marie, ['a', 'b'])).toBe('2 documents DUPONT Marie 26/11/1978')
  })
  it('cuts the type at 40 characters, letters with accents counting one', () => {
    const [label = ''] = documentSubject(marie, [
      "Lettre de liaison à la sortie d'un établissement de soins",
    ]).split(' DUPONT')
    expect(label).toBe("Lettre de liaison à la sortie d'un établ")
    expect([...label]).toHaveLength(40)
  })
  it('writes names without accents or ligatures, and leaves out a birth date that is not known', () => {
    const who = { ...patient, birthName: 'Lœvenbrück-d’Été', firstName: 'Zoë', birthDate: null }
    expect(documentSubject(who, ['Synthèse'])).toBe("Synthèse LOEVENBRUCK-D'ETE Zoe")
  })
  it('has its prefix once, after what says that it replaces, and is shown without it', () => {
    const wire = technicalSubject('Synthèse DUPONT Marie', '[Annule et remplace] ')
    expect(wire).toBe('[Annule et remplace] XDM/1.0/DDM+Synthèse DUPONT Marie')
    expect(technicalSubject(wire)).toBe(wire)
    expect(displaySubject(wire)).toBe('[Annule et remplace] Synthèse DUPONT Marie')
  })
})

describe('the name of a PDF (ECO.2.1.6)', () => {
  it('is the day of the act, the type, the name, the first name and a number', () => {
    const of = { actDay: '2022-05-31', label: "CR d'imagerie médicale", patient: marie, fileNumber: null }
    expect(pdfName(of)).toBe("20220531_CR d'imagerie médicale_DUPONT_Marie.pdf")
    expect(pdfName({ ...of, fileNumber: 'A-12' })).toBe(
      "20220531_CR d'imagerie médicale_DUPONT_Marie_A-12.pdf",
    )
  })
  it('has its separator nowhere else, and no character that a system refuses', () => {
    const who = { ...marie, birthName: 'A_B/C', firstName: 'D:E' }
    expect(pdfName({ actDay: '2022-05-31', label: 'Un/deux_trois', patient: who, fileNumber: null })).toBe(
      '20220531_Un-deux-trois_A-B-C_D-E.pdf',
    )
  })
})

describe('who may be sent a document (clinical-documents.md §3.7)', () => {
  const open = { maskedFromProfessionals: false, hiddenFromPatient: false, hiddenFromRepresentatives: false }
  const people = [
    { address: 'dr@chu.mssante.fr', trust: 'professional' as const },
    { address: '2@patient.mssante.fr', trust: 'patient' as const },
  ]
  const found = (hidden: Partial<typeof open>): string[] =>
    visibilityChecks([open, { ...open, ...hidden }], people).map(
      ({ kind, address }) => `${kind} ${address ?? ''}`,
    )

  it('lets everybody see what is open', () => expect(found({})).toEqual([]))
  it('keeps what is hidden from the patient, or from those who represent them, from the patient', () => {
    expect(found({ hiddenFromPatient: true })).toEqual(['document-hidden-from-patient 2@patient.mssante.fr'])
    expect(found({ hiddenFromRepresentatives: true })).toEqual([
      'document-hidden-from-patient 2@patient.mssante.fr',
    ])
  })
  it('keeps what is masked from professionals from them', () =>
    expect(found({ maskedFromProfessionals: true })).toEqual([
      'document-masked-from-professionals dr@chu.mssante.fr',
    ]))
  it('refuses both at once', () =>
    expect(found({ maskedFromProfessionals: true, hiddenFromPatient: true })).toEqual([
      'document-hidden-from-all ',
    ]))
})
