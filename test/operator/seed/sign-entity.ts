import { constants, createHash, privateEncrypt } from 'node:crypto'
import forge from 'node-forge'

/** PEM texts of a signer. `chain` goes into the CMS beside the signer's own certificate. */
export interface SigningIdentity {
  certificate: string
  /** RSA private key, PEM. */
  key: string
  chain: readonly string[]
}

// DER of DigestInfo for SHA-256 up to the digest (RFC 8017 §9.2 note 1).
const sha256DigestInfo = Buffer.from('3031300d060960864801650304020105000420', 'hex')

/**
 * RFC 8551 §3.5.3 detached signature: gives the `multipart/signed` entity (headers included) around `entity`, which must
 * already be canonical (CRLF). SHA-256, RSASSA-PKCS1-v1_5, with signing time. Written on node-forge so that the product's own
 * verifier is checked against another implementation.
 */
export function signEntity(entity: Buffer, identity: SigningIdentity, signedAt: Date): Buffer {
  const signed = forge.pkcs7.createSignedData()
  signed.content = forge.util.createBuffer(entity.toString('latin1'))
  const certificate = forge.pki.certificateFromPem(identity.certificate)
  signed.addCertificate(certificate)
  for (const issuer of identity.chain) signed.addCertificate(forge.pki.certificateFromPem(issuer))
  signed.addSigner({
    // forge calls `sign` with its digest; OpenSSL's arithmetic is some thirty times quicker than forge's own.
    key: nativeKey(identity.key),
    certificate,
    digestAlgorithm: forge.pki.oids['sha256'] ?? '2.16.840.1.101.3.4.2.1',
    authenticatedAttributes: [
      { type: forge.pki.oids['contentType'] ?? '', value: forge.pki.oids['data'] ?? '' },
      { type: forge.pki.oids['messageDigest'] ?? '' },
      // forge takes a Date here though its types say string.
      { type: forge.pki.oids['signingTime'] ?? '', value: signedAt as unknown as string },
    ],
  })
  signed.sign({ detached: true })
  const der = Buffer.from(forge.asn1.toDer(signed.toAsn1()).getBytes(), 'latin1')
  const boundary = `----=_smime_${createHash('sha256').update(entity).digest('hex').slice(0, 24)}`
  const encoded = (der.toString('base64').match(/.{1,76}/g) ?? []).join('\r\n')
  return Buffer.concat([
    Buffer.from(
      `Content-Type: multipart/signed; protocol="application/pkcs7-signature";\r\n micalg=sha-256; boundary="${boundary}"\r\n\r\n` +
        `This is an S/MIME signed message\r\n--${boundary}\r\n`,
    ),
    entity,
    Buffer.from(
      `\r\n--${boundary}\r\nContent-Type: application/pkcs7-signature; name="smime.p7s"\r\n` +
        `Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="smime.p7s"\r\n\r\n${encoded}\r\n--${boundary}--\r\n`,
    ),
  ])
}

function nativeKey(pem: string): forge.pki.rsa.PrivateKey {
  const sign = (digest: forge.md.MessageDigest): string =>
    privateEncrypt(
      { key: pem, padding: constants.RSA_PKCS1_PADDING },
      Buffer.concat([sha256DigestInfo, Buffer.from(digest.digest().getBytes(), 'latin1')]),
    ).toString('latin1')
  return { sign } as unknown as forge.pki.rsa.PrivateKey
}
