import { describe, expect, it } from 'vitest'
import type { MessageRow } from '../../app/contract/index.ts'
import { documentFacts, extraLabel, shownSubject } from './subjects.ts'

const patient: NonNullable<MessageRow['patient']> = {
  birthName: 'DUPONT',
  usedName: null,
  firstName: 'MARIE',
  sex: 'F',
  birthDate: '1978-11-26',
  ins: null,
  qualified: false,
}
const label = 'CR d’examens biologiques'
const row = (subject: string, more: Partial<NonNullable<MessageRow['patient']>> = {}) => ({
  subject,
  patient: { ...patient, ...more },
  documentLabel: label,
})

describe('shownSubject', () => {
  it.each([
    ['CR d’examens biologiques DUPONT Marie 26/11/1978', label],
    ["CR d'examens biologiques DUPONT Marie 26/11/1978", label],
    ["CR d'examens biologiques - DUPONT MARIE", label],
    ["CR d'examens biologi Marie Dupont 26/11/1978", label],
    ["Re: CR d'examens biologiques DUPONT Marie 26/11/1978", "Re: CR d'examens biologiques"],
    ['Ionogramme : DUPONT Marie 26/11/1978', 'Ionogramme'],
  ])('%s is shown as %s', (subject, shown) => {
    expect(shownSubject(row(subject))).toBe(shown)
  })
  it('compares compound and accented names by their letters, used names too', () => {
    expect(
      shownSubject(
        row('Lettre de liaison PICARD-GUERIN Élodie 26/11/1978', {
          birthName: 'PICARD',
          usedName: 'PICARD-GUÉRIN',
          firstName: 'ELODIE ANNE',
        }),
      ),
    ).toBe('Lettre de liaison')
  })
  it.each([
    'CR d’examens biologiques DURAND Marie 26/11/1978',
    'CR d’examens biologiques DUPONT Marie 27/11/1978',
    'CR d’examens biologiques 26/11/1978',
    'À propos de Mme DUPONT Marie, à revoir',
    'DUPONT Marie 26/11/1978',
  ])('%s stays whole: another patient, or nothing else in it', (subject) => {
    expect(shownSubject(row(subject))).toBe(subject)
  })
  it('never touches a message about no patient', () => {
    const subject = 'CR DUPONT Marie 26/11/1978'
    expect(shownSubject({ subject, patient: null, documentLabel: label })).toBe(subject)
  })
})

describe('extraLabel', () => {
  it('is what the subject does not say', () => {
    expect(extraLabel(row('CR d’examens biologiques DUPONT Marie 26/11/1978'))).toBeNull()
    expect(extraLabel(row('Kaliémie contrôlée'))).toBe(label)
    expect(extraLabel({ ...row('Bonjour'), documentLabel: null })).toBeNull()
  })
})

describe('documentFacts', () => {
  const document = {
    title: 'Ionogramme',
    date: '2026-11-22T09:00:00+01:00',
    author: 'Dr Roy',
    organisation: 'BioVal',
  }
  const from = { name: 'Laboratoire BioVal', address: 'labo@mss.test' }
  it('are title, date and author of the document (MSS/va1.25)', () => {
    expect(documentFacts({ ...row('CR d’examens biologiques DUPONT Marie'), document, from })).toEqual({
      title: 'Ionogramme',
      date: '22/11/2026',
      author: 'Dr Roy',
    })
  })
  it('leave out what subject, label or sender say already', () => {
    const said = { ...document, title: "CR d'examens biologiques", author: null }
    expect(documentFacts({ ...row('Bilan'), document: said, from })).toEqual({
      title: null,
      date: '22/11/2026',
      author: null,
    })
    expect(documentFacts({ ...row('Bilan'), document: { ...said, date: null }, from })).toBeNull()
    expect(documentFacts({ ...row('Bilan'), from })).toBeNull()
  })
})
