import { afterAll, expect, test } from 'vitest'
import type { DirectoryLookup } from './binding.ts'
import { createCorrespondence, forwarded, letter, mixed, said, textEntity } from './letters.fixture.ts'
import { openMessage, type OpenedMessage } from './open.ts'
import { signEntity } from './sign.ts'
import { contextFor, now, random, signWith, value, type Issued } from './smime.fixture.ts'

// Every case of the table in docs/smime.md, by letters of our own making.
const made = createCorrespondence()
afterAll(made.pki.remove)
const { people, signed, encrypted, opaque, encryptedCbc, detachedBy, cms } = made

const open = (raw: Uint8Array, directory?: DirectoryLookup): Promise<OpenedMessage> =>
  openMessage(raw, {
    ...contextFor(made.trust, '', { keys: made.keys, ...(directory ? { directory } : {}) }),
    fromAddresses: [],
  })
const shown = ({ content }: OpenedMessage): string => Buffer.from(content).toString()

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

test('what is not decrypted stays out of sight, and a part below the root is only told', async () => {
  const inside = await open(letter(mixed([textEntity('Avant.'), encryptedCbc(textEntity('Secret.'))])))
  expect(inside.parts).toMatchObject([{ path: '2', encrypted: true, signature: { status: 'none' } }])
  expect(shown(inside)).not.toContain('Secret')
  const twice = await open(letter(encryptedCbc(encryptedCbc(textEntity('Secret.')))))
  expect(shown(twice)).not.toContain('Secret')
})

test('a forwarded message is judged against its own sender, and its status is not the message’s', async () => {
  const own = await open(letter(mixed([textEntity(), forwarded(letter(await signed()))]), 'eve@bad.test'))
  expect(own.parts).toMatchObject([
    { path: '2.1', forwardedFrom: 'alix@mss.test', signature: { status: 'valid', scope: 'part' } },
  ])
  expect(own.certificates).toEqual([])
  const forged = await open(letter(forwarded(await fromIs('bob@mss.test', people.eve))))
  expect(forged.parts).toMatchObject([{ signature: { status: 'unbound', reasons: ['address-mismatch'] } }])
})

test('the stretch under a signature is the very bytes that were signed', async () => {
  const opened = await open(letter(mixed([textEntity('Avant.'), await signed(), textEntity('Après.')])))
  expect(opened.stretches).toHaveLength(1)
  expect(Buffer.from(opened.stretches[0]?.content ?? []).equals(textEntity())).toBe(true)
  const { start = 0, end = 0 } = opened.stretches[0] ?? {}
  expect(shown(opened).slice(start, end)).toContain('multipart/signed')
})

test('the protected subject is given when the protection holds, and what travelled hidden is told', async () => {
  const fields = `${protectedFields('Le vrai objet')}HP-Outer: Subject: [...]\nHP-Outer: From: Alix <alix@mss.test>\n`
  const inner = await signed(textEntity(said, fields, '; hp="cipher"'))
  const raw = changed(letter(encryptedCbc(inner)), 'Subject: Objet', 'Subject: [...]')
  expect((await open(raw)).headerProtection).toEqual({
    kind: 'rfc9788',
    subject: 'Le vrai objet',
    differences: [],
    hidden: ['subject'],
  })
  // Not what the sender had put outside: somebody changed it.
  const tampered = changed(raw, 'Subject: [...]', 'Subject: Urgent')
  expect((await open(tampered)).headerProtection).toMatchObject({
    differences: [{ field: 'subject', outer: 'Urgent', inner: 'Le vrai objet' }],
    hidden: [],
  })
  const broken = changed(
    letter(await signed(textEntity(said, protectedFields('Vrai'), '; hp="clear"'))),
    '14 h',
    '15 h',
  )
  expect((await open(broken)).headerProtection.subject).toBeNull()
})

test('older ways of protecting headers are read: memory hole, an enclosed message', async () => {
  const hole = letter(
    await signed(textEntity(said, protectedFields('Le vrai objet'), '; protected-headers="v1"')),
  )
  expect((await open(hole)).headerProtection).toMatchObject({ kind: 'memory-hole', subject: 'Le vrai objet' })
  const inner = letter(textEntity(), undefined, 'X-Inside: oui\n')
  const enclosed = Buffer.concat([Buffer.from('Content-Type: message/rfc822; forwarded=no\r\n\r\n'), inner])
  const opened = await open(
    changed(letter(await signed(enclosed)), 'Subject: Objet', 'Subject: [liste] Objet'),
  )
  expect(opened.headerProtection).toMatchObject({
    kind: 'enclosed-message',
    subject: 'Objet',
    differences: [{ field: 'subject' }],
  })
  expect(shown(opened)).toMatch(/^From: Alix/)
  expect(opened.signature.status).toBe('valid')
  // Somebody else's message, forwarded and signed, stays a forwarded message.
  const other = changed(forwarded(letter(textEntity(), 'eve@bad.test')), 'fictif@', 'autre@')
  const passedOn = await open(letter(await signed(other)))
  expect(passedOn.headerProtection.kind).toBe('none')
  expect(shown(passedOn)).toMatch(/^Content-Type: message\/rfc822/)
})

test('at the date of the reading nothing was known of the future', async () => {
  const late = await signed(textEntity(), people.signer, new Date(now.getTime() + 48 * 3_600_000))
  expect((await open(letter(late))).signature).toMatchObject({
    status: 'untrusted',
    reasons: ['not-yet-valid'],
  })
})

test('a card brings its holder’s encryption certificate along; somebody else’s message brings nobody’s', async () => {
  const by = async (signer: Issued): Promise<Uint8Array> => {
    const outcome = await signEntity({
      entity: textEntity(),
      certificate: signer.der,
      chain: [people.confidentiality.der, people.stranger.der, people.authority.der],
      sign: signWith(signer),
      signingTime: now,
      random,
    })
    return letter(value(outcome))
  }
  const hex = ({ certificates }: OpenedMessage): string[] =>
    certificates.map((der) => Buffer.from(der).toString('hex'))
  const own = Buffer.from(people.confidentiality.der).toString('hex')
  expect(hex(await open(await by(people.card)))).toEqual([own])
  expect(hex(await open(await by(people.eve)))).toEqual([])
  expect(hex(await open(await by(people.nameless)))).toEqual([])
})
