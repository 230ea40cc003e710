import { expect, it } from 'vitest'
import type { Professional, SessionState } from './contract/index.ts'
import { authorOf } from './trace-author.ts'

/** Fictitious. */
const anne = { nationalId: '899700000101', givenName: 'Anne', familyName: 'MARTIN' }
const paul = { nationalId: '899700000202', givenName: 'Paul', familyName: 'BERNARD' }
const signedIn: Professional = {
  ...{ ...paul, rpps: '99700000202', professionCode: '10', organisation: null, situations: [] },
}
const open = (holder: typeof anne | null, openedBy: 'card' | 'passphrase') =>
  ({ phase: 'open', openedBy, holder, cardAway: null, slots: [], cardUser: null }) as unknown as SessionState

it('ECO.4.1.2: the author is whom the card names, else whom Pro Santé Connect does, else nobody', () => {
  const by = (holder: typeof anne | null, professional: Professional | null) =>
    authorOf(open(holder, holder ? 'card' : 'passphrase'), professional, 'poste-1')
  expect(by(anne, signedIn)).toEqual({
    professional: { id: anne.nationalId, name: 'Anne MARTIN' },
    openedBy: 'card',
    workstation: 'poste-1',
  })
  expect(by(anne, null)?.professional?.id).toBe(anne.nationalId)
  expect(by(null, signedIn)).toEqual({
    professional: { id: paul.nationalId, name: 'Paul BERNARD' },
    openedBy: 'passphrase',
    workstation: 'poste-1',
  })
  expect(by(null, null)).toEqual({ professional: null, openedBy: 'passphrase', workstation: 'poste-1' })
})

it('nobody is the author of what happens while the mailbox is closed', () => {
  expect(authorOf({ phase: 'opening' }, signedIn, 'poste-1')).toBeNull()
  expect(authorOf({ phase: 'no-vault' }, signedIn, 'poste-1')).toBeNull()
})
