import { isUtf8 } from 'node:buffer'

/** What a CSV file of addresses holds: lines without one are counted, not guessed. */
export interface ReadList {
  members: { name: string; address: string }[]
  refused: number
}

export const mostMembers = 500
const longestName = 300
const addressForm = /^[^\s@<>"(),:;\\|]{1,64}@[^\s@<>"(),:;\\|]{1,255}$/

/** The cells of one line (RFC 4180, with `;` or a tab as well). */
const cellsOf = (line: string): string[] => {
  const cells: string[] = []
  for (const [, quoted, bare] of line.matchAll(/(?:^|[;,\t])\s*(?:"((?:[^"]|"")*)"|([^;,\t]*))/g))
    cells.push((quoted?.replaceAll('""', '"') ?? bare ?? '').trim())
  return cells
}

/** Reads `nom;adresse`, `adresse`, or the export of another program: in each line the cell that is an address, and the words before it. */
export const readListCsv = (bytes: Uint8Array): ReadList => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const text = isUtf8(buffer) ? buffer.toString('utf8') : new TextDecoder('windows-1252').decode(buffer)
  const members = new Map<string, { name: string; address: string }>()
  let refused = 0
  for (const [index, line] of text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\r|\n/)
    .entries()) {
    if (line.trim() === '') continue
    const cells = cellsOf(line).map((cell) => {
      const named = /^(.*?)\s*<([^<>]+)>$/.exec(cell)
      return named ? { before: named[1] ?? '', cell: named[2] ?? '' } : { before: '', cell: unformula(cell) }
    })
    const at = cells.findIndex(({ cell }) => addressForm.test(cell))
    const found = cells[at]
    if (!found || members.size >= mostMembers) {
      // A header line has no address; it is no loss.
      if (found || index > 0) refused += 1
      continue
    }
    const name = [...cells.slice(0, at).map(({ cell }) => cell), found.before]
      .filter((one) => one !== '')
      .join(' ')
    members.set(found.cell.toLowerCase(), { name: name.slice(0, longestName), address: found.cell })
  }
  return { members: [...members.values()], refused }
}

const unformula = (cell: string): string => cell.replace(/^'(?=[=+\-@])/, '')

/** Quoted, and never a formula for a spreadsheet. */
const cell = (text: string): string =>
  `"${(/^[=+\-@\t]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`

/** `nom;adresse`, with a byte order mark, or spreadsheets take it for another charset. */
export const writeListCsv = (members: readonly { name: string; address: string }[]): Uint8Array =>
  Buffer.from(
    `\ufeffnom;adresse\r\n${members.map((one) => `${cell(one.name)};${cell(one.address)}\r\n`).join('')}`,
  )
