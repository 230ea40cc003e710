import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseQuery } from './query.ts'

const now = new Date(2026, 10, 22, 12).getTime()
const understood = (text: string): string[] =>
  parseQuery(text, now).terms.map(
    (term) => `${term.negated ? 'not ' : ''}${term.kind}${term.text === '' ? '' : ` ${term.text}`}`,
  )
const iso = (milliseconds: number | null): string | null =>
  milliseconds === null ? null : new Date(milliseconds).toLocaleDateString('sv')

test('each operator is understood in French and in English, with or without accents', () => {
  const cases: [string, string[]][] = [
    ['bilan hépatique', ['word bilan', 'word hépatique']],
    ['de:dupont from:martin', ['sender dupont', 'sender martin']],
    ['à:paul a:paul to:paul', ['recipient paul', 'recipient paul', 'recipient paul']],
    ['cc:secretariat', ['copy secretariat']],
    ['sujet:bilan objet:bilan subject:bilan', ['subject bilan', 'subject bilan', 'subject bilan']],
    ['patient:moreau type:biologie', ['patient moreau', 'type biologie']],
    ['a:pj has:attachment', ['attachment', 'attachment']],
    ['est:non-lu is:unread', ['unread', 'unread']],
    ['non lu bilan', ['unread', 'word bilan']],
    ['est:lu -est:lu', ['read', 'unread']],
    ['est:suivi is:flagged', ['flagged', 'flagged']],
    ['dans:archives in:inbox', ['folder archives', 'folder inbox']],
    [
      '-grippe -de:dupont -"compte rendu"',
      ['not word grippe', 'not sender dupont', 'not phrase compte rendu'],
    ],
    ['"compte rendu" « lettre de liaison »', ['phrase compte rendu', 'phrase lettre de liaison']],
    ['de:"Jean Dupont" de: dupont', ['sender Jean Dupont', 'sender dupont']],
    ['avant:14/05/2024', ['before 2024-05-14']],
    ['après:05/2024 apres:2023', ['after 2024-05-01', 'after 2023-01-01']],
    ['après:hier after:yesterday', ['after 2026-11-21', 'after 2026-11-21']],
    ['après:3 mois bilan', ['after 2026-08-22', 'word bilan']],
    ['avant:"2 semaines" avant:1an', ['before 2026-11-08', 'before 2025-11-22']],
    ['06 12 34 56 78', ['word 06 12 34 56 78']],
    ['patient:2 60 05 14 118 177', ['patient 2 60 05 14 118 177']],
  ]
  for (const [text, expected] of cases) expect(understood(text), text).toEqual(expected)
})

test('« a:pj » is attachments; « à:pj » and « a:"pj" » are a recipient', () => {
  expect(understood('a:pj')).toEqual(['attachment'])
  expect(understood('à:pj')).toEqual(['recipient pj'])
  expect(understood('to:pj')).toEqual(['recipient pj'])
  expect(understood('a:"pj"')).toEqual(['recipient pj'])
})

test('what is not an operator, or is half typed, stays words or says nothing', () => {
  expect(understood('foo:bar')).toEqual(['word bar'].map(() => 'word foo bar'))
  expect(understood('avant:demain')).toEqual(['word avant demain'])
  expect(understood('https://exemple.test')).toEqual(['word https://exemple.test'])
  expect(understood('de:')).toEqual([])
  expect(understood('"non lu"')).toEqual(['phrase non lu'])
  expect(understood('non lucratif')).toEqual(['word non', 'word lucratif'])
  expect(understood('- -- : "" «')).toEqual([])
  expect(understood('rendez-vous')).toEqual(['word rendez-vous'])
})

test('words are folded, elisions dropped, numbers kept whole and in groups', () => {
  expect(parseQuery('L’Hôpital Œdème', now).words.map((one) => one.words)).toEqual([['hopital'], ['oedeme']])
  expect(parseQuery('rendez-vous', now).words[0]).toMatchObject({ words: ['rendez', 'vous'], phrase: false })
  expect(parseQuery('2 60 05 14', now).words[0]).toMatchObject({
    words: ['2', '60', '05', '14'],
    digits: '2600514',
  })
})

test('dates bound the search: after from its first instant, before up to it, the narrowest of each', () => {
  const query = parseQuery('après:2023 après:05/2024 avant:2025 avant:01/02/2025', now)
  expect([iso(query.from), iso(query.until)]).toEqual(['2024-05-01', '2025-01-01'])
  // Short months: three months before 31 May is the last day of February.
  expect(understoodAt('après:3 mois', new Date(2026, 4, 31).getTime())).toBe('2026-02-28')
  expect(understood('avant:31/02/2024')).toEqual(['word avant 31/02/2024'])
  expect(understood('avant:20/11')).toEqual(['before 2026-11-20'])
  expect(understood('avant:25/11')).toEqual(['before 2025-11-25'])
})
const understoodAt = (text: string, at: number): string | undefined => parseQuery(text, at).terms[0]?.text

const pieces = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(
    'de:',
    'à:',
    'a:pj',
    'patient:',
    '-',
    '"',
    '«',
    '»',
    'avant:',
    '3 mois',
    'non lu',
    '12/05',
    ' ',
    ':',
  ),
)
test('never throws, and every term stands in the text where it says, in order and apart', () => {
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
      const text = parts.join('')
      const { terms, words } = parseQuery(text, now)
      expect(terms.length).toBeLessThanOrEqual(16)
      let end = 0
      for (const term of terms) {
        expect(term.start).toBeGreaterThanOrEqual(end)
        expect(term.end).toBeGreaterThan(term.start)
        expect(term.end).toBeLessThanOrEqual(text.length)
        end = term.end
      }
      for (const one of words) for (const word of one.words) expect(word).toMatch(/^[\p{L}\p{N}]{1,64}$/u)
    }),
    { numRuns: 500 },
  )
})

test('taking a term out of the text takes out that term only', () => {
  const text = 'bilan de:dupont -"compte rendu" après:3 mois non lu a:pj'
  const { terms } = parseQuery(text, now)
  for (const [index, term] of terms.entries()) {
    const rest = `${text.slice(0, term.start)}${text.slice(term.end)}`
    const kept = terms.filter((_, other) => other !== index).map(({ kind, text: value }) => [kind, value])
    expect(parseQuery(rest, now).terms.map(({ kind, text: value }) => [kind, value])).toEqual(kept)
  }
})
