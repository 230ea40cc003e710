import { expect, test } from 'vitest'
import { differingPart, typedDate } from './identity-words.ts'

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

test('dates as they are typed', () => {
  for (const text of ['26/11/1978', '26-11-1978', ' 26.11.1978 ']) expect(typedDate(text)).toBe('1978-11-26')
  expect(typedDate('1/2/2003')).toBe('2003-02-01')
  for (const text of ['31/02/2000', '26/11/78', '', 'hier', '1/13/2000']) expect(typedDate(text)).toBeNull()
})
