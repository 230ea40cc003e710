import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { filterDeclarations } from './style-declarations.ts'

describe('filterDeclarations', () => {
  it('keeps ordinary declarations', () => {
    expect(filterDeclarations('COLOR: #B42318; margin: 0 0 8px; font-family: "Segoe UI", serif')).toBe(
      'color:#B42318;margin:0 0 8px;font-family:"Segoe UI",serif',
    )
  })
  it('drops what fetches, hides or leaves the flow', () => {
    for (const style of [
      'background-color:url(https://t.invalid)',
      'background:red',
      'list-style-type:image-set("x" 1x)',
      'width:expression(alert(1))',
      'position:fixed',
      'color:var(--x)',
      'width:100vw',
      'margin-left:-9999px',
      'transform:scale(2)',
      'color:re\\64',
      '--x:url(a)',
      '@import "x"',
      'color:red;}body{background:url(x)',
    ])
      expect({ style, kept: filterDeclarations(style) }).toEqual({ style, kept: '' })
  })
  it('never throws, and filtering again changes nothing', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'color',
        'width',
        'font-family',
        ':',
        ';',
        'url(',
        ')',
        '"',
        "'",
        '/*',
        '*/',
        '10px',
        '-5em',
        '#fff',
        '{',
        '}',
      ),
      fc.string({ maxLength: 5 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        const once = filterDeclarations(pieces.join(''))
        expect(filterDeclarations(once)).toBe(once)
        expect(once).not.toMatch(/url|\\|@|expression/i)
      }),
      { numRuns: 500 },
    )
  })
})
