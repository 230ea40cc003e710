import type { ErrorCode } from '../../contract/index.ts'

/** Ends a work of the directory with a code of the contract. */
export class Refusal extends Error {
  readonly code: ErrorCode
  constructor(code: ErrorCode, cause?: unknown) {
    super(code, { cause })
    this.name = 'Refusal'
    this.code = code
  }
}
