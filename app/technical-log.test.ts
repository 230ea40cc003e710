import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { faultLine } from './technical-log.ts'

// Fictitious, all of it.
const secrets = [
  'anne.martin@medecin.mssante.test',
  '1 85 05 78 006 084 91',
  'CR biopsie DURAND Paul.pdf',
  '1234',
]

const thrown = (message: string, cause?: unknown): Error => {
  try {
    throw Object.assign(new TypeError(message, { cause }), {
      code: 'ENOENT',
      path: '/home/anne/Résultats.pdf',
    })
  } catch (error) {
    return error as Error
  }
}

describe('a fault in the technical log', () => {
  it('is one JSON line with class, system code, place and causes', () => {
    const line = faultLine(thrown('x', thrown('y')))
    expect(line.indexOf('\n')).toBe(line.length - 1)
    expect(JSON.parse(line)).toMatchObject({
      level: 'error',
      process: 'core',
      fault: 'TypeError',
      code: 'ENOENT',
      at: expect.arrayContaining([
        expect.stringMatching(/^thrown technical-log\.test\.ts:\d+:\d+$/),
      ]) as unknown,
      cause: { fault: 'TypeError' },
    })
  })

  it('holds nothing of messages, even when they look like stack frames, nor folders', () => {
    for (const secret of secrets) {
      const forged = `${secret}\n    at ${secret} (/home/${secret}/a.ts:1:2)\n    at Paul (file:///x/DURAND:1:2)`
      const renamed = Object.assign(thrown('later'), { message: forged, name: secret, code: secret })
      for (const error of [thrown(forged), thrown(secret, thrown(forged)), renamed, secret, { secret }]) {
        const line = faultLine(error)
        expect(line).not.toContain(secret)
        expect(line).not.toMatch(/DURAND|home|\/work|app\//)
      }
    }
  })

  it('never throws, whatever is thrown', () => {
    const circular = thrown('a')
    circular.cause = circular
    expect(() => faultLine(circular)).not.toThrow()
    fc.assert(
      fc.property(fc.anything(), fc.string(), (anything, text) => {
        expect(JSON.parse(faultLine(anything))).toHaveProperty('fault')
        const line = faultLine(thrown(`${text}\n    at ${text} (/secret/${text}:1:1)`, anything))
        expect(line).not.toContain('secret')
      }),
    )
  })
})
