import pkcs11 from 'pkcs11js'
import { fail, type ErrorCode, type Outcome } from '../contract/index.ts'

/** What PKCS#11 return values mean here (cps-card.md §1.9). */

/** Whether an error is one of these CKR_ values. */
export const isCode = (cause: unknown, ...codes: number[]): boolean =>
  cause instanceof pkcs11.Pkcs11Error && codes.includes(cause.code)

/** Codes that mean the card or its sessions are gone (cps-card.md §1.10). */
export const isRemoval = (cause: unknown): boolean =>
  isCode(
    cause,
    pkcs11.CKR_TOKEN_NOT_PRESENT,
    pkcs11.CKR_SESSION_HANDLE_INVALID,
    pkcs11.CKR_SESSION_CLOSED,
    pkcs11.CKR_DEVICE_REMOVED,
    pkcs11.CKR_DEVICE_ERROR,
    pkcs11.CKR_SLOT_ID_INVALID,
    pkcs11.CKR_TOKEN_NOT_RECOGNIZED,
  )

/** ASIP_BAD_EF_ACTUA: another program is updating the card. */
const badActuation = 0x80000001

/** A CKR_ name is safe to show and is what support asks for. */
export const reasonOf = (cause: unknown): string => {
  if (cause instanceof pkcs11.Pkcs11Error)
    return cause.code >>> 0 >= 0x80000000 ? `CKR_VENDOR 0x${(cause.code >>> 0).toString(16)}` : cause.message
  return 'unknown'
}

const retries: Partial<Record<ErrorCode, 'later' | 'after-login' | 'after-change'>> = {
  'card.removed': 'after-change',
  'card.login-required': 'after-login',
  'card.pin-cancelled': 'after-change',
  'card.pin-mismatch': 'after-change',
  'card.updating': 'later',
}

const codeOf = (cause: unknown): ErrorCode => {
  if (isRemoval(cause)) return 'card.removed'
  if (isCode(cause, pkcs11.CKR_USER_NOT_LOGGED_IN)) return 'card.login-required'
  if (isCode(cause, pkcs11.CKR_FUNCTION_CANCELED, pkcs11.CKR_FUNCTION_REJECTED)) return 'card.pin-cancelled'
  if (isCode(cause, pkcs11.CKR_PIN_INVALID)) return 'card.pin-mismatch'
  if (isCode(cause, pkcs11.CKR_PIN_LEN_RANGE)) return 'card.pin-format'
  if (cause instanceof pkcs11.Pkcs11Error && cause.code >>> 0 === badActuation) return 'card.updating'
  const refused = isCode(
    cause,
    pkcs11.CKR_KEY_TYPE_INCONSISTENT,
    pkcs11.CKR_MECHANISM_INVALID,
    pkcs11.CKR_MECHANISM_PARAM_INVALID,
    pkcs11.CKR_KEY_FUNCTION_NOT_PERMITTED,
  )
  return refused ? 'card.mechanism-unavailable' : 'card.operation-failed'
}

/** Any PKCS#11 error as an outcome, the CKR_ name in `details.reason`. */
export const failureOf = (cause: unknown): Outcome<never> => {
  const code = codeOf(cause)
  return fail(code, { retry: retries[code] ?? 'no', details: { reason: reasonOf(cause) } })
}
