import { describe, expect, it } from 'vitest'
import type { EncryptionStatus, JudgedSignature } from '../../app/contract/index.ts'
import { isMerelyUnlinked, signatureTone, sortReasons, trustMood } from './trust.ts'

const judged = (more: Partial<JudgedSignature> = {}): JudgedSignature => ({
  status: 'valid',
  reasons: [],
  notices: [],
  signer: null,
  signerName: 'A',
  signedAt: null,
  binding: 'certificate',
  scope: 'message',
  revocation: 'good',
  revocationAsOf: null,
  chain: [],
  pathProblem: null,
  algorithm: null,
  ...more,
})
const clear = { status: 'none' } as const
const decrypted = (more: Partial<Extract<EncryptionStatus, { status: 'decrypted' }>>): EncryptionStatus => ({
  status: 'decrypted',
  algorithm: 'AES-256-CBC',
  keyAlgorithm: 'RSAES-OAEP',
  authenticated: false,
  integrityProtected: true,
  weak: false,
  ...more,
})

describe('trust', () => {
  it('is quiet when all is well and loud when a check failed', () => {
    expect(trustMood('professional', judged(), clear)).toBe('quiet')
    expect(trustMood('professional', clear, clear)).toBe('quiet')
    expect(trustMood('unknown', clear, clear)).toBe('watch')
    expect(
      trustMood('professional', judged({ status: 'partial', reasons: ['outside-signature'] }), clear),
    ).toBe('watch')
    expect(trustMood('professional', judged({ notices: ['revocation-unknown'] }), clear)).toBe('watch')
    expect(trustMood('outside', judged(), clear)).toBe('loud')
    expect(trustMood('professional', judged({ status: 'untrusted', reasons: ['expired'] }), clear)).toBe(
      'loud',
    )
    expect(
      trustMood('professional', clear, { status: 'failed', error: { code: 'smime.no-key', retry: 'no' } }),
    ).toBe('loud')
  })
  it('watches an encryption that a change on the way could go through', () => {
    expect(trustMood('professional', clear, decrypted({}))).toBe('quiet')
    expect(trustMood('professional', clear, decrypted({ integrityProtected: false }))).toBe('watch')
    expect(trustMood('professional', clear, decrypted({ weak: true }))).toBe('watch')
  })
  it('tells a card without an address from a signer who is somebody else', () => {
    const card = judged({ status: 'unbound', reasons: ['identity-not-linked'] })
    const other = judged({ status: 'unbound', reasons: ['identity-not-linked', 'name-shows-other-address'] })
    expect([isMerelyUnlinked(card), signatureTone(card)]).toEqual([true, 'warn'])
    expect([isMerelyUnlinked(other), signatureTone(other)]).toEqual([false, 'alert'])
    expect(signatureTone(judged({ status: 'unbound', reasons: ['address-mismatch'] }))).toBe('alert')
    expect(signatureTone(judged({ status: 'undecidable', reasons: ['several-signers'] }))).toBe('warn')
  })
  it('says the gravest reason first', () => {
    expect(sortReasons(['expired', 'malformed', 'content-altered'])).toEqual([
      'content-altered',
      'expired',
      'malformed',
    ])
  })
})
