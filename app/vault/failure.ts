import { fail, type ErrorCode, type Outcome } from '../contract/errors.ts'
import { interrupted } from './database.ts'

/** The driver's or the system's own name of an error, '' when it has none. */
export const codeOf = (error: unknown): string => {
  if (!(error instanceof Error) || !('code' in error)) return ''
  return typeof error.code === 'string' ? error.code : ''
}

const byPrefix: readonly (readonly [string, ErrorCode])[] = [
  ['SQLITE_FULL', 'vault.disk-full'],
  ['ENOSPC', 'vault.disk-full'],
  ['EDQUOT', 'vault.disk-full'],
  // What SQLCipher makes of any page whose HMAC is wrong.
  ['SQLITE_NOTADB', 'vault.corrupt'],
  ['SQLITE_CORRUPT', 'vault.corrupt'],
  ['SQLITE_IOERR_READ', 'vault.corrupt'],
  ['SQLITE_IOERR_SHORT_READ', 'vault.corrupt'],
  ['SQLITE_IOERR_CORRUPTFS', 'vault.corrupt'],
  ['SQLITE_IOERR_DATA', 'vault.corrupt'],
  ['SQLITE_READONLY', 'vault.read-only'],
  ['SQLITE_CANTOPEN', 'vault.read-only'],
  ['SQLITE_PERM', 'vault.read-only'],
  ['EROFS', 'vault.read-only'],
  ['EACCES', 'vault.read-only'],
  ['EPERM', 'vault.read-only'],
]

/**
 * The code for an error of SQLite or of the file system: `vault.disk-full`, `vault.corrupt`, `vault.read-only`,
 * `vault.locked` (stopped because the vault closes); anything else is a defect, `core.internal`.
 */
export const storeError = (error: unknown): Outcome<never> => {
  if (error === interrupted) return fail('vault.locked', { retry: 'after-login' })
  const code = codeOf(error)
  const known = byPrefix.find(([prefix]) => code.startsWith(prefix))
  if (known) {
    return fail(known[1], { retry: known[1] === 'vault.disk-full' ? 'later' : 'no', cause: error })
  }
  return fail('core.internal', { cause: error })
}
