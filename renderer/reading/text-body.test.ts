import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findLinks, splitQuotes } from './text-body.ts'

describe('splitQuotes', () => {
  it('folds quoted lines with the sentence that introduces them', () => {
    expect(
      splitQuotes('Merci.\n\nLe 22/11/2026 à 09:31, Dr A a écrit :\n> Bonjour\n>\n> Bien à vous\n\nDr B'),
    ).toEqual([
      { kind: 'written', text: 'Merci.\n' },
      { kind: 'quoted', text: 'Le 22/11/2026 à 09:31, Dr A a écrit :\n> Bonjour\n>\n> Bien à vous' },
      { kind: 'written', text: '\nDr B' },
    ])
  })
  it('takes the rest of the message after a forwarding line', () => {
    expect(
      splitQuotes('Voir.\n-----Message d’origine-----\nDe : X\nBonjour').map(({ kind }) => kind),
    ).toEqual(['written', 'quoted'])
  })
  it('does not fold a sentence that only looks like an introduction', () => {
    expect(splitQuotes('Le patient m’a écrit :\nil va mieux')).toHaveLength(1)
  })
  it('loses nothing', () => {
    const line = fc.oneof(fc.constantFrom('', '> x', 'Le lundi, A a écrit :', ' >', '--'), fc.string())
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const text = lines.join('\n').replace(/\r\n?/g, '\n')
        expect(
          splitQuotes(text)
            .map((stretch) => stretch.text)
            .join('\n'),
        ).toBe(text)
      }),
    )
  })
})

describe('findLinks', () => {
  it('leaves closing punctuation outside', () => {
    expect(findLinks('Voir https://a.fr/x?y=(1). (ou http://b.fr/z)')).toEqual([
      { kind: 'text', text: 'Voir ' },
      { kind: 'link', href: 'https://a.fr/x?y=(1)', text: 'https://a.fr/x?y=(1)' },
      { kind: 'text', text: '. (ou ' },
      { kind: 'link', href: 'http://b.fr/z', text: 'http://b.fr/z' },
      { kind: 'text', text: ')' },
    ])
  })
  it('loses nothing', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(
          findLinks(text)
            .map((piece) => piece.text)
            .join(''),
        ).toBe(text)
      }),
    )
  })
})
