/** Elements that load something by themselves, and the attributes that name it. */
const loading = new Set(['img', 'image', 'link', 'video', 'audio', 'source', 'table', 'td', 'body'])
const attribute = /(?:src|href|background|poster|srcset)\s{0,100}=\s{0,100}["']?\s{0,100}(?:https?:)?\/\//i
const inStyle = /url\(\s{0,100}["']?\s{0,100}(?:https?:)?\/\//i
/** Characters of a tag looked at: attributes beyond are nobody's. */
const longestTag = 20_000

/**
 * Whether HTML asks for something on the network as soon as it is shown. Linear: each tag is looked at once, up to its
 * end. It only decides what the reader is told; nothing is fetched whatever it says (architecture §7.3).
 */
export const hasRemoteReference = (html: string): boolean => {
  if (inStyle.test(html)) return true
  for (let open = html.indexOf('<'); open >= 0;) {
    const name = /^[a-z]+/i.exec(html.slice(open + 1, open + 12))?.[0].toLowerCase() ?? ''
    const next = html.indexOf('<', open + 1)
    if (loading.has(name)) {
      const tag = html.slice(open, Math.min(next < 0 ? html.length : next, open + longestTag))
      const end = tag.indexOf('>')
      if (attribute.test(end < 0 ? tag : tag.slice(0, end))) return true
    }
    open = next
  }
  return false
}
