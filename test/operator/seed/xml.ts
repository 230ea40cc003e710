/** A fragment that is already XML; anything else put into a template is escaped. */
export interface Xml {
  readonly xml: string
}

export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

type Value = string | number | Xml | readonly Xml[] | null

function render(value: Value): string {
  if (value === null) return ''
  if (typeof value === 'string') return escapeXml(value)
  if (typeof value === 'number') return String(value)
  if ('xml' in value) return value.xml
  return value.map((item) => item.xml).join('')
}

/** Tagged template for XML: strings are escaped, fragments and lists of fragments are inserted, null is nothing. */
export function xml(strings: TemplateStringsArray, ...values: Value[]): Xml {
  let out = strings[0] ?? ''
  values.forEach((value, index) => {
    out += render(value) + (strings[index + 1] ?? '')
  })
  return { xml: out }
}
