import type { CardState, CardToken } from '../../app/contract/index.ts'
import type { Scenario } from './scenarios.ts'

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
  },
  pinPad: false,
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
    case 'pin-wrong':
      return { state: 'pin-wrong', token, triesLeft: 2 }
    case 'last-try':
      return { state: 'pin-wrong', token, triesLeft: 1 }
    case 'blocked':
      return { state: 'blocked', token }
    case 'removed':
      return { state: 'removed', serial: token.serial }
    case 'open':
      return { state: 'open', token }
    case 'pin-needed':
      return { state: 'pin-needed', token, triesLeft: 3 }
  }
}
