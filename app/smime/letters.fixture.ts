import {
  authorityExtensions,
  createPeople,
  createPki,
  now,
  random,
  signerExtensions,
  signWith,
  trustIn,
  value,
  type Issued,
} from './smime.fixture.ts'
import { encryptEntity } from './encrypt.ts'
import { signEntity } from './sign.ts'

/** The text every letter holds; fictitious. */
export const said = 'Bonjour, la réunion fictive est avancée à 14 h.'

const crlf = (text: string): Buffer => Buffer.from(text.replaceAll('\n', '\r\n'))

/** A MIME entity of plain text; `fields` go before its Content-Type, as protected headers do. */
export const textEntity = (text = said, fields = '', parameters = ''): Buffer =>
  crlf(
    `${fields}Content-Type: text/plain; charset=utf-8${parameters}\nContent-Transfer-Encoding: 8bit\n\n${text}\n`,
  )

/** Parts under one multipart. */
export const mixed = (
  parts: readonly Uint8Array[],
  subtype = 'mixed',
  fields = '',
  parameters = '',
): Buffer =>
  Buffer.concat([
    crlf(`${fields}Content-Type: multipart/${subtype}; boundary="outside"${parameters}\n\n`),
    ...parts.flatMap((part) => [crlf('--outside\n'), part, crlf('\n')]),
    crlf('--outside--\n'),
  ])

/** A message around an entity. */
export const letter = (body: Uint8Array, from = 'Alix <alix@mss.test>', more = ''): Buffer =>
  Buffer.concat([
    crlf(
      `${from === '' ? '' : `From: ${from}\n`}To: bob@mss.test\nSubject: Objet\nDate: Sun, 22 Nov 2026 08:00:00 +0000\n` +
        `Message-ID: <fictif@mss.test>\n${more}MIME-Version: 1.0\n`,
    ),
    body,
  ])

export const forwarded = (message: Uint8Array): Buffer =>
  Buffer.concat([crlf('Content-Type: message/rfc822\n\n'), message])

/** Everybody and everything the letters are made of: a PKI of fictitious people and what they sign and encrypt. */
export const createCorrespondence = () => {
  const pki = createPki()
  const people = createPeople(pki)
  const { person, root, authority } = people
  const eve = person('/CN=Eve FICTIVE', signerExtensions('eve@bad.test'))
  const legacy = person('/CN=Alix FICTIVE/emailAddress=alix@mss.test', ['keyUsage=digitalSignature'])
  const nameless = person('/CN=Anonyme FICTIF', ['keyUsage=digitalSignature'])
  const stranger = pki.issue({ subject: '/CN=Alix FICTIVE', extensions: signerExtensions('alix@mss.test') })
  const otherRoot = pki.issue({ subject: '/CN=AC INCONNUE', extensions: authorityExtensions })

  /** A detached signature around an entity. */
  const signed = async (
    entity: Uint8Array = textEntity(),
    signer: Issued = people.signer,
    signingTime = now,
  ): Promise<Uint8Array> =>
    value(
      await signEntity({
        entity,
        certificate: signer.der,
        chain: [authority.der],
        sign: signWith(signer),
        signingTime,
        random,
      }),
    )

  const encrypted = (entity: Uint8Array): Uint8Array =>
    value(encryptEntity({ entity, recipients: [people.confidentiality.der], random }))

  const pkcs7 = (der: Uint8Array, type: string): Buffer =>
    crlf(
      `Content-Type: application/pkcs7-mime; smime-type=${type}; name=smime.p7m\nContent-Transfer-Encoding: base64\n\n` +
        `${Buffer.from(der).toString('base64').replace(/.{76}/g, '$&\n')}\n`,
    )

  const files = (signer: Issued): string[] => [
    '-signer',
    pki.put('signer.pem', signer.pem),
    '-inkey',
    pki.put('key.pem', signer.keyPem),
  ]
  const at = ['-binary', '-outform', 'DER', '-md', 'sha256']

  /** An opaque signature by openssl. */
  const opaque = (entity: Uint8Array, signer: Issued = people.signer): Buffer =>
    pkcs7(
      pki.openssl(['cms', '-sign', '-nodetach', '-in', pki.put('in', entity), ...files(signer), ...at]),
      'signed-data',
    )

  /** Encrypted with AES-CBC by openssl: nothing tells of a change. */
  const encryptedCbc = (entity: Uint8Array, cipher = '-aes-256-cbc'): Buffer => {
    const recipient = pki.put('recipient.pem', people.confidentiality.pem)
    const input = pki.put('in', entity)
    return pkcs7(
      pki.openssl(['cms', '-encrypt', '-binary', '-outform', 'DER', cipher, '-in', input, recipient]),
      'enveloped-data',
    )
  }

  /** A multipart/signed around whatever CMS. */
  const detachedBy = (entity: Uint8Array, der: Uint8Array): Buffer =>
    Buffer.concat([
      crlf(
        'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary="s"\n\n--s\n',
      ),
      entity,
      crlf(
        '\n--s\nContent-Type: application/pkcs7-signature; name=smime.p7s\nContent-Transfer-Encoding: base64\n\n' +
          `${Buffer.from(der).toString('base64')}\n--s--\n`,
      ),
    ])

  const cms = (entity: Uint8Array, signers: readonly Issued[], more: string[] = []): Buffer =>
    pki.openssl(['cms', '-sign', '-in', pki.put('in', entity), ...signers.flatMap(files), ...at, ...more])

  const certificatesOnly = (): Buffer =>
    pki.openssl(['crl2pkcs7', '-nocrl', '-certfile', pki.put('c.pem', people.signer.pem), '-outform', 'DER'])

  return {
    pki,
    people: { ...people, eve, legacy, nameless, stranger, otherRoot },
    trust: trustIn([root.der, authority.der]),
    keys: [{ certificate: people.confidentiality.der, pkcs8: people.confidentiality.pkcs8 }],
    signed,
    encrypted,
    opaque,
    encryptedCbc,
    detachedBy,
    cms,
    certificatesOnly,
    pkcs7,
  }
}
