import { expect, it } from 'vitest'
import { attacks, correspondents, innocents, listedDomains } from './attacks.fixture.ts'
import { indexDomains } from './domain-index.ts'
import { trustedDomains } from './domains.ts'
import { createAddressExaminer } from './warnings.ts'

const { examine } = createAddressExaminer(
  trustedDomains(undefined, indexDomains(listedDomains)),
  correspondents.map(([name, address]) => ({ name, address })),
)
const warned = ([name, address, reply]: (typeof attacks)[number]): boolean =>
  examine({ name, address }, reply === undefined ? [] : [{ name: '', address: reply }]).length > 0

it(`tells every one of ${String(attacks.length)} deceivers`, () => {
  expect(attacks.length).toBeGreaterThanOrEqual(60)
  expect(attacks.filter((one) => !warned(one))).toEqual([])
})

it(`lets ${String(innocents.length)} innocents be`, () => {
  expect(innocents.length).toBeGreaterThanOrEqual(60)
  expect(innocents.filter(warned)).toEqual([])
})
