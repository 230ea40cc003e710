const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}

/** Markup that is already XML. */
export interface Markup {
  readonly markup: string
}

type Value = string | number | Markup | readonly Markup[] | null

/** Text as XML content or attribute value: what XML 1.0 cannot hold is left out. */
const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replace(/[&<>"\t\n\r]/g, (one) => escapes[one] ?? one)

const written = (value: Value): string =>
  value === null
    ? ''
    : typeof value === 'string'
      ? escaped(value)
      : typeof value === 'number'
        ? String(value)
        : 'markup' in value
          ? value.markup
          : value.map(({ markup }) => markup).join('')

/** A template of XML: every value is escaped but those that are markup themselves; null writes nothing. */
export const xml = (strings: TemplateStringsArray, ...values: Value[]): Markup => ({
  markup: strings
    .map((string, index) => string + (index < values.length ? written(values[index] ?? null) : ''))
    .join(''),
})

/** Markup made elsewhere, Base64 for instance. */
export const asMarkup = (markup: string): Markup => ({ markup })
