import { z } from 'zod'

/** What the program of the directory bench is given. */
export const DirectorySetting = z.object({
  folder: z.string(),
  extraction: z.string(),
  /** The next day's. */
  next: z.string(),
  texts: z.array(z.string()),
  programs: z.object({
    vaultWorker: z.string(),
    smimeWorker: z.string(),
    readingWorker: z.string(),
    indexingWorker: z.string(),
    directoryWorker: z.string(),
  }),
})
export type DirectorySetting = z.infer<typeof DirectorySetting>

const Import = z.object({ milliseconds: z.number(), longest: z.number(), p99: z.number() })
/** Milliseconds and bytes. */
export const DirectoryAnswer = z.object({
  first: Import,
  next: Import,
  databaseBytes: z.number(),
  searches: z.array(z.number()),
  suggestions: z.array(z.number()),
})
export type DirectoryAnswer = z.infer<typeof DirectoryAnswer>
