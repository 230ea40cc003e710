import type { CardContents } from './index.ts'
import { makeTestKey, type TestCardPki, type TestHolder } from './test-certificates.ts'

/** A place where a fictitious holder practises, as CPS_ACTIVITY_nn_PS says it. */
export interface TestActivity {
  /** 1 to 16; numbers may be missing in between. */
  number: number
  /** Raison sociale. */
  name: string
  /** Identifier of the structure with its prefix digit. */
  structureId: string
  /** `SAxx`. */
  sector: string
}

/** BER-TLV with one byte of tag; the length on one byte or two. */
const tlv = (tag: number, ...content: (Uint8Array | string)[]): Buffer => {
  const value = Buffer.concat(content.map((part) => Buffer.from(part)))
  const length = value.length < 0x80 ? [value.length] : [0x81, value.length]
  return Buffer.concat([Buffer.from([tag, ...length]), value])
}

/**
 * Synthetic data objects of a card (cps-card.md §1.7): the layout of the activities and the end of CPS_INFO_PS are those a third
 * party reports, the rest has no known layout and is made up. All of it is fictitious.
 */
export const makeDataObjects = (
  holder: TestHolder,
  activities: readonly TestActivity[],
  specialty = 'SM26',
): NonNullable<CardContents['dataObjects']> => {
  const free = (label: string, value: Buffer) => ({ label, value, afterPin: false })
  const closed = (label: string, value: Buffer) => ({ label, value, afterPin: true })
  const name = tlv(
    0xe1,
    tlv(0x80, holder.nationalId),
    tlv(0x81, holder.familyName),
    tlv(0x82, holder.givenName),
  )
  const card = tlv(0xe0, tlv(0x80, '8025000001'), tlv(0x81, holder.serial))
  const information = tlv(0xe3, tlv(0x80, String(holder.professionCode ?? 10)), tlv(0x81, specialty))
  return [
    free('CPS_DATA', tlv(0xef, 'donnees libres fictives')),
    free('CPS_ID_CARD', card),
    free('CPS_NAME_PS', name),
    free('CPS_LANG_PS', tlv(0xe2, 'fr')),
    free('CPS_INFO_PS', information),
    ...activities.map((activity) =>
      closed(
        `CPS_ACTIVITY_${String(activity.number).padStart(2, '0')}_PS`,
        tlv(0xee, tlv(0x84, activity.name), tlv(0x85, activity.structureId), tlv(0x86, activity.sector)),
      ),
    ),
    closed('CPS_SIT_FACT', tlv(0xed, 'fictif')),
    free('CPS2TER_ID', card),
    free('CPS2TER_NAME', name),
    closed('CPS2TER_ACTIVITY_01_PS', tlv(0xee, tlv(0x84, 'Cabinet fictif'))),
  ]
}

/** The kinds of cards a client must cope with (cps-card.md §6.4). */
export type CardVariant =
  'good' | 'expired' | 'not-yet-valid' | 'revoked' | 'no-decryption' | 'encryption' | 'self-signed'

const years = (now: Date, count: number): Date => {
  const date = new Date(now)
  date.setUTCFullYear(date.getUTCFullYear() + count)
  return date
}

/**
 * What is on a test card of a fictitious holder: a CPS, or a CPE when the holder has an employer. `revoked` also puts it on the
 * authority's CRL. `encryption` is no CPS but a contrast token that holds an encryption key besides.
 */
export const makeTestCard = (
  pki: TestCardPki,
  holder: TestHolder,
  options: {
    now: Date
    variant?: CardVariant
    generation?: 3 | 4
    activities?: readonly TestActivity[]
    pin?: string
  },
): CardContents => {
  const { now, variant = 'good', generation = 3, pin = '1234' } = options
  const validity =
    variant === 'expired'
      ? { from: years(now, -4), to: years(now, -1) }
      : variant === 'not-yet-valid'
        ? { from: years(now, 1) }
        : {}
  const key = (role: 'authentication' | 'signature' | 'technical') =>
    variant === 'self-signed' ? makeTestKey(role, holder) : pki.key(role, holder, validity)
  const authentication = key('authentication')
  const signature = key('signature')
  if (variant === 'revoked') for (const one of [authentication, signature]) pki.revoke(one)
  const address = `${holder.familyName.toLowerCase()}@medecin.mssante.test`
  return {
    serial: holder.serial,
    label: `${holder.employer ? 'CPE' : 'CPS'}${String(generation)}v${generation === 3 ? '3' : '1'}-${holder.serial}`,
    pin,
    puk: '12345678',
    profile: holder.employer ? 'cpe' : generation === 4 ? 'cps4' : 'cps3',
    authentication,
    signature,
    technical: key('technical'),
    authenticationDecrypts: variant !== 'no-decryption',
    others:
      variant === 'encryption'
        ? [
            {
              ...pki.encryptionKey(holder, address),
              label: 'PRIV_CONF',
              certificateLabel: 'Certificat de Confidentialite',
              signs: false,
              decrypts: true,
            },
          ]
        : [],
    dataObjects: makeDataObjects(holder, options.activities ?? []),
  }
}
