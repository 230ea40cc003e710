import { describe, expect, it } from 'vitest'
import type { HprimDossier } from '../../contract/index.ts'
import { hprimFormat, hprimText, readHprim, type HprimFile } from './index.ts'

const header = (name: string, rest: { birth?: string; date?: string } = {}): string[] => [
  '1',
  name,
  'Jeanne',
  '1 rue fictive',
  '',
  '35000 RENNES',
  rest.birth ?? '01/02/1960',
  '2600235000001 23',
  'D-1',
  rest.date ?? '15/01/2024',
  'LAB Laboratoire fictif',
  'MED Dr Fictif',
]
const lines = (...all: string[]): string => `${all.join('\r\n')}\r\n`
const read = (text: string | Uint8Array): HprimFile => {
  const found = readHprim(typeof text === 'string' ? Buffer.from(text) : text)
  if (!found.ok) throw new Error(found.error.code)
  return found.value
}
const first = (text: string | Uint8Array): HprimDossier => {
  const [dossier] = read(text).dossiers
  if (!dossier) throw new Error('no dossier')
  return dossier
}

describe('HPRIM Médecin', () => {
  it('goes on after the end of a file that another follows, and knows the end mark of DOS', () => {
    const one = (name: string): string => lines(...header(name), 'texte', '****FIN****', '****FINFICHIER****')
    const { dossiers, deviations } = read(`${one('UN')}${one('DEUX')}\x1a`)
    expect(dossiers.map(({ patient }) => patient.birthName)).toEqual(['UN', 'DEUX'])
    expect(deviations).toEqual([])
  })

  it('keeps the lines of the coded part that the report does not have', () => {
    const { text } = first(
      lines(
        ...header('UN'),
        'Glycémie   1,10 g/L',
        '****LAB****',
        'TEX|BIOCHIMIE',
        'TEX|Glycémie 1,10 g/L',
        'TEX|',
        'Contrôler dans un mois',
        'RES|Glycémie|GLY|N|1.10|g/l|0.70|1.05|H|F',
        '****FIN****',
      ),
    )
    expect(text).toBe('Glycémie   1,10 g/L\n\nBIOCHIMIE\nContrôler dans un mois')
  })

  it('is known by its header alone where every mark is missing', () => {
    const cut = lines(...header('UN'), 'Compte rendu sans fin')
    expect(hprimFormat(Buffer.from(cut))).toBe('hprim-medecin')
    expect(read(cut)).toMatchObject({
      dossiers: [{ text: 'Compte rendu sans fin' }],
      deviations: [{ code: 'hprim-end-missing' }],
    })
    expect(hprimFormat(Buffer.from('Bonjour\n12/01/2024\nà bientôt\n15/01/2024\n'))).toBeNull()
  })

  it.each([
    ['no birth date', { birth: '' }, null, '2024-01-15'],
    ['two digits of a year', { birth: '01/02/60', date: '15/01/24' }, '1960-02-01', '2024-01-15'],
    ['a date that is none', { birth: '00/00/0000' }, null, '2024-01-15'],
  ])('reads a header with %s', (_, rest, birthDate, date) => {
    const dossier = first(lines(...header('UN', rest), 'texte', '****FIN****'))
    expect([dossier.patient.birthDate, dossier.date, dossier.patient.birthName]).toEqual([
      birthDate,
      date,
      'UN',
    ])
  })

  it('shows a dossier whose header cannot be read, under nobody’s name', () => {
    const { dossiers, deviations } = read(
      lines(
        ...header('UN'),
        'texte un',
        '****FIN****',
        'NOM ILLISIBLE',
        'texte deux',
        '****LAB****',
        'RES|Potassium|K|N|7,1|mmol/l|3.5|5.1|HH|F',
        '****FIN****',
      ),
    )
    expect(dossiers).toMatchObject([
      { patient: { birthName: 'UN' }, results: [] },
      {
        patient: { birthName: '', birthDate: null },
        text: 'NOM ILLISIBLE\ntexte deux',
        results: [{ value: '7,1' }],
      },
    ])
    expect(deviations.map(({ code }) => code)).toContain('hprim-address-lines')
  })

  it('reads every field of a line of results', () => {
    const { results } = first(
      lines(
        ...header('UN'),
        '****LAB****',
        'RES|Créatinine|C33|N|8,3|mg/l|6.0|11.0|N|F|73,5|umol/l|53.1|97.4',
        'RES|Leucocytes|GB|N|2.920|/mm3|4.000|10.000|*|F',
        'RES|Sérologie|S|A|Négative||||B|P',
        'RES|CRP|C|A|< 0,12 mg/l',
        'RES|Ferritine|F|N|5|µg/l|15||BB|C',
        '****FIN****',
      ),
    )
    expect(results).toMatchObject([
      {
        label: 'Créatinine',
        code: { code: 'C33' },
        type: 'N',
        value: '8,3',
        number: 8.3,
        unit: 'mg/l',
        referenceLow: 6,
        referenceHigh: 11,
        interpretation: 'N',
        status: 'F',
        translations: [{ value: '73,5', number: 73.5, unit: 'µmol/l' }],
        ranges: [{}, { text: '53,1 – 97,4', low: 53.1, high: 97.4, unit: 'µmol/l' }],
      },
      { value: '2.920', number: 2920, referenceLow: 4000, interpretation: 'A' },
      { value: 'Négative', interpretation: 'L', status: 'P' },
      { value: '< 0,12', high: 0.12, unit: 'mg/l' },
      { number: 5, referenceRange: '> 15', interpretation: 'LL', status: 'C' },
    ])
  })

  it.each([
    ['ISO-8859-15', [0x63, 0xbd, 0x75, 0x72, 0x20, 0xe9, 0x20, 0xa4], 'cœur é €', 'iso-8859-15'],
    ['Windows-1252', [0x63, 0x9c, 0x75, 0x72, 0x20, 0xe9, 0x20, 0x80], 'cœur é €', 'windows-1252'],
    ['code page 437', [0x82, 0x6c, 0x65, 0x76, 0x82, 0x20, 0xe6], 'élevé µ', 'cp437'],
    [
      'code page 850',
      [0x90, 0x6c, 0x65, 0x76, 0x82, 0x20, 0xb7, 0x20, 0x4c, 0xd4, 0x53],
      'Élevé À LÈS',
      'cp850',
    ],
    ['Mac OS Roman', [0x8e, 0x6c, 0x65, 0x76, 0x8e, 0x20, 0xa1], 'élevé °', 'macintosh'],
  ])('tells the encoding by its letters: %s', (_, bytes, shown) => {
    const whole = Buffer.concat([
      Buffer.from(lines(...header('UN'))),
      Buffer.from(bytes),
      Buffer.from('\r\n****FIN****\r\n'),
    ])
    expect(first(whole).text).toBe(shown)
    expect(hprimText(whole)).toContain(shown)
  })
})

describe('HPRIM Santé', () => {
  const sante = (...segments: string[]): string =>
    lines('H|~^\\&|R.HPR||LAB~Labo fictif||ORU|||MED~Dr Fictif||P|H2.1~C|20260112', ...segments, 'L|1')
  const patient = 'P|1|398|D-2||FICTIF~Jeanne|NEE|19600201|F'
  it('takes texts under their names, escapes, dates and repeated codes', () => {
    const { text, results } = first(
      sante(
        patient,
        'OBR|1|||X~Examen~L',
        'OBX|1|TX|CR~Compte rendu~L||Ligne 1 \\T\\ suite^Ligne 2||||||F',
        'OBX|2|TX|CR~Compte rendu~L||Ligne 3||||||F',
        'OBX|3|DT|D~Date des règles~L||20260105||||||F',
        'OBX|4|CE|S~Sérologies~L||P~Positif^N~Négatif||||||F',
        'OBX|5|NM|K~Potassium~L||7,1|mmol/l|3,5~5,1||||F',
        'OBX|6|NM|V~Vidé~L||||||||X',
      ),
    )
    expect(text).toBe('Compte rendu\nLigne 1 & suite\nLigne 2\nLigne 3')
    expect(results).toMatchObject([
      { label: 'Date des règles', value: '05/01/2026' },
      { label: 'Sérologies', value: 'Positif, Négatif' },
      { label: 'Potassium', referenceLow: 3.5, referenceHigh: 5.1 },
      { label: 'Vidé', absent: 'not-done' },
    ])
  })
  it('reads other separators than the usual ones, and the head of each of several messages', () => {
    const other = lines(
      'H|^~\\&|R.HPR||LAB^Labo un||ORU|||||P|H2.2^C|20260112',
      'P|1|1|D-1||FICTIF^Jeanne||19600201|F',
      'OBR|1|||X^Examen^L',
      'OBX|1|NM|K^Potassium^L||7.1|mmol/l|3.5 - 5.1||||F',
      'L|1',
      'H|~^\\&|R.HPR||LAB~Labo deux||ORU|||||P|H2.1~C|20260113',
      'P|1|2|D-2||AUTRE~Paul||19550605|M',
      'L|1',
    )
    expect(read(other).dossiers).toMatchObject([
      {
        patient: { birthName: 'FICTIF', firstName: 'Jeanne' },
        sender: 'Labo un',
        version: 'H2.2',
        results: [{}],
      },
      { patient: { birthName: 'AUTRE' }, sender: 'Labo deux', date: '2026-01-13' },
    ])
  })
})
