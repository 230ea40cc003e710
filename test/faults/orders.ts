import { z } from 'zod'
import { Policy } from '../../app/contract/index.ts'

/** Kinds of work a program is killed at. */
export const works = [
  'sync',
  'indexing',
  'send',
  'actions',
  'import',
  'slots',
  'migration',
  'backup',
  'restore',
  'compact',
  'rebuild',
] as const
export type Work = (typeof works)[number]

/** What a program that is going to be killed is told. */
export const Orders = z.object({
  work: z.enum(works),
  /** Of the practice; the profile is in it. */
  folder: z.string(),
  profile: z.string(),
  /** Bundled workers by their path in app/. */
  programs: z.record(z.string(), z.string()),
  trace: z.string(),
  policy: Policy,
  recoveryCode: z.string(),
  seed: z.number(),
  trigger: z
    .object({
      on: z.enum(['op', 'answer', 'fs', 'net', 'event']),
      match: z.string(),
      at: z.number(),
      later: z.number(),
      still: z.boolean(),
    })
    .nullable(),
})
export type Orders = z.infer<typeof Orders>
