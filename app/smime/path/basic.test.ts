import { expect, test } from 'vitest'
import { authority, anchor, endEntity, verdictOf, type Row } from './authorities.fixture.ts'
import { int, name, time } from './issuing.fixture.ts'

const good = authority('C=FR/O=Test fictif/CN=Bonne AC', anchor)
const rows: Row[] = [
  ['4.1.1', 'valid signatures', 'valid', () => ({ chain: [endEntity('CN=EE', good), good] })],
  [
    '4.1.2',
    'bad signature on the authority',
    'signature 1',
    () => {
      const ca = authority('CN=CA', anchor, { badSignature: true })
      return { chain: [endEntity('CN=EE', ca), ca] }
    },
  ],
]
test.each(rows)('%s %s: %s', (_number, _what, expected, trial) => {
  expect(verdictOf(trial())).toBe(expected)
})
