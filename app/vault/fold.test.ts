import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fold, foldForIndex, matchQuery } from './fold.ts'

test('French letters, ligatures and apostrophes fold to plain ones', () => {
  expect(fold('L’HÔPITAL — Œdème, cœur, ŒSOPHAGE, Ægis, Straße, ça')).toBe(
    "l'hopital — oedeme, coeur, oesophage, aegis, strasse, ca",
  )
})

test('folding is stable: what is folded folds to itself', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      expect(fold(fold(text))).toBe(fold(text))
    }),
  )
})

test('an identifier written in groups is indexed in one piece as well', () => {
  expect(foldForIndex('INS 2 60 05 14 118 177 37')).toContain('260051411817737')
  expect(foldForIndex('tél. 06.12.34.56.78')).toContain('0612345678')
  expect(foldForIndex('06\u00a012\u202f34 56 78')).toContain('0612345678')
  expect(foldForIndex('12 ml, 3 cp')).toBe('12 ml, 3 cp')
  expect(foldForIndex(Array(40).fill('12').join(' '))).not.toContain('1212121212')
})

test('a query is quoted prefix terms and nothing else', () => {
  expect(matchQuery('Cœur DUPONT')).toBe('"coeur"* AND "dupont"*')
  expect(matchQuery('06 12 34')).toBe('(("06"* AND "12"* AND "34"*) OR "061234"*)')
  expect(matchQuery('"; NEAR( * ^')).toBe('"near"*')
  expect(matchQuery(' *" ')).toBeNull()
})
