import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldPage, matchesIn } from './pdf-text.ts'

const item = (str: string, hasEOL = false) => ({ str, hasEOL })
const found = (items: ReturnType<typeof item>[], query: string): string[] => {
  return matchesIn(1, foldPage(items), query).map(({ start, end }) =>
    start.item === end.item
      ? (items[start.item]?.str.slice(start.offset, end.offset) ?? '')
      : `${items[start.item]?.str.slice(start.offset) ?? ''}|${items[end.item]?.str.slice(0, end.offset) ?? ''}`,
  )
}

test('accents, case, blanks and line ends are levelled; the place is that of the letters drawn', () => {
  expect(found([item('HÉMOGLOBINE et hémoglobine')], 'hemoglobine')).toEqual(['HÉMOGLOBINE', 'hémoglobine'])
  expect(found([item('Pas de', true), item('fracture')], 'de  fracture')).toEqual(['de|fracture'])
  expect(found([item('l’hôpital')], "l'hopital")).toEqual(['l’hôpital'])
  expect(found([item('abc')], ' ')).toEqual([])
})

test('every match holds the words, wherever the text is cut', () => {
  const word = fc.constantFrom('fièvre', 'aiguë', 'Normal', ' ', 'œdème', '12,5', '𝒜')
  fc.assert(
    fc.property(fc.array(fc.tuple(word, fc.boolean()), { maxLength: 12 }), word, (words, query) => {
      const items = words.map(([str, hasEOL]) => item(str, hasEOL))
      for (const { start, end } of matchesIn(1, foldPage(items), query)) {
        expect(items[start.item]).toBeDefined()
        expect(end.item > start.item || (end.item === start.item && end.offset > start.offset)).toBe(true)
      }
    }),
  )
})
