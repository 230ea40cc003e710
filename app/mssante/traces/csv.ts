import { fail, ok, type Outcome, type Trace } from '../../contract/index.ts'

const columns = [
  'seq',
  'at',
  'author',
  'authorName',
  'openedBy',
  'workstation',
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

/** What makes spreadsheets compute: at the start of a cell, or of what one splits a cell into at a separator of its own. */
const formula = /(^|[,;\t|]\s*|[\r\n]+)(?=[=+\-@＝＋－＠])|^(?=[\t\r\n])/g

/** A cell that a spreadsheet would take for a formula is given an apostrophe where that would begin (CWE-1236). */
const cell = (value: Trace[keyof Trace]): string => {
  const text = value === null ? '' : String(value)
  const inert = text.replace(formula, "$1'")
  return /[",;\t|\r\n]|^\s|\s$/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert
}

const head = columns.join(';')

/** Names of the columns, after the byte order mark that spreadsheets take UTF-8 from. */
export const traceCsvHead = `\uFEFF${head}\r\n`

/** Traces as lines (RFC 4180, separated by semicolons). */
export const traceCsvLines = (traces: readonly Trace[]): string =>
  traces.map((trace) => `${columns.map((column) => cell(trace[column])).join(';')}\r\n`).join('')

/** A line of an export that was saved: its number and hash, and its own words for the rest. */
export interface ExportedTrace {
  seq: number
  hash: string
  line: string
}

/** Records of a CSV text: separated by line ends outside quotes. */
const records = function* (text: string): Generator<string> {
  let from = 0
  let quoted = false
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]
    if (character === '"') quoted = !quoted
    else if (character === '\n' && !quoted) {
      yield text.slice(from, text[index - 1] === '\r' ? index - 1 : index)
      from = index + 1
    }
  }
  if (from < text.length) yield text.slice(from)
}

/**
 * The lines of a file that `traces.export` made. Errors: `traces.not-an-export` for anything else, also for a file that a
 * spreadsheet has saved in its own form.
 */
export const readTraceCsv = (text: string): Outcome<ExportedTrace[]> => {
  const found: ExportedTrace[] = []
  let first = true
  for (const record of records(text)) {
    if (first) {
      if (record.replace(/^\uFEFF/, '') !== head) return fail('traces.not-an-export')
      first = false
      continue
    }
    const seq = /^(\d{1,15});/.exec(record)?.[1]
    const hash = /;([0-9a-f]{64})$/.exec(record)?.[1]
    if (seq === undefined || hash === undefined) return fail('traces.not-an-export')
    found.push({ seq: Number(seq), hash, line: record })
  }
  return first ? fail('traces.not-an-export') : ok(found)
}
