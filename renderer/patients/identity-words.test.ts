import { expect, test } from 'vitest'
import { differingPart } from './identity-words.ts'

test('the stretch in which two texts differ', () => {
  const part = (text: string, other: string) => {
    const found = differingPart(text, other)
    return found && text.slice(found.start, found.end)
  }
  expect(part('DUPONT', 'DUPONT')).toBeNull()
  expect(part('DUPONT', 'DUPOND')).toBe('T')
  expect(part('LE GOFF', 'LE-GOFF')).toBe(' ')
  expect(part('26/11/1978', '26/12/1978')).toBe('1')
  expect(part('MARIE', '')).toBe('MARIE')
  expect(part('AA', 'AAA')).toBe('')
})
