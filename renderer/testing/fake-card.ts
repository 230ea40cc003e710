import type { CardCertificate, CardReader, CardState, CardToken } from '../../app/contract/index.ts'
import type { Scenario } from './scenarios.ts'

const certificate: CardCertificate = {
  notBefore: '2025-03-02T00:00:00.000Z',
  notAfter: '2028-03-01T23:59:59.000Z',
  validity: 'valid',
  revocation: 'good',
}

/** The fictitious card in the reader. */
export const token: CardToken = {
  reader: 'Gemalto PC Twin Reader 00',
  label: 'CPS3v3-2900000101',
  serial: '2900000101',
  model: 'CPS3v3',
  holder: {
    nationalId: '899700000101',
    rpps: '99700000101',
    familyName: 'MARTIN',
    givenName: 'Anne',
    profession: 'Médecin',
    organisation: 'Cabinet médical des Lilas',
    cardKind: 'cps',
    specialty: 'SM26',
    activities: [
      {
        number: 1,
        organisation: 'Cabinet médical des Lilas',
        structureId: '499700000101007',
        sector: 'SA07',
      },
      { number: 3, organisation: 'Hôpital fictif des Tilleuls', structureId: '1990000001', sector: 'SA01' },
    ],
  },
  pinPad: false,
  binding: 'opens',
  authentication: certificate,
  signature: certificate,
}

/** The readers of a scenario: the card's own, and an empty one. */
export const readersOf = (card: CardState): CardReader[] => {
  if (card.state === 'starting' || card.state === 'no-module' || card.state === 'module-failed') return []
  if (card.state === 'no-reader') return []
  const held = 'token' in card ? card.token : null
  const content =
    held !== null
      ? 'card'
      : card.state === 'unknown-card'
        ? 'unknown'
        : card.state === 'mute-card'
          ? 'mute'
          : card.state === 'contactless-card'
            ? 'contactless'
            : 'empty'
  return [
    { reader: token.reader, content, token: held, inUse: held !== null },
    { reader: 'OMNIKEY 3x21 01', content: 'empty', token: null, inUse: false },
  ]
}

/** The card state of a scenario. */
export const cardOf = (scenario: Scenario): CardState => {
  switch (scenario.card) {
    case 'starting':
      return { state: 'starting' }
    case 'no-module':
      return {
        state: 'no-module',
        tried: ['/usr/lib/libcps3_pkcs11_lux.so', '/opt/santesocial/CPS/lib/cps3.so'],
      }
    case 'module-failed':
      return {
        state: 'module-failed',
        path: '/usr/lib/libcps3_pkcs11_lux.so',
        error: { code: 'card.module-failed', retry: 'later' },
      }
    case 'no-reader':
      return { state: 'no-reader' }
    case 'no-card':
      return { state: 'no-card', readers: [token.reader] }
    case 'unknown-card':
      return { state: 'unknown-card', reader: token.reader }
    case 'mute-card':
      return { state: 'mute-card', reader: token.reader }
    case 'contactless-card':
      return { state: 'contactless-card', reader: token.reader }
    case 'pin-on-reader':
      return { state: 'pin-on-reader', token: { ...token, pinPad: true } }
    case 'dead':
      return { state: 'dead', token }
    case 'pin-pad':
      return { state: 'pin-needed', token: { ...token, pinPad: true }, triesLeft: null, again: false }
    case 'pin-wrong':
      return { state: 'pin-wrong', token, triesLeft: 2 }
    case 'last-try':
      return { state: 'pin-wrong', token, triesLeft: 1 }
    case 'blocked':
      return { state: 'blocked', token, pukTriesLeft: null }
    case 'removed':
      return { state: 'removed', serial: token.serial }
    case 'open':
      return { state: 'open', token }
    case 'pin-needed':
      return { state: 'pin-needed', token, triesLeft: null, again: false }
  }
}
