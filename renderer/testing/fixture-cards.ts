import type { CardReader } from '../../app/contract/index.ts'
import { token } from './fake-card.ts'

/** Another fictitious professional's card in a second reader. */
export const colleague: CardReader = {
  reader: 'OMNIKEY 3x21 01',
  content: 'card',
  inUse: false,
  token: {
    ...token,
    reader: 'OMNIKEY 3x21 01',
    label: 'CPS4v1-3100000202',
    serial: '3100000202',
    model: 'ChipDoc',
    holder: {
      nationalId: '899700000202',
      rpps: '99700000202',
      familyName: 'BERNARD',
      givenName: 'Paul',
      profession: 'Médecin',
      organisation: 'Cabinet médical des Lilas',
      cardKind: 'cps',
      specialty: null,
      activities: [],
    },
  },
}

export const twoCards: CardReader[] = [
  { reader: token.reader, content: 'card', token, inUse: true },
  colleague,
]
