import { afterAll, expect, test } from 'vitest'
import type { DirectoryLookup } from './binding.ts'
import { createCorrespondence, forwarded, letter, mixed, said, textEntity } from './letters.fixture.ts'
import { openMessage, type OpenedMessage } from './open.ts'
import { contextFor, type Issued } from './smime.fixture.ts'

// Every case of the table in docs/smime.md, by letters of our own making.
const made = createCorrespondence()
afterAll(made.pki.remove)
const { people, signed, encrypted, opaque, encryptedCbc, detachedBy, cms } = made

const open = (raw: Uint8Array, directory?: DirectoryLookup): Promise<OpenedMessage> =>
  openMessage(raw, {
    ...contextFor(made.trust, '', { keys: made.keys, ...(directory ? { directory } : {}) }),
    fromAddresses: [],
  })

interface Case {
  raw: () => Uint8Array | Promise<Uint8Array>
  verdict: string
  reasons?: string[]
  notices?: string[]
  /** `none`, `decrypted`, an error code; integrity told apart. */
  encryption?: string
  directory?: DirectoryLookup
}

const changed = (raw: Uint8Array, from: string, to: string): Buffer =>
  Buffer.from(Buffer.from(raw).toString('latin1').replace(from, to), 'latin1')
const fromIs = async (from: string, signer: Issued = people.signer, more = ''): Promise<Buffer> =>
  letter(await signed(textEntity(), signer), from, more)
const protectedFields = (subject: string, from = 'Alix <alix@mss.test>'): string =>
  `From: ${from}\nTo: bob@mss.test\nSubject: ${subject}\nDate: Sun, 22 Nov 2026 08:00:00 +0000\n`

const cases: Record<string, Case> = {
  // What is signed, and by whom.
  unsigned: { raw: () => letter(textEntity()), verdict: 'none' },
  detached: { raw: async () => letter(await signed()), verdict: 'valid' },
  opaque: { raw: () => letter(opaque(textEntity())), verdict: 'valid' },
  'certificates alone': {
    raw: () => letter(made.pkcs7(made.certificatesOnly(), 'certs-only')),
    verdict: 'none',
  },
  'a signature by nobody': {
    raw: () => letter(detachedBy(textEntity(), made.certificatesOnly())),
    verdict: 'none',
  },
  'two signers': {
    raw: () => letter(detachedBy(textEntity(), cms(textEntity(), [people.signer, people.eve]))),
    verdict: 'undecidable',
    reasons: ['several-signers'],
  },
  'a content inside and one beside': {
    raw: () => letter(detachedBy(textEntity(), cms(textEntity(), [people.signer], ['-nodetach']))),
    verdict: 'undecidable',
    reasons: ['two-contents'],
  },
  'no content at all': {
    raw: () => letter(made.pkcs7(cms(textEntity(), [people.signer]), 'signed-data')),
    verdict: 'undecidable',
    reasons: ['no-content'],
  },
  'an unreadable signature': {
    raw: () => letter(detachedBy(textEntity(), new Uint8Array([0x30, 0x03, 0x02, 0x01, 0x05]))),
    verdict: 'undecidable',
    reasons: ['malformed'],
  },
  'a certificate left out': {
    raw: () => letter(detachedBy(textEntity(), cms(textEntity(), [people.signer], ['-nocerts']))),
    verdict: 'undecidable',
    reasons: ['signer-missing'],
  },
  'a weak digest': {
    raw: () => letter(detachedBy(textEntity(), cms(textEntity(), [people.signer], ['-md', 'sha1']))),
    verdict: 'untrusted',
    reasons: ['weak-algorithm'],
  },
  'a content changed': {
    raw: async () => changed(letter(await signed()), '14 h', '15 h'),
    verdict: 'invalid',
    reasons: ['content-altered'],
  },
  'an authority nobody knows': {
    raw: () => fromIs('alix@mss.test', people.stranger),
    verdict: 'untrusted',
    reasons: ['untrusted-authority'],
  },
  'a list that lies about its digest': {
    raw: async () => changed(letter(await signed()), 'micalg=sha-256', 'micalg=md5'),
    verdict: 'valid',
  },

  // Who the signer is to the sender (« Johnny, you are fired »).
  'another sender': {
    raw: () => fromIs('Alix <alix@mss.test>', people.eve),
    verdict: 'unbound',
    reasons: ['address-mismatch'],
  },
  'signed by Sender': {
    raw: () => fromIs('alix@mss.test', people.eve, 'Sender: eve@bad.test\n'),
    verdict: 'unbound',
    reasons: ['address-mismatch', 'signed-by-sender-field'],
  },
  'another Sender than From': {
    raw: () => fromIs('alix@mss.test', people.signer, 'Sender: secretariat@mss.test\n'),
    verdict: 'valid',
    notices: ['sender-differs'],
  },
  'two From fields': {
    raw: () => fromIs('eve@bad.test', people.eve, 'From: alix@mss.test\n'),
    verdict: 'unbound',
    reasons: ['several-from'],
  },
  'two addresses in From': {
    raw: () => fromIs('alix@mss.test, eve@bad.test', people.eve),
    verdict: 'unbound',
    reasons: ['several-from'],
  },
  'no From': { raw: () => fromIs('', people.eve), verdict: 'unbound', reasons: ['no-from'] },
  'a From without address': {
    raw: () => fromIs('Alix', people.eve),
    verdict: 'unbound',
    reasons: ['no-from'],
  },
  'an address as a name': {
    raw: () => fromIs('"alix@mss.test" <eve@bad.test>', people.eve),
    verdict: 'unbound',
    reasons: ['name-shows-other-address'],
  },
  'an encoded address as a name': {
    raw: () => fromIs('=?utf-8?Q?alix=40mss=2Etest?= <eve@bad.test>', people.eve),
    verdict: 'unbound',
    reasons: ['name-shows-other-address'],
  },
  'a bare address as a name': {
    raw: () => fromIs('alix@mss.test <eve@bad.test>', people.eve),
    verdict: 'unbound',
    reasons: ['malformed-from'],
  },
  'two angle addresses': {
    raw: () => fromIs('<alix@mss.test> <eve@bad.test>', people.eve),
    verdict: 'unbound',
    reasons: ['malformed-from'],
  },
  'a signer in a comment': {
    raw: () => fromIs('Alix <alix@mss.test> (eve@bad.test)', people.eve),
    verdict: 'unbound',
    reasons: ['address-mismatch', 'name-shows-other-address'],
  },
  'a group as sender': {
    raw: () => fromIs('alix@mss.test: eve@bad.test;', people.eve),
    verdict: 'unbound',
    reasons: ['malformed-from'],
  },
  'a null in the address': {
    raw: () => fromIs('alix@mss.test\0@bad.test', people.signer),
    verdict: 'unbound',
    reasons: ['malformed-from'],
  },
  'a sender quoted and commented': {
    raw: () => fromIs('"FICTIVE, Alix" (cabinet) <alix@mss.test> (médecin)'),
    verdict: 'valid',
  },
  'another case of the local part': {
    raw: () => fromIs('Alix@mss.test'),
    verdict: 'valid',
    notices: ['local-part-case'],
  },
  'another case of the domain': { raw: () => fromIs('alix@MSS.test'), verdict: 'valid', notices: [] },
  'an address in the subject only': {
    raw: () => fromIs('alix@mss.test', people.legacy),
    verdict: 'unbound',
    reasons: ['address-in-subject-only'],
  },
  'no address in the certificate': {
    raw: () => fromIs('alix@mss.test', people.nameless),
    verdict: 'unbound',
    reasons: ['no-address'],
  },
  'a card': {
    raw: () => fromIs('camille@mss.test', people.card),
    verdict: 'unbound',
    reasons: ['identity-not-linked'],
  },
  'a card whose address the directory gives': {
    raw: () => fromIs('camille@mss.test', people.card),
    verdict: 'valid',
    directory: (id) =>
      Promise.resolve(id === '899700000002' ? ['camille@mss.test', 'c@autre.mss.test'] : null),
  },
  'a card that the directory gives other addresses': {
    raw: () => fromIs('camille@mss.test', people.card),
    verdict: 'unbound',
    reasons: ['address-mismatch'],
    directory: () => Promise.resolve(['autre@mss.test']),
  },

  // What is covered.
  'text before the signed part': {
    raw: async () => letter(mixed([textEntity('Avant.'), await signed()])),
    verdict: 'partial',
    reasons: ['outside-signature'],
  },
  'a list’s footer': {
    raw: async () =>
      letter(mixed([await signed(), textEntity('_____\nListe')]), undefined, 'List-Id: <l.test>\n'),
    verdict: 'partial',
    reasons: ['outside-signature'],
    notices: ['mailing-list', 'footer-added'],
  },
  'somebody else’s part': {
    raw: async () => letter(mixed([await signed(textEntity(), people.eve), textEntity()])),
    verdict: 'unbound',
    reasons: ['address-mismatch', 'outside-signature'],
  },
  'a good and a broken part': {
    raw: async () => letter(mixed([await signed(), changed(await signed(), '14 h', '15 h')])),
    verdict: 'invalid',
    reasons: ['content-altered', 'outside-signature'],
  },
  'a signed message forwarded': {
    raw: async () => letter(mixed([textEntity(), forwarded(letter(await signed()))]), 'eve@bad.test'),
    verdict: 'none',
  },
  'a signed message forwarded, signed': {
    raw: async () =>
      letter(await signed(mixed([textEntity(), forwarded(await fromIs('bob@mss.test', people.eve))]))),
    verdict: 'valid',
  },

  // Accidents on the way.
  'a footer inside the signed text': {
    raw: async () =>
      letter(
        changed(await signed(), '14 h.\r\n', '14 h.\r\n\r\n_______\r\nListe fictive\r\n'),
        undefined,
        'List-Id: <l.test>\n',
      ),
    verdict: 'invalid',
    reasons: ['content-altered'],
    notices: ['mailing-list', 'altered-by-footer'],
  },
  'blanks eaten': {
    raw: async () => changed(letter(await signed()), `14 h.\r\n`, `14 h.  \r\n`),
    verdict: 'invalid',
    reasons: ['content-altered'],
    notices: ['altered-by-blanks'],
  },
  'another transfer encoding': {
    raw: async () =>
      letter(
        changed(
          changed(await signed(), 'Encoding: 8bit', 'Encoding: base64'),
          Buffer.from(`${said}\r\n`).toString('latin1'),
          `${Buffer.from(`${said}\r\n`).toString('base64')}\r\n`,
        ),
      ),
    verdict: 'invalid',
    reasons: ['content-altered'],
    notices: ['altered-by-encoding'],
  },
  'line ends changed': {
    raw: async () =>
      Buffer.from(
        letter(await signed())
          .toString('latin1')
          .replaceAll('\r\n', '\n'),
        'latin1',
      ),
    verdict: 'valid',
    notices: ['line-ends-restored'],
  },

  // Encryption, and layers.
  'encrypted alone, CBC': {
    raw: () => letter(encryptedCbc(textEntity())),
    verdict: 'none',
    encryption: 'decrypted, exposed',
  },
  'encrypted alone, GCM': {
    raw: () => letter(encryptedCbc(textEntity(), '-aes-256-gcm')),
    verdict: 'none',
    encryption: 'decrypted',
  },
  'encrypted weakly': {
    raw: () => letter(encryptedCbc(textEntity(), '-des3')),
    verdict: 'none',
    encryption: 'decrypted, exposed, weak',
  },
  'signed then encrypted': {
    raw: async () => letter(encryptedCbc(await signed())),
    verdict: 'valid',
    encryption: 'decrypted',
  },
  'opaque then encrypted': {
    raw: () => letter(encryptedCbc(opaque(textEntity()))),
    verdict: 'valid',
    encryption: 'decrypted',
  },
  'encrypted then signed': {
    raw: async () => letter(await signed(encryptedCbc(textEntity()))),
    verdict: 'valid',
    notices: ['signed-over-encryption'],
    encryption: 'decrypted, exposed',
  },
  'triple-wrapped': {
    raw: async () => letter(await signed(encrypted(await signed()))),
    verdict: 'valid',
    notices: ['several-layers'],
    encryption: 'decrypted',
  },
  'triple-wrapped, changed outside': {
    raw: async () => {
      const sealed = await signed(encrypted(await signed()))
      return letter(changed(sealed, 'smime-type=', 'x-smime-type=a; smime-type='))
    },
    verdict: 'invalid',
    reasons: ['content-altered'],
    encryption: 'decrypted',
  },
  'encrypted inside a multipart': {
    raw: () => letter(mixed([textEntity('Avant.'), encryptedCbc(textEntity())])),
    verdict: 'none',
    encryption: 'none',
  },
  'encrypted twice': {
    raw: () => letter(encryptedCbc(encryptedCbc(textEntity()))),
    verdict: 'none',
    encryption: 'decrypted, exposed',
  },
  'for somebody else': {
    raw: () => {
      const recipient = made.pki.put('eve.pem', people.eve.pem)
      const input = made.pki.put('in', textEntity())
      const der = made.pki.openssl([
        'cms',
        '-encrypt',
        '-binary',
        '-outform',
        'DER',
        '-aes256',
        '-in',
        input,
        recipient,
      ])
      return letter(made.pkcs7(der, 'enveloped-data'))
    },
    verdict: 'none',
    encryption: 'smime.no-key',
  },

  // Protected headers.
  'headers protected': {
    raw: async () => letter(await signed(textEntity(said, protectedFields('Objet'), '; hp="clear"'))),
    verdict: 'valid',
    notices: [],
  },
  'a subject changed on the way': {
    raw: async () => letter(await signed(textEntity(said, protectedFields('Le vrai objet'), '; hp="clear"'))),
    verdict: 'valid',
    notices: ['headers-changed'],
  },
  'another author inside': {
    raw: async () =>
      letter(await signed(textEntity(said, protectedFields('Objet', 'chef@mss.test'), '; hp="clear"'))),
    verdict: 'unbound',
    reasons: ['protected-from-differs'],
    notices: ['headers-changed'],
  },
}

/** Notices about revocation are of all of them: nobody answers in these tests. */
const told = (notices: readonly string[]): string[] =>
  notices.filter((notice) => notice !== 'revocation-unknown')

test.each(Object.entries(cases))('%s', async (_name, wanted) => {
  const opened = await open(await wanted.raw(), wanted.directory)
  const { signature, encryption } = opened
  expect(signature.status).toBe(wanted.verdict)
  if (signature.status !== 'none') {
    expect([...signature.reasons].sort()).toEqual([...(wanted.reasons ?? [])].sort())
    if (wanted.notices) expect(told(signature.notices).sort()).toEqual([...wanted.notices].sort())
  }
  const words =
    encryption.status === 'failed'
      ? encryption.error.code
      : encryption.status === 'none'
        ? 'none'
        : [
            'decrypted',
            ...(encryption.integrityProtected ? [] : ['exposed']),
            ...(encryption.weak ? ['weak'] : []),
          ].join(', ')
  expect(words).toBe(wanted.encryption ?? 'none')
})
