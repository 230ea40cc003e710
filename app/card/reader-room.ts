import pkcs11, { type Handle, type PKCS11 } from 'pkcs11js'
import { fail, ok, type ErrorCode, type Outcome } from '../contract/index.ts'
import type { Purpose, Reply, SeenCard, Sight } from './protocol.ts'
import {
  isCode,
  isContactless,
  isRemoval,
  pairKeys,
  readCertificates,
  toDer,
  triesOf,
  type TokenCertificates,
} from './token.ts'

/** DigestInfo of SHA-256 (RFC 8017 §9.2): the authentication key of a CPS3 hashes nothing itself (cps-card.md §1.8). */
const sha256Info = Buffer.from('3031300d060960864801650304020105000420', 'hex')

/** PKCS#11 values that pkcs11js does not name: CKS_RO_USER_FUNCTIONS, CKS_RW_USER_FUNCTIONS, CKF_TOKEN_PRESENT. */
const sessionState = { readOnlyUser: 1, readWriteUser: 3 } as const
const tokenPresent = 1

interface Present {
  slot: Handle
  session: Handle
  certificates: TokenCertificates
  keys: Record<Purpose, Handle | null> | null
  seen: SeenCard
}

/** A CKR_ name is safe to show and is what support asks for. */
const failed = (code: ErrorCode, cause: unknown): Outcome<never> =>
  fail(code, {
    retry: code === 'card.removed' ? 'after-change' : code === 'card.login-required' ? 'after-login' : 'no',
    details: { reason: cause instanceof pkcs11.Pkcs11Error ? cause.message : 'unknown' },
  })

const retryOfTries = (triesLeft: number | null): 'no' | 'after-change' =>
  triesLeft === 0 ? 'no' : 'after-change'

/** One PKCS#11 module with its readers. Every method blocks until the card has answered: it is run in its own process. */
interface ReaderRoom {
  load(path: string): Outcome<null>
  look(): Outcome<Reply<'look'>>
  login(insertion: number, pin: string, shownTries: number | null): Outcome<null>
  logout(): Outcome<null>
  sign(purpose: Purpose, digest: Uint8Array): Outcome<Reply<'sign'>>
  stop(): Outcome<null>
}

export const createReaderRoom = (): ReaderRoom => {
  let module: PKCS11 | null = null
  let present: Present | null = null
  let insertions = 0
  let lastSight = ''

  const leave = (library: PKCS11): void => {
    if (!present) return
    try {
      library.C_CloseAllSessions(present.slot)
    } catch (cause) {
      if (!isRemoval(cause)) throw cause
    }
    present = null
  }

  /** Events only tell that something moved; each is read so that none stays for later. */
  const drainEvents = (library: PKCS11): void => {
    try {
      for (let i = 0; i < 16 && library.C_WaitForSlotEvent(pkcs11.CKF_DONT_BLOCK) !== null; i++);
    } catch (cause) {
      // Some modules have no events at all; looking at the session is enough.
      if (!isCode(cause, pkcs11.CKR_FUNCTION_NOT_SUPPORTED)) throw cause
    }
  }

  /** The card in hand is still there, and its login still holds. */
  const stillPresent = (library: PKCS11): boolean => {
    if (!present) return false
    try {
      const { state } = library.C_GetSessionInfo(present.session)
      const open = state === sessionState.readOnlyUser || state === sessionState.readWriteUser
      if (!open) {
        present.seen.open = false
        present.keys = null
      }
      return (library.C_GetSlotInfo(present.slot).flags & tokenPresent) !== 0
    } catch (cause) {
      if (isRemoval(cause)) return false
      throw cause
    }
  }

  /** Makes the card of a slot the card in hand. « contactless » is no person's card. */
  const enter = (
    library: PKCS11,
    slot: Handle,
    reader: string,
  ): 'entered' | 'contactless' | 'unknown' | 'gone' => {
    try {
      const info = library.C_GetTokenInfo(slot)
      if (isContactless(info)) return 'contactless'
      const session = library.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION)
      const certificates = readCertificates(library, session)
      insertions += 1
      const seen: SeenCard = {
        insertion: insertions,
        reader,
        label: info.label.trim(),
        serial: info.serialNumber.trim(),
        model: info.model.trim(),
        pinPad: (info.flags & pkcs11.CKF_PROTECTED_AUTHENTICATION_PATH) !== 0,
        triesLeft: triesOf(info),
        certificates: toDer(certificates),
        open: false,
      }
      present = { slot, session, certificates, keys: null, seen }
      return 'entered'
    } catch (cause) {
      if (isCode(cause, pkcs11.CKR_TOKEN_NOT_RECOGNIZED)) return 'unknown'
      if (isRemoval(cause)) return 'gone'
      throw cause
    }
  }

  const scan = (library: PKCS11): Sight => {
    const slots = library.C_GetSlotList(false).map((slot) => ({ slot, info: library.C_GetSlotInfo(slot) }))
    const readers = slots.map(({ info }) => info.slotDescription.trim())
    let unknownIn: string | null = null
    for (const { slot, info } of slots) {
      if (present) break
      if (!(info.flags & tokenPresent)) continue
      const reader = info.slotDescription.trim()
      if (enter(library, slot, reader) === 'unknown') unknownIn ??= reader
    }
    return { readers, card: present ? { ...present.seen } : null, unknownIn: present ? null : unknownIn }
  }

  /** After any PKCS#11 error: what it means, and whether the card is lost. */
  const judge = (library: PKCS11, cause: unknown): Outcome<never> => {
    if (isRemoval(cause)) {
      leave(library)
      return failed('card.removed', cause)
    }
    if (isCode(cause, pkcs11.CKR_USER_NOT_LOGGED_IN) && present) {
      present.seen.open = false
      present.keys = null
      return failed('card.login-required', cause)
    }
    const refused = isCode(
      cause,
      pkcs11.CKR_KEY_TYPE_INCONSISTENT,
      pkcs11.CKR_MECHANISM_INVALID,
      pkcs11.CKR_KEY_FUNCTION_NOT_PERMITTED,
    )
    return failed(refused ? 'card.mechanism-unavailable' : 'card.operation-failed', cause)
  }

  /** Flags are read again after a failure: the code of the third one differs between cards (§1.6). */
  const refusedPin = (library: PKCS11, card: Present, cause: unknown): Outcome<never> => {
    card.seen.triesLeft = triesOf(library.C_GetTokenInfo(card.slot))
    const locked = card.seen.triesLeft === 0 || isCode(cause, pkcs11.CKR_PIN_LOCKED)
    const triesLeft = locked ? 0 : card.seen.triesLeft
    return fail(locked ? 'card.pin-locked' : 'card.pin-incorrect', {
      retry: retryOfTries(triesLeft),
      details: triesLeft === null ? {} : { triesLeft },
    })
  }

  return {
    load: (path) => {
      const library = new pkcs11.PKCS11()
      try {
        library.load(path)
        library.C_Initialize({ flags: pkcs11.CKF_OS_LOCKING_OK })
        module = library
        return ok(null)
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message.slice(0, 300) : 'unknown'
        return fail('card.module-failed', { retry: 'after-change', details: { path, reason } })
      }
    },
    look: () => {
      if (!module) return fail('card.no-module')
      try {
        drainEvents(module)
        if (!stillPresent(module)) leave(module)
        const sight = scan(module)
        const asText = JSON.stringify({ ...sight, card: sight.card && { ...sight.card, certificates: null } })
        if (asText === lastSight) return ok({ sight: null })
        lastSight = asText
        return ok({ sight })
      } catch (cause) {
        return judge(module, cause)
      }
    },
    login: (insertion, pin, shownTries) => {
      if (!module || present?.seen.insertion !== insertion)
        return fail('card.removed', { retry: 'after-change' })
      const card = present
      try {
        const triesLeft = triesOf(module.C_GetTokenInfo(card.slot))
        card.seen.triesLeft = triesLeft
        if (triesLeft === 0) return fail('card.pin-locked', { details: { triesLeft } })
        if (triesLeft === 1 && shownTries !== 1)
          return fail('card.last-try', { retry: 'after-change', details: { triesLeft } })
        if (card.seen.open) module.C_Logout(card.session)
        card.seen.open = false
        // A key-pad reader takes the PIN itself and is given an empty one (§1.6).
        module.C_Login(card.session, pkcs11.CKU_USER, card.seen.pinPad ? '' : pin)
        card.keys = pairKeys(module, card.session, card.certificates)
        card.seen.open = true
        card.seen.triesLeft = null
        return ok(null)
      } catch (cause) {
        try {
          if (isCode(cause, pkcs11.CKR_PIN_INCORRECT, pkcs11.CKR_PIN_LOCKED, pkcs11.CKR_PIN_LEN_RANGE))
            return refusedPin(module, card, cause)
        } catch (second) {
          return judge(module, second)
        }
        return judge(module, cause)
      }
    },
    logout: () => {
      if (!module || !present?.seen.open) return ok(null)
      present.seen.open = false
      present.keys = null
      try {
        module.C_Logout(present.session)
        return ok(null)
      } catch (cause) {
        if (isCode(cause, pkcs11.CKR_USER_NOT_LOGGED_IN)) return ok(null)
        return judge(module, cause)
      }
    },
    sign: (purpose, digest) => {
      if (!module || !present) return fail('card.no-card', { retry: 'after-change' })
      if (!present.seen.open || !present.keys) return fail('card.login-required', { retry: 'after-login' })
      const key = present.keys[purpose]
      if (!key) return fail('card.no-certificate', { details: { purpose } })
      try {
        module.C_SignInit(present.session, { mechanism: pkcs11.CKM_RSA_PKCS }, key)
        const signature = module.C_Sign(
          present.session,
          Buffer.concat([sha256Info, digest]),
          Buffer.alloc(1024),
        )
        return ok({ signature: Uint8Array.from(signature) })
      } catch (cause) {
        return judge(module, cause)
      }
    },
    stop: () => {
      try {
        if (module) leave(module)
        module?.C_Finalize()
        module = null
        return ok(null)
      } catch (cause) {
        return failed('card.operation-failed', cause)
      }
    },
  }
}
