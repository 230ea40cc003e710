import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fold } from '../fold.ts'
import { excerptOf, rangesIn } from './excerpt.ts'
import { queryPattern } from './pattern.ts'
import { parseQuery } from './query.ts'
import { wordsOf } from './words.ts'
import { processorTime } from '../../processor-time.fixture.ts'

const patternOf = (text: string): RegExp | null => {
  const source = queryPattern(parseQuery(text, 0).words)
  return source === null ? null : new RegExp(source, 'giu')
}
const marked = (query: string, text: string): string[] => {
  const pattern = patternOf(query)
  return pattern ? rangesIn(text, pattern).map(([start, end]) => text.slice(start, end)) : []
}

test('words are marked as people write them: accents, ligatures, capitals, apart or in groups', () => {
  expect(marked('oedeme', 'Œdème, œdèmes, OEDEME, oe\u0301de\u0300me, doedeme')).toEqual([
    'Œdème',
    'œdèmes',
    'OEDEME',
    'oe\u0301de\u0300me',
  ])
  expect(marked('œuf coeur', 'un oeuf, des œufs, le cœur')).toEqual(['oeuf', 'œufs', 'cœur'])
  expect(marked('0612345678', 'tél. 06 12 34 56 78 ou 06.12.34.56.78')).toEqual([
    '06 12 34 56 78',
    '06.12.34.56.78',
  ])
  expect(marked('06 12 34', '06 12 34 et 061234')).toEqual(['06 12 34', '061234'])
  expect(marked('"compte rendu"', 'Compte\n rendu, comptes rendus')).toEqual(['Compte\n rendu'])
  expect(marked('-grippe de:dupont fievre', 'grippe Dupont fièvre')).toEqual(['fièvre'])
  expect(marked('a.*b(', 'a xyz b')).toEqual(['a', 'b'])
})

const letters = fc.string({ unit: fc.constantFrom(...'aàâeéèœoŒcçÇsßnñiïæu ’-.0912\n\u0301'), maxLength: 60 })
test('whatever the index would find by a prefix, the pattern marks, and nothing else', () => {
  fc.assert(
    fc.property(
      letters,
      fc.string({ unit: fc.constantFrom(...'aeoucsni09'), minLength: 1, maxLength: 4 }),
      (text, word) => {
        // Isolated marks belong to no letter: texts do not have them.
        fc.pre(!/(?:^|[^\p{L}\p{M}])\p{M}/u.test(text))
        const pattern = patternOf(word)
        const found = wordsOf(fold(text)).filter((one) => one.startsWith(word))
        const ranges = pattern === null ? [] : rangesIn(text, pattern)
        // At most twenty are marked.
        if (found.length <= 20 && !/\d[ .\-]\d/.test(text))
          expect(ranges.length, JSON.stringify(text)).toBe(found.length)
        for (const [start, end] of ranges) expect(fold(text.slice(start, end)).startsWith(word)).toBe(true)
      },
    ),
    { numRuns: 500 },
  )
})

test('an excerpt is well-formed text with ranges inside it, in order and apart', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 600 }),
      fc.string({ unit: 'binary', maxLength: 12 }),
      (text, query) => {
        const pattern = patternOf(query)
        if (!pattern) return
        const excerpt = excerptOf(`${text} ${query} ${text}`, pattern)
        if (!excerpt) return
        expect(excerpt.text.isWellFormed()).toBe(true)
        expect(excerpt.text).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/)
        let end = 0
        for (const [from, until] of excerpt.ranges) {
          expect(from).toBeGreaterThanOrEqual(end)
          expect(until).toBeGreaterThan(from)
          end = until
        }
        expect(end).toBeLessThanOrEqual(excerpt.text.length)
      },
    ),
  )
})

test('patterns stay quick on texts made to be slow', () => {
  const text = 'oe'.repeat(100_000)
  const spent = processorTime()
  marked('oeoeoeoeoeoeoeoeoe', `${text} ${'a'.repeat(200_000)} 0 ${'0 '.repeat(50_000)}`)
  marked('0123456789012', '0 1 2 3 4 5 6 7 8 9 0 1 '.repeat(10_000))
  expect(spent()).toBeLessThan(2_000)
})
