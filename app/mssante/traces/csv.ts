import type { Trace } from '../../contract/index.ts'

const columns = [
  'seq',
  'at',
  'author',
  'authorName',
  'automatic',
  'account',
  'action',
  'target',
  'request',
  'answer',
  'outcome',
  'code',
  'hash',
] as const satisfies readonly (keyof Trace)[]

/** A cell that a spreadsheet would take for a formula is given a leading apostrophe (CWE-1236). */
const cell = (value: Trace[keyof Trace]): string => {
  const text = value === null ? '' : String(value)
  const inert = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[";\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert
}

/** Names of the columns, after the byte order mark that spreadsheets take UTF-8 from. */
export const traceCsvHead = `\uFEFF${columns.join(';')}\r\n`

/** Traces as lines (RFC 4180, separated by semicolons). */
export const traceCsvLines = (traces: readonly Trace[]): string =>
  traces.map((trace) => `${columns.map((column) => cell(trace[column])).join(';')}\r\n`).join('')
