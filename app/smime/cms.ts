import { Set as AsnSet, type Sequence } from 'asn1js'
import {
  AlgorithmIdentifier,
  ContentInfo,
  IssuerAndSerialNumber,
  RecipientInfo,
  SignedAndUnsignedAttributes,
  type Attribute,
} from 'pkijs'
import type { Outcome } from '../contract/errors.ts'
import { hexOf, Malformed, octetsOf, parsed, readBer, serialHex } from './asn1.ts'
import { bytesAt, createBerSource, isContext, isUniversal, tags, type BerSource, type Place } from './ber.ts'
import type { CertificateFacts } from './certificate.ts'

/** The content of a ContentInfo, not read yet: where it lies in the message's bytes. */
export interface CmsContent {
  source: BerSource
  place: Place
}

/** The value of an OBJECT IDENTIFIER; throws. */
export const oidAt = (source: BerSource, place: Place | undefined): string => {
  if (!place || !isUniversal(place, tags.oid)) throw new Malformed('an object identifier')
  return String((readBer(bytesAt(source, place)) as unknown as { getValue(): string }).getValue())
}

/**
 * Content type and content of a ContentInfo (RFC 5652 §3). What follows it, such as a line end or the footer of a mailing list
 * taken for base64, is nobody's and never shown. Fails with `smime.malformed`. */
export const readContentInfo = (cms: Uint8Array): Outcome<{ type: string; content: CmsContent }> =>
  parsed(() => {
    const source = createBerSource(cms)
    const whole = source.at(0, cms.length)
    if (!isUniversal(whole, tags.sequence)) throw new Malformed('a ContentInfo')
    const [type, explicit] = source.children(whole)
    if (!explicit || !isContext(explicit, 0)) throw new Malformed('no content')
    const [place, ...more] = source.children(explicit)
    if (!place || more.length > 0) throw new Malformed('no content')
    return { type: oidAt(source, type), content: { source, place } }
  })

/** DER of a ContentInfo around a structure. */
export const contentInfo = (contentType: string, content: Sequence): Uint8Array =>
  new Uint8Array(new ContentInfo({ contentType, content }).toSchema().toBER())

export const issuerAndSerial = ({ structure }: CertificateFacts): IssuerAndSerialNumber =>
  new IssuerAndSerialNumber({ issuer: structure.issuer, serialNumber: structure.serialNumber })

/** Whether a signer's or recipient's identifier (issuer and serial, or key identifier [0]) means a certificate; throws. */
export const names = (identifier: unknown, certificate: CertificateFacts): boolean =>
  identifier instanceof IssuerAndSerialNumber
    ? hexOf(identifier.issuer.valueBeforeDecode) === certificate.issuerName &&
      serialHex(identifier.serialNumber.valueBlock.valueHexView) === certificate.serial
    : hexOf(octetsOf(identifier)) === certificate.subjectKeyId

/**
 * Attributes as they are signed or authenticated: DER with the tag of a SET (RFC 5652 §5.4). They are taken as they came,
 * except where the sender used an indefinite length.
 */
export const attributesDer = ({ encodedValue, attributes }: SignedAndUnsignedAttributes): Uint8Array => {
  const encoded = new Uint8Array(encodedValue)
  return encoded[1] === 0x80 ? derSet(attributes) : encoded
}

/** The same in DER, whatever the order they came in. */
export const resortedAttributes = ({ attributes }: SignedAndUnsignedAttributes): Uint8Array =>
  derSet(attributes)

/** DER of a SET OF attributes, in the ascending order of their encodings; pkijs writes them as given. */
export const derSet = (attributes: readonly Attribute[]): Uint8Array =>
  new Uint8Array(new AsnSet({ value: sorted(attributes).map((attribute) => attribute.toSchema()) }).toBER())

export const sorted = (attributes: readonly Attribute[]): Attribute[] =>
  attributes
    .map((attribute) => ({ attribute, der: new Uint8Array(attribute.toSchema().toBER()) }))
    .sort((a, b) => Buffer.compare(a.der, b.der))
    .map(({ attribute }) => attribute)

/** Most recipients looked at. */
const maxRecipients = 1000

/** EnvelopedData (RFC 5652 §6.1) or AuthEnvelopedData (RFC 5083 §2.1), the content where it lies. */
export interface Enveloped {
  /** Those that can be read. */
  recipientInfos: RecipientInfo[]
  contentType: string
  algorithm: AlgorithmIdentifier
  encryptedContent: Place
  /** AuthEnvelopedData alone. */
  authAttrs: SignedAndUnsignedAttributes | null
  mac: Uint8Array | null
}

/** Takes the two kinds of enveloped data apart; throws. */
export const readEnveloped = ({ source, place }: CmsContent, authenticated: boolean): Enveloped => {
  const members = source.children(place).filter((member) => !isContext(member, 0))
  const [version, recipients, encrypted, ...rest] = members
  if (!isUniversal(version, tags.integer) || !recipients || !isUniversal(recipients, tags.set))
    throw new Malformed('an EnvelopedData')
  if (!encrypted || !isUniversal(encrypted, tags.sequence)) throw new Malformed('no encrypted content')
  const [type, algorithm, content] = source.children(encrypted)
  if (!algorithm || !content || !isContext(content, 0)) throw new Malformed('no encrypted content')
  const attributes = rest.find((member) => isContext(member, 1))
  const mac = rest.find((member) => isUniversal(member, tags.octetString))
  if (authenticated && !mac) throw new Malformed('no authentication')
  return {
    recipientInfos: source
      .children(recipients)
      .slice(0, maxRecipients)
      .flatMap((one) => {
        const info = parsed(
          () => new RecipientInfo({ schema: readBer(Uint8Array.from(bytesAt(source, one))) }),
        )
        return info.ok ? [info.value] : []
      }),
    contentType: oidAt(source, type),
    algorithm: new AlgorithmIdentifier({ schema: readBer(bytesAt(source, algorithm)) }),
    encryptedContent: content,
    authAttrs:
      authenticated && attributes
        ? new SignedAndUnsignedAttributes({ type: 1, schema: readBer(bytesAt(source, attributes)) })
        : null,
    mac: authenticated && mac ? octetsOf(readBer(bytesAt(source, mac))) : null,
  }
}
