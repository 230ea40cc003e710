import { describe, expect, it } from 'vitest'
import type { KeySlot } from '../contract/index.ts'
import { createBinding } from './choice.ts'

const slot = (kind: KeySlot['kind'], cardSerial: string | null = null): KeySlot => ({
  id: cardSerial ?? kind,
  kind,
  cardSerial,
  label: '',
  createdAt: '',
})
const owners = { storeOf: (nationalId: string) => (nationalId === '8A' ? 'anne' : null) }
const anne = { id: 'anne', slots: [slot('recovery'), slot('card', '290')] }

describe('what a card is to the mailboxes of this workstation', () => {
  it.each([
    ['the card itself', [anne], { serial: '290', nationalId: '8A' }, 'opens'],
    ['another card of the owner', [anne], { serial: '310', nationalId: '8A' }, 'renewed'],
    ['a colleague’s', [anne], { serial: '777', nationalId: '8P' }, 'other'],
    ['a card that does not say whose', [anne], { serial: '777', nationalId: null }, 'other'],
    ['any card, nobody having a mailbox', [], { serial: '290', nationalId: '8A' }, 'unbound'],
    [
      'any card, where no card opens anything',
      [{ id: 'x', slots: [slot('passphrase')] }],
      { serial: '290', nationalId: null },
      'unbound',
    ],
  ] as const)('%s', (_what, stores, card, binding) => {
    const vaults = { list: () => stores.map(({ id, slots }) => ({ id, slots: [...slots] })) }
    expect(createBinding(vaults, owners)(card)).toBe(binding)
  })
})
