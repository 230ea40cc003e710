/** What the sub-commands of `npm run inspect` share: arguments, files in PEM or DER, the end of the program. */
import { readFileSync, statSync } from 'node:fs'
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'

/** How the program ends: 0 what was looked at is good, 1 it is not, 2 the command could not be carried out. */
export const exitCodes = { good: 0, bad: 1, unusable: 2 } as const

/** One JSON object for standard output. */
export interface Inspected {
  exitCode: (typeof exitCodes)[keyof typeof exitCodes]
  report: object
}

/** Thrown for a wrong command line or an unreadable file: its message goes to standard error, the exit code is 2. */
export class Unusable extends Error {}

const largestFile = 256 * 1024 * 1024

/** The bytes of a file named on the command line. Throws `Unusable`. */
export const readInput = (name: string): Uint8Array => {
  try {
    // A pipe has no size before it is read.
    if (statSync(name).size > largestFile) throw new Unusable(`${name}: too big`)
    const bytes = readFileSync(name)
    if (bytes.length === 0) throw new Unusable(`${name}: empty file`)
    if (bytes.length > largestFile) throw new Unusable(`${name}: too big`)
    return new Uint8Array(bytes)
  } catch (error) {
    if (error instanceof Unusable) throw error
    throw new Unusable(`${name}: ${error instanceof Error ? error.message : 'cannot be read'}`, {
      cause: error,
    })
  }
}

/**
 * `--crl a --crl b` for `--crl a b`: after the file inspected, further words belong to the last option that can be repeated. Where
 * options come first, the one word that belongs to none is the file.
 */
const spelledOut = (argv: string[], options: ParseArgsOptionsConfig): string[] => {
  if (argv[0]?.startsWith('-') !== false) return argv
  let repeated: string | null = null
  let awaited = false
  return argv.flatMap((word) => {
    if (word.startsWith('--')) {
      const [name = ''] = word.slice(2).split('=')
      const option = options[name]
      repeated = option?.multiple ? `--${name}` : null
      awaited = option?.type === 'string' && !word.includes('=')
      return [word]
    }
    const value = awaited || repeated === null ? [word] : [repeated, word]
    awaited = false
    return value
  })
}

/** Reads options by node's own parser, and exactly one file. Throws `Unusable`. */
export const readArguments = <T extends ParseArgsOptionsConfig>(argv: string[], options: T) => {
  const read = () =>
    parseArgs({ args: spelledOut(argv, options), options, allowPositionals: true, strict: true })
  let found: ReturnType<typeof read>
  try {
    found = read()
  } catch (error) {
    throw new Unusable(error instanceof Error ? error.message : 'bad arguments', { cause: error })
  }
  const [file, ...others] = found.positionals
  if (file === undefined || others.length > 0) throw new Unusable('exactly one file is inspected at a time')
  return { file, values: found.values }
}

/** `--at`: a date or a date and time of ISO 8601 (UTC where it does not say). Throws `Unusable`. */
export const readDate = (text: string | undefined): Date => {
  if (text === undefined) return new Date()
  const iso = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/.exec(text)
  const date = new Date(iso && text.length > 10 && iso[1] === undefined ? `${text}Z` : text)
  // The thirtieth of February is no date, though it can be counted to.
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number)
  const isDay = day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate()
  if (!iso || !isDay || Number.isNaN(date.getTime())) throw new Unusable(`--at ${text}: not an ISO 8601 date`)
  return date
}
