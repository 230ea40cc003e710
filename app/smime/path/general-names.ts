import { Malformed } from '../asn1.ts'
import { contentOfDer, derAt, sequenceOf, type Der } from './der.ts'
import { readName, type DistinguishedName } from './names.ts'

/** Forms of a GeneralName (RFC 5280 §4.2.1.6) by tag number. */
export const nameForms = [
  'otherName',
  'rfc822Name',
  'dNSName',
  'x400Address',
  'directoryName',
  'ediPartyName',
  'uniformResourceIdentifier',
  'iPAddress',
  'registeredID',
] as const
export type NameForm = (typeof nameForms)[number]

export type GeneralName =
  | { form: 'rfc822Name' | 'dNSName' | 'uniformResourceIdentifier'; text: string }
  | { form: 'directoryName'; name: DistinguishedName }
  | { form: 'iPAddress'; bytes: Uint8Array }
  | { form: 'otherName' | 'x400Address' | 'ediPartyName' | 'registeredID'; bytes: Uint8Array }

/** Reads a GeneralName. Throws (see `parsed`). */
export const readGeneralName = (der: Der): GeneralName => {
  const form = nameForms[der.tag & 0x1f]
  if ((der.tag & 0xc0) !== 0x80 || form === undefined) throw new Malformed('a general name')
  const constructed = (der.tag & 0x20) !== 0
  switch (form) {
    case 'rfc822Name':
    case 'dNSName':
    case 'uniformResourceIdentifier':
      if (constructed) throw new Malformed('a general name')
      return { form, text: Buffer.from(contentOfDer(der)).toString('latin1') }
    case 'directoryName': {
      // Explicit: Name is a CHOICE.
      const inner = derAt(der.bytes, der.contentStart, der.end)
      if (!constructed || inner.end !== der.end) throw new Malformed('a general name')
      return { form, name: readName(inner) }
    }
    default:
      return { form, bytes: contentOfDer(der) }
  }
}

/** Reads GeneralNames under whatever tag. Throws. */
export const readGeneralNames = (der: Der): GeneralName[] =>
  sequenceOf(der, true, der.tag).map(readGeneralName)

/** Equal names have equal strings: a directory name in any writing, everything else to the byte. */
export const nameKey = (name: GeneralName): string => {
  if (name.form === 'directoryName') return `${name.form} ${name.name.canonical}`
  return `${name.form} ${'text' in name ? name.text : Buffer.from(name.bytes).toString('hex')}`
}
