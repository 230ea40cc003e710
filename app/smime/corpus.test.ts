import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { readAnchors } from './anchors.ts'
import { openMessage, type OpenedMessage } from './open.ts'
import { importP12 } from './p12.ts'
import { now, trustIn, value } from './smime.fixture.ts'

/** Sample messages on this machine only; they are never part of the project. */
const corpus = '/work/shared/corpus/mail/smime'
const selfmade = path.join(corpus, 'selfmade')
const present = existsSync(path.join(selfmade, 'expected.tsv'))
const read = (name: string): Uint8Array => new Uint8Array(readFileSync(path.join(corpus, name)))

/** An mbox of one message: its first line is none of the message's. */
const message = (raw: Uint8Array): Uint8Array =>
  Buffer.from(raw.subarray(0, 5)).toString() === 'From ' ? raw.subarray(raw.indexOf(0x0a) + 1) : raw

const openSample = (name: string, anchor: string): Promise<OpenedMessage> => {
  const anchors = value(readAnchors(read(anchor)))
  const keys = anchor.startsWith('selfmade')
    ? value(importP12(read('selfmade/pki/bob.p12'), 'geheim')).keys
    : []
  return openMessage(message(read(name)), { fromAddresses: [], now, trust: trustIn(anchors), keys })
}

/** Verdict, its reasons, encryption: one line each in docs/smime.md. */
const wanted: Record<string, [verdict: string, reasons: string, encryption: string]> = {
  'hostile/x06-two-signers-bad-first.eml': ['undecidable', 'several-signers', 'none'],
  'hostile/x07-no-signerinfos-with-certs.eml': ['none', '', 'none'],
  'hostile/x09-unsigned-text-before.eml': ['partial', 'outside-signature', 'none'],
  'hostile/x13-from-1.eml': ['unbound', 'address-mismatch', 'none'],
  'hostile/x16-from-4.eml': ['unbound', 'no-from', 'none'],
  'hostile/x21-from-9.eml': ['unbound', 'address-mismatch', 'none'],
  'hostile/x22-from-10.eml': ['unbound', 'address-mismatch name-shows-other-address', 'none'],
  'hostile/x26-cert-nul-in-san.eml': ['unbound', 'no-address', 'none'],
  'hostile/x28-cert-address-only-in-dn.eml': ['unbound', 'address-in-subject-only', 'none'],
  'hostile/x29-cert-expired.eml': ['untrusted', 'expired', 'none'],
  'hostile/x40-sha1-signature.eml': ['untrusted', 'weak-algorithm', 'none'],
  'hostile/x42-micalg-lies.eml': ['valid', '', 'none'],
  'hostile/x45-list-footer.eml': ['partial', 'outside-signature', 'none'],
  'hostile/x48-encrypted-for-another.eml': ['none', '', 'smime.no-key'],
  'hostile/x49-enveloped-truncated.eml': ['none', '', 'smime.malformed'],
  'hostile/x50-gcm-tag-tampered.eml': ['none', '', 'smime.decrypt-failed'],
  'hostile/x58-protected-from-differs.eml': ['unbound', 'protected-from-differs', 'none'],
  'hostile/x60-ui-redress-fake-seal.eml': ['none', '', 'none'],
  'hostile/x62-local-part-case.eml': ['valid', '', 'none'],
  'hostile/x66-rc2-40.eml': ['none', '', 'smime.unsupported'],
  'hostile/x70-wrong-smime-type.eml': ['none', '', 'decrypted exposed'],
  'valid/v01-detached-rsa-sha256.eml': ['valid', '', 'none'],
  'valid/v04-opaque-signed.eml': ['valid', '', 'none'],
  'valid/v05-enveloped-aes256-cbc.eml': ['none', '', 'decrypted exposed'],
  'valid/v09-enveloped-3des.eml': ['none', '', 'decrypted exposed weak'],
  'valid/v10-signed-then-encrypted.eml': ['valid', '', 'decrypted'],
  'valid/v15-encoded-subject.eml': ['valid', '', 'none'],
  'valid/v16-header-protection-signed.eml': ['valid', '', 'none'],
  'valid/v17-header-protection-encrypted.eml': ['valid', '', 'decrypted'],
  'valid/v24-empty-body.eml': ['valid', '', 'none'],
  'valid/v26-ber-indefinite.eml': ['none', '', 'decrypted exposed'],
}

const elsewhere: Record<string, [verdict: string, reasons: string, encryption: string]> = {
  'kde/smime-cert.mbox': ['none', '', 'none'],
  'kde/smime-encrypted-octet-stream.mbox': ['none', '', 'smime.no-key'],
  'kde/smime-encrypted.mbox': ['none', '', 'smime.no-key'],
  'kde/smime-opaque-enc+sign.mbox': ['none', '', 'smime.no-key'],
  'kde/smime-opaque-sign.mbox': ['undecidable', 'signer-missing', 'none'],
  'kde/smime-opaque-signed-encrypted-attachment.mbox': ['none', '', 'smime.no-key'],
  // The publisher of this sample changed its words: openssl says so too.
  'kde/smime-signed-apple.mbox': [
    'invalid',
    'address-mismatch content-altered expired untrusted-authority weak-algorithm',
    'none',
  ],
  'kde/smime-signed-encrypted.mbox': ['none', '', 'smime.no-key'],
  'rfc4134/4.8.eml': [
    'undecidable',
    'address-mismatch unsupported-algorithm untrusted-authority weak-algorithm',
    'none',
  ],
  'rfc4134/4.9.eml': [
    'undecidable',
    'address-mismatch unsupported-algorithm untrusted-authority weak-algorithm',
    'none',
  ],
  'rfc4134/5.3.eml': ['none', '', 'smime.no-key'],
  'mimekit/thunderbird-signed.txt': ['untrusted', 'expired untrusted-authority weak-algorithm', 'none'],
}

const words = ({ signature, encryption }: OpenedMessage): [string, string, string] => {
  const opened =
    encryption.status === 'failed'
      ? encryption.error.code
      : encryption.status === 'none'
        ? 'none'
        : ['decrypted', encryption.integrityProtected ? '' : 'exposed', encryption.weak ? 'weak' : '']
  const reasons = signature.status === 'none' ? [] : [...signature.reasons].sort()
  const spoken = typeof opened === 'string' ? opened : opened.filter(Boolean).join(' ')
  return [signature.status, reasons.join(' '), spoken]
}

test.skipIf(!present).each(Object.entries(wanted))('%s', async (name, expected) => {
  expect(words(await openSample(`selfmade/${name}`, 'selfmade/pki/root.crt.pem'))).toEqual(expected)
})

test.skipIf(!present).each(Object.entries(elsewhere))('%s', async (name, expected) => {
  expect(words(await openSample(name, 'rfc4134/CarlRSASelf.cer'))).toEqual(expected)
})

test.skipIf(!present)('no sample of the table is left out', () => {
  const rows = Buffer.from(read('selfmade/expected.tsv')).toString().trim().split('\n').slice(1)
  expect(rows.map((row) => row.split('\t')[0]).sort()).toEqual(Object.keys(wanted).sort())
})

test.skipIf(!present)(
  'every other sample is judged without a crash, and none is valid without its authority',
  async () => {
    const trust = trustIn([])
    const files = readdirSync(corpus, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    )
    for (const entry of files) {
      const raw = new Uint8Array(readFileSync(path.join(entry.parentPath, entry.name)))
      const opened = await openMessage(raw, { fromAddresses: [], now, trust, keys: [] })
      expect(['valid', 'partial', 'unbound'], entry.name).not.toContain(opened.signature.status)
    }
  },
)
