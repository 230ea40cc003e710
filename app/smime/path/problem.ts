/**
 * Why a certificate or its path is refused: stable codes, also those of `inspect path` (docs/inspect.md). The order is
 * that of the checks in RFC 5280 §6.1.3 to §6.1.5, what comes before and after them first and last.
 */
export const pathProblems = [
  /** The certificate cannot be read: not DER, a field missing or against its type, a time that is none. */
  'malformed',
  'duplicate-extension',
  /** No certificate given bears the name of the issuer. */
  'issuer-not-found',
  /** The path ends at an authority that is no anchor. */
  'untrusted-authority',
  /** The issuer's key made the signature, but the names differ. */
  'name-chaining',
  /** The signature is not the issuer's. */
  'signature',
  'unsupported-algorithm',
  'weak-algorithm',
  'not-yet-valid',
  'expired',
  'name-constraints',
  /** No valid policy where one is required. */
  'policy',
  /** A mapping from or to anyPolicy. */
  'policy-mapping',
  /** No authority: without basicConstraints, cA false, or version 1 or 2. */
  'not-an-authority',
  'path-length',
  /** keyUsage without keyCertSign. */
  'key-usage',
  'critical-extension',
  'revoked',
  'revocation-unknown',
  /** Not for the purpose asked for: extended key usage, key usage, or an authority. */
  'purpose',
  /** The search was given up: too many certificates, names or policies. */
  'limit',
] as const
export type PathProblem = (typeof pathProblems)[number]
