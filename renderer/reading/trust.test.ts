import { describe, expect, it } from 'vitest'
import type { SignatureStatus } from '../../app/contract/index.ts'
import { sortReasons, trustMood } from './trust.ts'

const valid = (rest: Partial<Extract<SignatureStatus, { status: 'valid' }>> = {}): SignatureStatus => ({
  status: 'valid',
  signer: {
    fingerprint: '',
    subject: '',
    issuer: '',
    serial: '',
    notBefore: '',
    notAfter: '',
    emails: [],
    nationalId: null,
    profession: null,
  },
  signerName: 'A',
  signedAt: null,
  addressBinding: 'certificate',
  scope: 'message',
  revocation: 'good',
  ...rest,
})
const clear = { status: 'none' } as const

describe('trust', () => {
  it('is quiet when all is well and loud when a check failed', () => {
    expect(trustMood('professional', valid(), clear)).toBe('quiet')
    expect(trustMood('professional', clear, clear)).toBe('quiet')
    expect(trustMood('unknown', clear, clear)).toBe('watch')
    expect(trustMood('professional', valid({ scope: 'part' }), clear)).toBe('watch')
    expect(trustMood('outside', valid(), clear)).toBe('loud')
    expect(
      trustMood(
        'professional',
        { status: 'invalid', signer: null, signerName: null, reasons: ['expired'] },
        clear,
      ),
    ).toBe('loud')
    expect(
      trustMood('professional', clear, { status: 'failed', error: { code: 'smime.no-key', retry: 'no' } }),
    ).toBe('loud')
  })
  it('says the gravest reason first', () => {
    expect(sortReasons(['expired', 'malformed', 'content-altered'])).toEqual([
      'content-altered',
      'expired',
      'malformed',
    ])
  })
})
