import type { CardHolder } from '../contract/index.ts'
import { cardKindOf, cardNumberOf, parseCertificate, subjectText } from './certificate.ts'

const oid = {
  commonName: '2.5.4.3',
  surname: '2.5.4.4',
  organisation: '2.5.4.10',
  title: '2.5.4.12',
  givenName: '2.5.4.42',
} as const

/**
 * Whom a card certificate names (cps-card.md §2.4–2.5); what the card's data objects add is not there. Null when the bytes are no certificate, when it has no national
 * identifier, or when it says the number of another card than `serial`. Never throws.
 */
export const holderOf = (certificateDer: Uint8Array, serial: string): CardHolder | null => {
  try {
    const certificate = parseCertificate(certificateDer)
    if (!certificate) return null
    const number = cardNumberOf(certificate)
    // The token's serial number is the end of the card number (§1.5).
    if (number !== null && !number.endsWith(serial) && !serial.endsWith(number)) return null
    const nationalId = subjectText(certificate, oid.commonName)
    if (!nationalId) return null
    return {
      nationalId,
      rpps: /^8(\d{11})$/.exec(nationalId)?.[1] ?? null,
      familyName: subjectText(certificate, oid.surname) ?? '',
      givenName: subjectText(certificate, oid.givenName) ?? '',
      profession: subjectText(certificate, oid.title),
      organisation: subjectText(certificate, oid.organisation),
      cardKind: cardKindOf(certificate),
      specialty: null,
      activities: [],
    }
  } catch {
    // pkijs and asn1js throw on structures that parse but make no sense.
    return null
  }
}
