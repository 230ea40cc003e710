import { z } from 'zod'

/** One request a window may make: zod schemas of what goes in and what comes out. */
export interface CallDefinition<In extends z.ZodType, Out extends z.ZodType> {
  input: In
  output: Out
}

/** Declares a call of the contract. */
export const call = <In extends z.ZodType, Out extends z.ZodType>(
  input: In,
  output: Out,
): CallDefinition<In, Out> => ({ input, output })

/** For calls without input or without output. */
export const Nothing = z.null()
