/**
 * What must not leave a workstation in a report, whatever told it: a reader's name may hold a serial number, a path the
 * user's name, a certificate's address a person's. Findings hold little of that; everything passes here all the same.
 */

const longest = 300

/** The end of a card's serial number: enough for its holder to recognise it, too little to look it up. */
export const maskedSerial = (serial: string): string =>
  serial.length <= 4 ? '••' : `${'•'.repeat(Math.min(serial.length, 12) - 2)}${serial.slice(-2)}`

/** A card's label without its number: `CPS3v3-2900000101` is `CPS3v3`. */
export const maskedLabel = (label: string): string => /^(CP[A-Z0-9]+v\d+)-/.exec(label)?.[1] ?? ''

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** A text without home folders, addresses of people, and long numbers. */
export const masked = (text: string, homeFolders: readonly string[]): string => {
  let safe = text.slice(0, longest)
  for (const home of homeFolders)
    if (home.length > 1) safe = safe.replace(new RegExp(`${escaped(home)}(?=[\\\\/]|$)`, 'gi'), '~')
  return (
    safe
      .replace(/([\\/](?:home|Users|Documents and Settings)[\\/])[^\\/]+/gi, '$1…')
      .replace(/[^\s]*@[^\s]*/g, '…@…')
      // RPPS, FINESS, serial and social security numbers; versions, dates and ports are shorter.
      .replace(/\d[\d .-]{5,}\d/g, (found) => (found.replace(/\D/g, '').length >= 8 ? '…' : found))
  )
}
