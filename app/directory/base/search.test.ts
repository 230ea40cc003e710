import { describe, expect, it } from 'vitest'
import { cardiologist, extractionOf, inLyon, newBase, physician, take, temporary } from './base.fixture.ts'
import { searchBase, type SearchWish } from './search.ts'

const service = {
  'Type de BAL': 'ORG',
  'Adresse BAL': 'urgences@ch-lilas.mssante.test',
  'Type identifiant structure': '1',
  'Identification Structure': '690000002',
  'Service de rattachement': 'Urgences',
  'Raison Sociale structure BAL': 'HÔPITAL DES LILAS (FICTIF)',
  ...inLyon,
}
const everybody = {
  ...{ profession: null, specialty: null, department: null, type: null, gone: false, limit: 20 },
}
const base = async () => {
  const folder = temporary()
  const db = newBase(folder)
  await take(
    db,
    folder,
    extractionOf([
      physician('MARTINEAU', 'Zoé'),
      physician('DURAND', 'Martin'),
      physician('MARTIN', 'Anne', { ...inLyon, ...cardiologist, 'Identifiant PP': '99700000101' }),
      physician('MARTIN', 'Paul', { 'L6LIGNEACHEMINEMENT structure BAL': '44000 NANTES' }),
      physician('LE GOFF', 'Maëlle', {
        'Adresse BAL': 'mlg@medecin.mssante.test',
        'Code savoir-faire': 'SM15',
        'Libellé savoir-faire': 'Dermatologie et vénéréologie',
      }),
      physician("D'HAUTEFEUILLE", 'Jean-Marc', { 'Adresse BAL': 'jmh@medecin.mssante.test' }),
      { ...physician('NGUYEN', 'Linh'), 'Code Profession': '60', 'Libellé Profession': 'Infirmier' },
      service,
    ]),
  )
  const near = (text: string): boolean => searchBase(db, { ...everybody, text }).near
  const search = (text: string, filters: Partial<SearchWish> = {}): string[] =>
    searchBase(db, {
      ...{ text, profession: null, specialty: null, department: null, type: null, gone: false, limit: 20 },
      ...filters,
    }).mailboxes.map(({ address }) => address.split('@')[0] ?? '')
  return { search, near }
}

describe('searching the base', () => {
  it('finds several words in any order, each a beginning: name, specialty, place', async () => {
    const { search } = await base()
    for (const text of [
      'cardio lyon martin',
      'martin cardio ly',
      'LYON Mart CARDIOLOGUE',
      'dr martin anne',
      '69003 anne',
    ])
      expect(search(text), text).toEqual(['anne.martin'])
  })

  it('puts the exact last name first, then first names and longer names', async () => {
    const { search } = await base()
    expect(search('martin')).toEqual(['anne.martin', 'paul.martin', 'martin.durand', 'zoé.martineau'])
    expect(search('paul mart')[0]).toBe('paul.martin')
  })

  it('folds accents, case, hyphens and apostrophes', async () => {
    const { search } = await base()
    for (const text of ['maelle LEGOFF', 'MAËLLE le goff', 'le-goff', 'mae gof'])
      expect(search(text), text).toEqual(['mlg'])
    for (const text of ['hautefeuille', 'd’hautefeuille jean marc', 'jeanmarc'])
      expect(search(text), text).toHaveLength(1)
  })

  it('finds by RPPS with and without its type digit, by FINESS, by address', async () => {
    const { search } = await base()
    for (const text of ['99700000101', '899700000101', '997 0000 0101', '9970000'])
      expect(search(text), text).toEqual(['anne.martin'])
    expect(search('690000002')).toEqual(['urgences'])
    expect(search('anne.martin@med')).toEqual(['anne.martin'])
    expect(search('@ch-lilas.mssante.test')).toEqual(['urgences'])
  })

  it('finds a service by its structure, its name and its town', async () => {
    const { search } = await base()
    expect(search('hopital lilas urgences')).toEqual(['urgences'])
    expect(search('urg lyon')).toEqual(['urgences'])
  })

  it('narrows by profession, specialty, département and kind, with words and without', async () => {
    const { search } = await base()
    expect(search('', { profession: '60' })).toEqual(['linh.nguyen'])
    expect(search('', { specialty: 'SM04', department: '69' })).toEqual(['anne.martin'])
    expect(search('lyon', { type: 'ORG' })).toEqual(['urgences'])
    expect(search('martin', { specialty: 'SM15' })).toEqual([])
    expect(search('', {})).toEqual([])
  })

  it('finds one typing error away when nobody is spelt so, and says so', async () => {
    const { search, near } = await base()
    for (const text of ['matrin', 'marttin', 'martni', 'nartin anne', 'anne martln', 'martin abne'])
      expect([search(text)[0], near(text)], text).toEqual(['anne.martin', true])
    expect(search('hautefeuile')).toEqual(['jmh'])
    expect(search('nguyn infirmier')).toEqual(['linh.nguyen'])
    expect(search('urgnces lyon')).toEqual(['urgences'])
    // As typed first: nobody else is offered beside.
    expect([search('martineau'), near('martineau')]).toEqual([['zoé.martineau'], false])
    for (const text of ['zz', 'xyzxyz', 'mqrtxn', 'martin xyzxyz', 'a'.repeat(200)])
      expect([search(text), near(text)], text).toEqual([[], false])
  })

  it('finds particles joined and apart, initials of a composed first name, saints in both spellings', async () => {
    const folder = temporary()
    const db = newBase(folder)
    const town = { 'L6LIGNEACHEMINEMENT structure BAL': '42000 ST ETIENNE' }
    await take(
      db,
      folder,
      extractionOf([
        physician('DE LA TOUR', 'Jean-Marc', { 'Adresse BAL': 'x@m.mssante.test', ...town }),
        physician('SAINT-MARTIN', 'Ève', { 'Adresse BAL': 'y@m.mssante.test' }),
        physician('PARIS', 'Luc', { 'Adresse BAL': 'z@m.mssante.test' }),
        physician('LYON', 'Léo', { 'Adresse BAL': 'w@m.mssante.test' }),
        physician('O’BRIEN', 'Una', { 'Adresse BAL': 'v@m.mssante.test', ...inLyon }),
      ]),
    )
    const search = (text: string): string[] =>
      searchBase(db, { ...everybody, text }).mailboxes.map(({ address }) => address.charAt(0))
    for (const text of [
      'delatour',
      'latour',
      'tour jm',
      'de la tour',
      'jean marc',
      'saint etienne',
      'st-étienne',
    ])
      expect(search(text), text).toEqual(['x'])
    for (const text of ['st martin', 'saint martin', 'saintmartin']) expect(search(text), text).toEqual(['y'])
    expect(search('paris')).toEqual(['z'])
    // A name that is also a town: who is called so comes first.
    expect(search('lyon')).toEqual(['w', 'v'])
    for (const text of ["o'brien", 'obrien', 'O’BRIEN', 'brien lyon'])
      expect(search(text), text).toEqual(['v'])
    expect(search('💊')).toEqual([])
    expect(search('l')).toContain('w')
  })

  it('finds an address as it is copied, and by its words where it is written wrong', async () => {
    const { search } = await base()
    expect(search('Anne Martin <anne.martin@medecin.mssante.test>')).toEqual(['anne.martin'])
    expect(search('anne.martin@hopital.mssante.test')).toEqual([])
    expect(search('anne.martin@')).toEqual(['anne.martin'])
    expect(search('martin @ch-lilas')).toEqual([])
  })

  it('narrows an RPPS by département as well', async () => {
    const { search } = await base()
    expect(search('99700000101', { department: '69' })).toEqual(['anne.martin'])
    expect(search('99700000101', { department: '44' })).toEqual([])
  })

  it('takes no syntax from what is typed', async () => {
    const { search } = await base()
    for (const text of [
      '"',
      'martin" OR "x',
      'NOT martin',
      'a AND',
      '*',
      'µgx',
      '§martin',
      "'; DROP",
      '(((',
      '\u0000',
    ])
      expect(() => search(text), text).not.toThrow()
  })
})
