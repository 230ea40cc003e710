import type { z } from 'zod'
import { fail, ok } from '../../app/contract/index.ts'
import type { Outcome } from '../../app/contract/index.ts'

/** Reads the JSON of a part by its schema; what is of another shape is `contract.invalid-reply`. */
export const partReader =
  <T>(schema: z.ZodType<T>) =>
  (bytes: Uint8Array<ArrayBuffer>): Outcome<T> => {
    let json: unknown
    try {
      json = JSON.parse(new TextDecoder().decode(bytes))
    } catch (cause) {
      return fail('contract.invalid-reply', { cause })
    }
    const parsed = schema.safeParse(json)
    return parsed.success ? ok(parsed.data) : fail('contract.invalid-reply', { cause: parsed.error })
  }
