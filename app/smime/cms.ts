import {
  Constructed,
  Integer,
  OctetString,
  Repeated,
  Sequence,
  Set as AsnSet,
  compareSchema,
  type Any,
  type AsnType,
} from 'asn1js'
import {
  ContentInfo,
  EncryptedContentInfo,
  IssuerAndSerialNumber,
  RecipientInfo,
  SignedAndUnsignedAttributes,
  type Attribute,
} from 'pkijs'
import type { Outcome } from '../contract/errors.ts'
import { hexOf, octetsOf, parsed, readBer, serialHex } from './asn1.ts'
import type { CertificateFacts } from './certificate.ts'

/** Content type and content of a ContentInfo (RFC 5652 §3). Fails with `smime.malformed`. */
export const readContentInfo = (cms: Uint8Array): Outcome<{ type: string; content: AsnType }> =>
  parsed(() => {
    const info = new ContentInfo({ schema: readBer(cms) })
    return { type: info.contentType, content: info.content as AsnType }
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

/** DER of a SET OF attributes, in the ascending order of their encodings; pkijs writes them as given. */
export const derSet = (attributes: readonly Attribute[]): Uint8Array =>
  new Uint8Array(new AsnSet({ value: sorted(attributes).map((attribute) => attribute.toSchema()) }).toBER())

export const sorted = (attributes: readonly Attribute[]): Attribute[] =>
  attributes
    .map((attribute) => ({ attribute, der: new Uint8Array(attribute.toSchema().toBER()) }))
    .sort((a, b) => Buffer.compare(a.der, b.der))
    .map(({ attribute }) => attribute)

interface AuthEnvelopedData {
  recipientInfos: RecipientInfo[]
  encryptedContentInfo: EncryptedContentInfo
  authAttrs: SignedAndUnsignedAttributes | null
  mac: Uint8Array
}

const context = (tagNumber: number) => ({ tagClass: 3, tagNumber })

/** AuthEnvelopedData (RFC 5083 §2.1), which pkijs lacks, out of pkijs' own members; throws. */
export const readAuthEnvelopedData = (content: AsnType): AuthEnvelopedData => {
  const schema = new Sequence({
    value: [
      new Integer({ name: 'version' }),
      new Constructed({ optional: true, idBlock: context(0), value: [new Repeated({})] }),
      new AsnSet({ value: [new Repeated({ name: 'recipientInfos', value: RecipientInfo.schema() as Any })] }),
      EncryptedContentInfo.schema({ names: { blockName: 'encrypted' } }) as AsnType,
      SignedAndUnsignedAttributes.schema({ names: { blockName: 'authAttrs', tagNumber: 1 } }) as AsnType,
      new OctetString({ name: 'mac' }),
      SignedAndUnsignedAttributes.schema({ names: { tagNumber: 2 } }) as AsnType,
    ],
  })
  const { verified, result } = compareSchema(content, content, schema)
  if (!verified) throw new Error('not an AuthEnvelopedData')
  const found = result as unknown as Record<string, unknown>
  const recipients = (found['recipientInfos'] ?? []) as unknown[]
  return {
    recipientInfos: recipients.map((one) => new RecipientInfo({ schema: one })),
    encryptedContentInfo: new EncryptedContentInfo({ schema: found['encrypted'] }),
    authAttrs: found['authAttrs']
      ? new SignedAndUnsignedAttributes({ type: 1, schema: found['authAttrs'] })
      : null,
    mac: octetsOf(found['mac']),
  }
}
