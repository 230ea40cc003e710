import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { messageFileName, safeName, uniqueNames } from './file-names.ts'

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc
    .array(fc.constantFrom('..', '/', '\\', 'CON', '.', ' ', '\0', '\u202e', ':', '*', 'é', '\ud800'), {
      maxLength: 40,
    })
    .map((pieces) => pieces.join('')),
)

describe('file names', () => {
  it('are taken by every system, whatever the sender wrote', () => {
    fc.assert(
      fc.property(text, (name) => {
        const safe = safeName(name)
        expect(safe).not.toMatch(/[\p{Cc}\p{Cf}<>:"/\\|?*]/u)
        expect(safe).not.toMatch(/^\.|[. ]$|^(con|nul|aux|prn|com\d|lpt\d)(\.|$)/i)
        expect(safe.length).toBeGreaterThan(0)
        expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(500)
      }),
      { numRuns: 2000 },
    )
  })

  it('are given once each, whatever the case', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a.pdf', 'A.PDF', 'a (2).pdf', 'b', ''), { maxLength: 30 }),
        (names) => {
          const unique = uniqueNames()
          const given = names.map((name) => unique(name).toLowerCase())
          expect(new Set(given).size).toBe(given.length)
        },
      ),
    )
  })

  const row = {
    date: '2026-11-22T07:05:00.000Z',
    from: { name: 'Jeanne FICTIVE', address: '190067511300118@patient.mssante.test' },
    subject: 'XDM FICTIVE Jeanne',
    trust: 'patient' as const,
  }
  it('tell neither subject nor patient unless asked', () => {
    expect(messageFileName(row, false)).toMatch(/^2026-11-22 \d\dh05 – patient\.eml$/)
    expect(messageFileName(row, true)).toMatch(/ – Jeanne FICTIVE – XDM FICTIVE Jeanne\.eml$/)
    const doctor = { ...row, trust: 'professional' as const, from: { name: '', address: 'paul@x.test' } }
    expect(messageFileName(doctor, false)).toMatch(/ – paul@x\.test\.eml$/)
  })
})
