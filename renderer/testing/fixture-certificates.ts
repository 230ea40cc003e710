import type {
  CertificateChange,
  CertificateSummary,
  CorrespondentCertificates,
  Expiry,
  OwnKey,
} from '../../app/contract/index.ts'
import { anne, correspondents } from './fixture-people.ts'

const authority = 'C=FR, O=ASIP-SANTE, CN=TEST AC IGC-SANTE ELEMENTAIRE PERSONNES'

const certificate = (
  digit: string,
  { address, name }: { address: string; name: string },
  more: Partial<CertificateSummary> = {},
): CertificateSummary => ({
  fingerprint: `${digit}3f9a07c5e1d2b48`.repeat(4),
  subject: `C=FR, CN=${name}`,
  issuer: authority,
  serial: `4a0${digit}`,
  notBefore: '2025-02-01T00:00:00Z',
  notAfter: '2028-02-01T00:00:00Z',
  emails: [address],
  nationalId: null,
  profession: null,
  ...more,
})

const mine = certificate('a', anne)
const former = certificate('b', anne, { notBefore: '2022-01-10T00:00:00Z', notAfter: '2025-01-10T00:00:00Z' })

/** A key in service and the one before it. */
export const ownKeys: readonly OwnKey[] = [
  { certificate: mine, uses: ['encryption'], current: true, addedAt: '2025-02-03T09:00:00Z' },
  {
    certificate: former,
    uses: ['signature', 'encryption'],
    current: false,
    addedAt: '2022-01-12T09:00:00Z',
  },
]

export const expiries: readonly Expiry[] = [
  { kind: 'key', name: anne.address, notAfter: '2026-12-14T00:00:00Z', days: 21 },
]

const { paul, marc, nurse } = correspondents
const paulBefore = certificate('1', paul)
const paulAfter = certificate('2', paul, {
  issuer: 'C=FR, O=Autre autorité, CN=AC Messagerie Express',
  notBefore: '2026-11-02T00:00:00Z',
  notAfter: '2027-11-02T00:00:00Z',
})
const marcBefore = certificate('3', marc, {
  notBefore: '2023-12-20T00:00:00Z',
  notAfter: '2026-12-20T00:00:00Z',
})
const marcAfter = certificate('4', marc, {
  notBefore: '2026-11-01T00:00:00Z',
  notAfter: '2029-11-01T00:00:00Z',
})

/** A renewal, which is calm, and another issuer, which is not. */
export const certificateChanges: readonly CertificateChange[] = [
  {
    address: paul.address,
    before: paulBefore,
    after: paulAfter,
    uses: ['signature', 'encryption'],
    kind: 'other-issuer',
    sameKey: false,
    firstSeen: '2026-11-20T08:12:00Z',
    refused: false,
  },
  {
    address: marc.address,
    before: marcBefore,
    after: marcAfter,
    uses: ['signature', 'encryption'],
    kind: 'renewal',
    sameKey: false,
    firstSeen: '2026-11-21T10:00:00Z',
    refused: false,
  },
]

const seen = {
  uses: ['signature', 'encryption'] as ('signature' | 'encryption')[],
  source: 'signed-mail' as const,
  firstSeen: '2025-02-11T08:00:00Z',
  lastSeen: '2026-11-18T08:00:00Z',
  replacedBy: null,
  decidedAt: null,
}

export const knownCertificates: readonly CorrespondentCertificates[] = [
  {
    ...paul,
    certificates: [
      {
        ...seen,
        certificate: paulAfter,
        state: 'changed',
        firstSeen: '2026-11-20T08:12:00Z',
        lastSeen: '2026-11-20T08:12:00Z',
      },
      { ...seen, certificate: paulBefore, state: 'current' },
    ],
  },
  {
    ...nurse,
    certificates: [
      { ...seen, certificate: certificate('5', nurse), state: 'current', source: 'import' },
      {
        ...seen,
        certificate: certificate('6', nurse, {
          notBefore: '2022-02-01T00:00:00Z',
          notAfter: '2025-02-01T00:00:00Z',
        }),
        state: 'former',
        decidedAt: '2025-01-20T08:00:00Z',
        replacedBy: certificate('5', nurse).fingerprint,
      },
    ],
  },
]
