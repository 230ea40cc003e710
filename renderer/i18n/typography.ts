/** U+202F: the space before ; : ! ? », after «, between thousands and before units. */
export const narrowSpace = '\u202f'

/** French typography of a sentence typed on a keyboard: ’, « », … and narrow no-break spaces. Idempotent. */
export const french = (text: string): string =>
  text
    .replaceAll("'", '’')
    .replaceAll('...', '…')
    .replace(/«[ \u00a0\u202f]?/g, `«${narrowSpace}`)
    .replace(/[ \u00a0\u202f]?»/g, `${narrowSpace}»`)
    .replace(/ ([;:!?](?=\s|$|»))/g, `${narrowSpace}$1`)
    .replace(/(\d) (?=(?:ko|Mo|Go|min|h|s|%)(?:\W|$))/g, `$1${narrowSpace}`)
