import type { Dirent } from 'node:fs'
import { noFlags, type FileFlags } from './found-message.ts'

/**
 * Flags and date in the name of a Maildir file (`1700000000.M1P2.host,S=12:2,FS`); Dovecot's keywords (lower case) and
 * the separators other systems need instead of `:` are let pass.
 */
export const readMaildirName = (
  name: string,
): { flags: FileFlags; receivedAt: number | null; deleted: boolean } => {
  const info = /[:;!]2,([A-Za-z]{0,60})$/.exec(name)?.[1] ?? ''
  const seconds = /^(\d{9,10})\./.exec(name)?.[1]
  return {
    flags: {
      ...noFlags,
      seen: info.includes('S'),
      answered: info.includes('R'),
      flagged: info.includes('F'),
      forwarded: info.includes('P'),
    },
    receivedAt: seconds === undefined ? null : Number(seconds) * 1000,
    deleted: info.includes('T'),
  }
}

/** True when a folder is a Maildir: it has `cur` and `new`. */
export const isMaildir = (entries: readonly Dirent[]): boolean =>
  ['cur', 'new'].every((name) => entries.some((entry) => entry.isDirectory() && entry.name === name))
