import { expect, it } from 'vitest'
import { networkError } from './peer.ts'

it('tries again by itself after a garbled TLS stream, not after a certificate that is not accepted', () => {
  const retry = (code: string) => networkError({ code }, 'imap.test').retry
  // A flipped bit on the way: the next connection may well be whole.
  expect(
    ['ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC', 'ERR_SSL_WRONG_VERSION_NUMBER', 'EPROTO'].map(retry),
  ).toEqual(['later', 'later', 'later'])
  expect(
    ['CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID', 'SELF_SIGNED_CERT_IN_CHAIN'].map(retry),
  ).toEqual(['after-change', 'after-change', 'after-change'])
})
