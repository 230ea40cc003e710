import { expect, it } from 'vitest'
import { processorTime } from '../processor-time.fixture.ts'
import { readEntity } from './entity.ts'

it('reads a header of one field repeated to its limit in time that grows with its length', () => {
  const raw = Buffer.from(`${'X-A: b\r\n'.repeat(32_000)}Content-Type: application/pdf\r\n\r\ntexte`)
  const spent = processorTime()
  const { type, body } = readEntity(raw)
  expect([type, Buffer.from(body).toString()]).toEqual(['application/pdf', 'texte'])
  // Some milliseconds; seven seconds when each value was copied with the former ones.
  expect(spent()).toBeLessThan(1_500)
})

it('takes no field that stands twice', () => {
  const { type } = readEntity(Buffer.from('Content-Type: application/pdf\nContent-Type: text/html\n\n'))
  expect(type).toBe('text/plain')
})
