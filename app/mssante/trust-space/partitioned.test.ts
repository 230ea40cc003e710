import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { partitioned, partOf } from './partitioned.ts'

describe('texts in parts', () => {
  it('are held as a map holds them', () => {
    const text = fc.constantFrom('', 'a', 'b', '__proto__', 'ch-fictif.fr', 'ch.fictif.fr', 'é.fr')
    fc.assert(
      fc.property(fc.array(fc.tuple(text, fc.integer())), text, (entries, asked) => {
        const map = new Map(entries)
        const parts = partitioned<number>()
        for (const [key, value] of entries) parts.set(key, value)
        expect(parts.get(asked)).toBe(map.get(asked))
        expect(parts.has(asked)).toBe(map.has(asked))
      }),
    )
  })

  // A part moves all it holds when it doubles: with 150,000 domains, 1,024 at once and not 131,072.
  it.each([
    ['numbered', (one: number) => `structure-${one}.mssante-fictif.fr`],
    ['below one another', (one: number) => `s${one % 977}.g${one}.sante-fictive.fr`],
    ['numbered at the end', (one: number) => `domaine.fictif.f${one.toString(36)}`],
  ])('of 150,000 domains, %s, are spread evenly', (_, name) => {
    const sizes = new Map<number, number>()
    for (let one = 0; one < 150_000; one += 1) {
      const part = partOf(name(one))
      sizes.set(part, (sizes.get(part) ?? 0) + 1)
    }
    expect(sizes.size).toBe(256)
    expect(Math.max(...sizes.values())).toBeLessThan(1024)
  })
})
