import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { createGrants } from './grants.ts'

const grants = () => createGrants((length) => new Uint8Array(randomBytes(length)))
const code = (outcome: { ok: boolean; error?: { code: string } }) => (outcome.ok ? 'ok' : outcome.error?.code)

it('name paths once, for their own use only, until the session ends', () => {
  const kept = grants()
  const one = kept.give('import', ['/a'])
  expect(one).toMatch(/^[\w-]{32}$/)
  expect(code(kept.take(one, ['export-file', 'export-folder']))).toBe('exchange.grant-expired')
  expect(kept.take(one, ['import'])).toMatchObject({ ok: true, value: { paths: ['/a'] } })
  expect(code(kept.take(one, ['import']))).toBe('exchange.grant-expired')
  const other = kept.give('export-file', ['/b'])
  kept.clear()
  expect(code(kept.take(other, ['export-file']))).toBe('exchange.grant-expired')
  expect(code(kept.take('/etc/passwd', ['import']))).toBe('exchange.grant-expired')
})

it('are not hoarded: the oldest go first', () => {
  const kept = grants()
  const given = Array.from({ length: 20 }, (_, index) => kept.give('import', [`/${String(index)}`]))
  expect(given.filter((grant) => kept.take(grant, ['import']).ok)).toEqual(given.slice(4))
})
