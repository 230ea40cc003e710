import type {
  CardUser,
  Input,
  LockReason,
  Method,
  OutcomeData,
  SessionState,
  Settings,
} from '../../app/contract/index.ts'
import { cardOf, readersOf, token } from './fake-card.ts'
import { reply, refuse, type FakePart, type FakeWorld } from './fake-world.ts'

const slots = [
  {
    id: 'a',
    kind: 'card' as const,
    cardSerial: token.serial,
    label: token.label,
    createdAt: '2026-11-20T08:00:00Z',
  },
  { id: 'b', kind: 'recovery' as const, cardSerial: null, label: '', createdAt: '2026-11-20T08:00:00Z' },
  { id: 'c', kind: 'passphrase' as const, cardSerial: null, label: '', createdAt: '2026-11-20T08:00:00Z' },
]

const open: SessionState = {
  phase: 'open',
  openedBy: 'card',
  holder: token.holder,
  cardAway: null,
  slots,
  cardUser: { mailbox: 'this', enrolled: true },
}
const lockedBy = (reason: LockReason, cardUser: CardUser | null): SessionState => ({
  phase: 'locked',
  reason,
  slots,
  ways: ['card', 'recovery', 'passphrase'],
  cardUser,
})

/** Unlocking, the card, the settings. */
export const fakeSession = ({ scenario, emit }: FakeWorld): FakePart => {
  let session: SessionState =
    scenario.session === 'open'
      ? { ...open, ...scenario.open }
      : scenario.session === 'no-vault'
        ? { phase: 'no-vault' }
        : lockedBy(scenario.lockReason ?? 'start', scenario.cardUser ?? { mailbox: 'this', enrolled: true })
  let card = cardOf(scenario)
  let settings: Settings = {
    language: scenario.language ?? 'fr',
    theme: 'light',
    density: 'comfortable',
    lockAfterMinutes: 30,
    sendDelaySeconds: 10,
    deliveryNotices: true,
    replacePrefix: '[Annule et remplace] ',
  }
  const setSession = (next: SessionState): void => {
    session = next
    emit('session.changed', session)
  }
  const openWithPin = (pin: string, vault: boolean): OutcomeData => {
    if (pin === '1234') {
      card = { state: 'open', token }
      if (vault) {
        setSession({ phase: 'opening' })
        setTimeout(() => setSession(open), 400)
      }
      emit('card.changed', card)
      return { ok: true, value: null }
    }
    const left = 'triesLeft' in card ? Math.max(0, (card.triesLeft ?? 3) - 1) : 2
    card =
      left === 0
        ? { state: 'blocked', token, pukTriesLeft: null }
        : { state: 'pin-wrong', token, triesLeft: left }
    emit('card.changed', card)
    return left === 0 ? refuse('card.pin-locked') : refuse('card.pin-incorrect', { triesLeft: left })
  }

  return (method, input) => {
    // Calls are checked by the client on the way back; here the input is trusted as the contract types it.
    const given = <M extends Method>(): Input<M> => input as Input<M>
    switch (method) {
      case 'session.state':
        return reply(method, session)
      case 'session.createWithCard':
        card = { state: 'open', token }
        emit('card.changed', card)
        return reply(method, { recoveryCode: 'K7QM-2XDP-9HTA-WC4R-E8FN-6VBL-3JYS-T5GU' })
      case 'session.createWithPassphrase':
        return reply(method, { recoveryCode: 'K7QM-2XDP-9HTA-WC4R-E8FN-6VBL-3JYS-T5GU' })
      case 'session.openWithCard':
        return openWithPin(given<'session.openWithCard'>().pin, true)
      case 'session.openWithPassphrase':
        if (scenario.damaged) return refuse('vault.corrupt')
        if (given<'session.openWithPassphrase'>().passphrase.length < 4)
          return refuse('vault.passphrase-wrong')
        setSession(open)
        return reply(method, null)
      case 'session.openWithRecovery':
        return refuse('vault.recovery-wrong')
      case 'session.lock':
        setSession(lockedBy(given<'session.lock'>().reason, { mailbox: 'this', enrolled: true }))
        // Main loads another page at a lock.
        window.location.search = '?fake=unlock-pin-needed'
        return reply(method, null)
      case 'card.state':
        return reply(method, card)
      case 'card.readers':
        return reply(method, scenario.readers ?? readersOf(card))
      case 'card.close':
        if (card.state === 'open')
          card = { state: 'pin-needed', token: card.token, triesLeft: null, again: false }
        emit('card.changed', card)
        return reply(method, null)
      case 'card.pinCare':
        return reply(method, { by: scenario.cpsGestion === undefined ? 'direct' : 'cps-gestion' })
      case 'window.findCpsGestion':
        return reply(method, { found: scenario.cpsGestion === true })
      case 'window.openCpsGestion':
      case 'session.enrolCard':
      case 'card.choose':
        return reply(method, null)
      case 'session.switchTo':
        setSession(lockedBy('switch', { mailbox: 'this', enrolled: true }))
        return reply(method, null)
      case 'card.login':
        return openWithPin(given<'card.login'>().pin, false)
      case 'card.changePin':
        return given<'card.changePin'>().oldPin === '1234' ? reply(method, null) : openWithPin('', false)
      case 'card.unblock':
        if (given<'card.unblock'>().puk !== '12345678') return refuse('card.puk-incorrect', { triesLeft: 2 })
        card = { state: 'pin-needed', token, triesLeft: null, again: false }
        emit('card.changed', card)
        return reply(method, null)
      case 'settings.get':
        return reply(method, settings)
      case 'settings.set':
        settings = { ...settings, ...given<'settings.set'>() } as Settings
        emit('settings.changed', settings)
        return reply(method, settings)
      case 'window.about':
        return reply(method, { version: '0.1.0', host: 'electron-standin', platform: 'linux' })
      default:
        return null
    }
  }
}
