import pkcs11, { type Handle, type PKCS11, type TokenInfo } from 'pkcs11js'
import { isCode, isRemoval } from './ckr.ts'
import type { Purpose, SeenCard } from './protocol.ts'
import {
  isContactless,
  pukTriesOf,
  readCertificates,
  schemesOf,
  toDer,
  triesOf,
  type TokenCertificates,
} from './token.ts'

/** A card in a reader with the session it was read in. Handles die with the card and are never used again (§1.10). */
export interface HeldCard {
  slot: Handle
  session: Handle
  certificates: TokenCertificates
  /** Null unless it is open. */
  keys: Record<Purpose, Handle | null> | null
  seen: SeenCard
}

/** PKCS#11 values that pkcs11js does not name: CKS_RO_USER_FUNCTIONS, CKS_RW_USER_FUNCTIONS, CKF_TOKEN_PRESENT. */
const sessionState = { readOnlyUser: 1, readWriteUser: 3 } as const
export const tokenPresent = 1

export const readOnly = pkcs11.CKF_SERIAL_SESSION
export const readWrite = pkcs11.CKF_SERIAL_SESSION | pkcs11.CKF_RW_SESSION

const serialOf = (info: TokenInfo): string => info.serialNumber.trim()

/** Reads the card of a slot, in a session that stays open. Throws PKCS#11 errors. */
export const hold = (
  library: PKCS11,
  slot: Handle,
  reader: string,
  insertion: number,
): HeldCard | 'contactless' => {
  const info = library.C_GetTokenInfo(slot)
  if (isContactless(info)) return 'contactless'
  const session = library.C_OpenSession(slot, readOnly)
  try {
    const certificates = readCertificates(library, session)
    const seen: SeenCard = {
      insertion,
      reader,
      label: info.label.trim(),
      serial: serialOf(info),
      model: info.model.trim(),
      pinPad: (info.flags & pkcs11.CKF_PROTECTED_AUTHENTICATION_PATH) !== 0,
      triesLeft: triesOf(info),
      pukTriesLeft: pukTriesOf(info),
      certificates: toDer(certificates),
      schemes: schemesOf(library, slot, certificates),
      open: false,
    }
    return { slot, session, certificates, keys: null, seen }
  } catch (cause) {
    closeSession(library, session)
    throw cause
  }
}

/** Closes a session; one that died with its card is closed already. */
export const closeSession = (library: PKCS11, session: Handle): void => {
  try {
    library.C_CloseSession(session)
  } catch (cause) {
    if (!isRemoval(cause)) throw cause
  }
}

/** The PIN no longer holds. */
export const shut = (card: HeldCard): void => {
  card.seen.open = false
  card.keys = null
}

/** Whether the card is still there; notes a login that another program ended. */
export const stillHeld = (library: PKCS11, card: HeldCard): boolean => {
  try {
    const { state } = library.C_GetSessionInfo(card.session)
    if (state !== sessionState.readOnlyUser && state !== sessionState.readWriteUser) shut(card)
    const slot = library.C_GetSlotInfo(card.slot)
    // A reader unplugged may leave its slot to another one (§1.4).
    return (slot.flags & tokenPresent) !== 0 && slot.slotDescription.trim() === card.seen.reader
  } catch (cause) {
    if (isRemoval(cause)) return false
    throw cause
  }
}

/** Reads the flags again; false when another card has taken the place of this one. Costs the card some commands (§1.5). */
export const readFlags = (library: PKCS11, card: HeldCard): boolean => {
  const info = library.C_GetTokenInfo(card.slot)
  if (serialOf(info) !== card.seen.serial) return false
  card.seen.triesLeft = triesOf(info)
  card.seen.pukTriesLeft = pukTriesOf(info)
  return true
}

/** Ends the login; harmless without one. */
export const logOut = (library: PKCS11, card: HeldCard): void => {
  shut(card)
  try {
    library.C_Logout(card.session)
  } catch (cause) {
    if (!isCode(cause, pkcs11.CKR_USER_NOT_LOGGED_IN)) throw cause
  }
}
