/** Characters of HTML looked at for the element: it stands first in the body. */
const longestSearch = 64 * 1024

/**
 * A body without the copy of its protected headers that RFC 9788 §4.5.3 puts there for old clients: in a text, all up to
 * and with the first empty line; in HTML, the first element of the body when it is the `div` made for it. The caller has
 * seen `hp-legacy-display="1"` in a protected payload.
 */
export const withoutLegacyDisplay = (body: string, kind: 'text' | 'html'): string => {
  if (kind === 'text') {
    const empty = /\r?\n[ \t]*\r?\n/.exec(body)
    return empty ? body.slice(empty.index + empty[0].length) : body
  }
  const head = body.slice(0, longestSearch)
  const found = /<div\b[^>]{0,500}\bclass\s*=\s*["']?header-protection-legacy-display\b[^>]{0,500}>/i.exec(
    head,
  )
  if (!found) return body
  const inside = found.index + found[0].length
  let depth = 1
  const tags = /<(\/?)div\b[^>]*>/gi
  tags.lastIndex = inside
  for (let tag = tags.exec(head); tag; tag = tags.exec(head)) {
    depth += tag[1] === '/' ? -1 : 1
    if (depth === 0) return body.slice(0, found.index) + body.slice(tags.lastIndex)
  }
  return body
}
