import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fold } from './fold.ts'

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
