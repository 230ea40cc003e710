// @vitest-environment jsdom
import { renderToStaticMarkup } from 'react-dom/server'
import { afterEach, describe, expect, test } from 'vitest'
import { errorCodes, type CardState, type ErrorCode } from '../../app/contract/index.ts'
import { errorSentence, setLanguage } from '../i18n/index.ts'
import { token } from '../testing/fake-card.ts'
import { CardTrouble } from './card-trouble.tsx'
import { PinForm } from './pin-form.tsx'

afterEach(() => setLanguage('fr'))

/** One of each; a state of the contract that is missing here does not compile. */
const states: { [S in CardState['state']]: Extract<CardState, { state: S }> } = {
  starting: { state: 'starting' },
  'no-module': { state: 'no-module', tried: ['/opt/cps.so'] },
  'module-failed': {
    state: 'module-failed',
    path: '/opt/cps.so',
    error: { code: 'card.module-too-old', retry: 'after-change' },
  },
  'no-reader': { state: 'no-reader' },
  'no-card': { state: 'no-card', readers: [token.reader] },
  'unknown-card': { state: 'unknown-card', reader: token.reader },
  'mute-card': { state: 'mute-card', reader: token.reader },
  'contactless-card': { state: 'contactless-card', reader: token.reader },
  'pin-needed': { state: 'pin-needed', token, triesLeft: 1, again: false },
  'pin-wrong': { state: 'pin-wrong', token, triesLeft: 2 },
  'pin-on-reader': { state: 'pin-on-reader', token: { ...token, pinPad: true } },
  blocked: { state: 'blocked', token, pukTriesLeft: null },
  dead: { state: 'dead', token },
  open: { state: 'open', token },
  removed: { state: 'removed', serial: token.serial },
}

/** What a state shows where a PIN is wanted: the form, or why there is none. */
const shown = (card: CardState): string =>
  renderToStaticMarkup(
    card.state === 'pin-needed' ||
      card.state === 'pin-wrong' ||
      card.state === 'pin-on-reader' ||
      card.state === 'open' ? (
      <PinForm
        card={card}
        busy={false}
        error={null}
        submitLabel="Ouvrir"
        onSubmit={() => Promise.resolve()}
      />
    ) : (
      <CardTrouble card={card} />
    ),
  ).replace(/<[^>]*>/g, ' ')

describe.each(['fr', 'en'] as const)('in %s', (language) => {
  test('every state of the card says something of its own', () => {
    setLanguage(language)
    const texts = Object.values(states).map((card) => shown(card).replace(/\s+/g, ' ').trim())
    for (const text of texts) expect(text.length).toBeGreaterThan(20)
    // An open card is shown the form of one that waits for its PIN.
    expect(new Set(texts).size).toBeGreaterThanOrEqual(texts.length - 1)
  })

  test.each(errorCodes.filter((code) => code.startsWith('card.')))(
    '%s: what, what is safe, what to do',
    (code: ErrorCode) => {
      setLanguage(language)
      for (const details of [{}, { triesLeft: 1 }, { triesLeft: 2 }]) {
        const { what, safe, todo } = errorSentence({ code, details })
        for (const text of [what, safe, todo]) {
          expect(text.length).toBeGreaterThan(8)
          expect(text).not.toMatch(/[{}]|undefined/)
        }
      }
    },
  )
})

test('no two codes of the card say the same', () => {
  const whats = errorCodes
    .filter((code) => code.startsWith('card.'))
    .map((code) => errorSentence({ code }).what)
  expect(new Set(whats).size).toBe(whats.length)
})
