import pkcs11, { type Handle, type PKCS11 } from 'pkcs11js'
import { fail, ok, type Outcome } from '../contract/index.ts'
import { failureOf, isCode } from './ckr.ts'
import { closeSession, logOut, readFlags, readOnly, readWrite, shut, type HeldCard } from './held-card.ts'
import { pairKeys } from './token.ts'

/**
 * Everything that presents a code to a card (cps-card.md §1.6). A code typed once is presented once: nothing here tries again
 * what was refused. Functions throw the PKCS#11 errors that are not about a code.
 */

const gone = (): Outcome<never> => fail('card.removed', { retry: 'after-change' })

const isRefusal = (cause: unknown): boolean =>
  isCode(cause, pkcs11.CKR_PIN_INCORRECT, pkcs11.CKR_PIN_LOCKED, pkcs11.CKR_PIN_LEN_RANGE)

const lastTry = (code: 'card.last-try' | 'card.puk-last-try'): Outcome<never> =>
  fail(code, { retry: 'after-change', details: { triesLeft: 1 } })

const pinLocked = (): Outcome<never> => fail('card.pin-locked', { details: { triesLeft: 0 } })
const pukLocked = (): Outcome<never> => fail('card.puk-locked', { details: { triesLeft: 0 } })

const counted = (triesLeft: number | null): { triesLeft?: number } =>
  triesLeft === null ? {} : { triesLeft }

/** Flags are read again after a failure: the code of the third one differs between cards (§1.6). */
const refusedPin = (library: PKCS11, card: HeldCard, cause: unknown): Outcome<never> => {
  shut(card)
  if (!readFlags(library, card)) return gone()
  if (card.seen.triesLeft === 0 || isCode(cause, pkcs11.CKR_PIN_LOCKED)) {
    card.seen.triesLeft = 0
    return pinLocked()
  }
  return fail('card.pin-incorrect', { retry: 'after-change', details: counted(card.seen.triesLeft) })
}

/** May the PIN be presented at all? */
const pinBarrier = (library: PKCS11, card: HeldCard, insist: boolean): Outcome<null> => {
  if (!readFlags(library, card)) return gone()
  if (card.seen.triesLeft === 0) return pinLocked()
  return card.seen.triesLeft === 1 && !insist ? lastTry('card.last-try') : ok(null)
}

/** A key-pad reader takes the code itself and is given an empty one (§1.6). */
const typed = (card: HeldCard, code: string): string => (card.seen.pinPad ? '' : code)

const present = (library: PKCS11, card: HeldCard, pin: string): void => {
  const login = (): void => library.C_Login(card.session, pkcs11.CKU_USER, typed(card, pin))
  try {
    login()
  } catch (cause) {
    // Told before the code is looked at: it has not been presented yet.
    if (!isCode(cause, pkcs11.CKR_USER_ALREADY_LOGGED_IN)) throw cause
    logOut(library, card)
    login()
  }
  card.keys = pairKeys(library, card.session, card.certificates)
  card.seen.open = true
  card.seen.triesLeft = null
}

/** Opens the card. Errors: card.pin-incorrect, card.pin-locked, card.last-try, card.removed. */
export const logIn = (library: PKCS11, card: HeldCard, pin: string, insist: boolean): Outcome<null> => {
  const barrier = pinBarrier(library, card, insist)
  if (!barrier.ok) return barrier
  if (card.seen.open) logOut(library, card)
  try {
    present(library, card, pin)
    return ok(null)
  } catch (cause) {
    if (isRefusal(cause)) return refusedPin(library, card, cause)
    shut(card)
    return failureOf(cause)
  }
}

/** Runs something in a read-write session of its own. */
const inReadWrite = (library: PKCS11, slot: Handle, work: (session: Handle) => void): void => {
  const session = library.C_OpenSession(slot, readWrite)
  try {
    work(session)
  } finally {
    closeSession(library, session)
  }
}

/**
 * Changes the PIN. A card that was open stays open: the module keeps the PIN it was given (§1.6), so it is given the new one.
 * Errors as for `logIn`, and card.pin-mismatch from a key pad.
 */
export const changePin = (
  library: PKCS11,
  card: HeldCard,
  codes: { oldPin: string; newPin: string },
  insist: boolean,
): Outcome<{ open: boolean }> => {
  const barrier = pinBarrier(library, card, insist)
  if (!barrier.ok) return barrier
  const wasOpen = card.seen.open
  try {
    inReadWrite(library, card.slot, (session) =>
      library.C_SetPIN(session, typed(card, codes.oldPin), typed(card, codes.newPin)),
    )
  } catch (cause) {
    return isRefusal(cause) ? refusedPin(library, card, cause) : failureOf(cause)
  }
  card.seen.triesLeft = null
  if (!wasOpen) return ok({ open: false })
  logOut(library, card)
  // Of a key pad, the new code is not known here.
  if (card.seen.pinPad) return ok({ open: false })
  present(library, card, codes.newPin)
  return ok({ open: true })
}

const refusedPuk = (library: PKCS11, card: HeldCard, cause: unknown): Outcome<never> => {
  if (!readFlags(library, card)) return gone()
  if (card.seen.pukTriesLeft === 0 || isCode(cause, pkcs11.CKR_PIN_LOCKED)) {
    card.seen.pukTriesLeft = 0
    return pukLocked()
  }
  return fail('card.puk-incorrect', { retry: 'after-change', details: counted(card.seen.pukTriesLeft) })
}

/**
 * Gives a new PIN by the PUK. The card's read-only session has to be closed for it (§1.6) and is opened again after.
 * Errors: card.puk-incorrect, card.puk-locked, card.puk-last-try, card.pin-mismatch, card.pin-cancelled, card.removed.
 */
export const unblock = (
  library: PKCS11,
  card: HeldCard,
  codes: { puk: string; newPin: string },
  insist: boolean,
): Outcome<null> => {
  if (!readFlags(library, card)) return gone()
  if (card.seen.pukTriesLeft === 0) return pukLocked()
  if (card.seen.pukTriesLeft === 1 && !insist) return lastTry('card.puk-last-try')
  shut(card)
  closeSession(library, card.session)
  let refusal: unknown = null
  try {
    inReadWrite(library, card.slot, (session) => {
      library.C_Login(session, pkcs11.CKU_SO, typed(card, codes.puk))
      try {
        library.C_InitPIN(session, typed(card, codes.newPin))
      } finally {
        library.C_Logout(session)
      }
    })
  } catch (cause) {
    refusal = cause
  }
  // Whatever came of it, the card stays in hand.
  card.session = library.C_OpenSession(card.slot, readOnly)
  if (refusal !== null) return isRefusal(refusal) ? refusedPuk(library, card, refusal) : failureOf(refusal)
  return readFlags(library, card) ? ok(null) : gone()
}
