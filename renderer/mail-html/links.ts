/** A link of a message as the reader must see it before choosing to open it. */
export interface MailLink {
  /** Absolute address, normalised by the URL parser. */
  href: string
  /** The words that carried the link. */
  text: string
  /** The real host, in ASCII (`xn--…` for a name in other scripts). */
  host: string
  /** Only https leaves the window (window.openLink). */
  openable: boolean
  /** The host's name holds letters that look like others. */
  foreignScript: boolean
  /** The host that the words announce, when it is not the one the link goes to. */
  announcedHost: string | null
}

const hostInText = /^\s*(?:https?:\/\/)?((?:[\p{L}\p{N}-]+\.)+[\p{L}]{2,})(?::\d+)?(?:[/?#]\S*)?\s*$/iu

const toAsciiHost = (host: string): string | null => {
  try {
    return new URL(`https://${host}`).hostname
  } catch {
    return null
  }
}

const withoutWww = (host: string): string => host.replace(/^www\./, '')

const sameSite = (left: string, right: string): boolean => {
  const [a, b] = [withoutWww(left), withoutWww(right)]
  return a === b || a.endsWith(`.${b}`) || b.endsWith(`.${a}`)
}

/**
 * Describes a link's real destination (models.md §6.3.7). Null for anything but http and https: other schemes are never
 * offered.
 */
export const describeLink = (href: string, text: string): MailLink | null => {
  let url: URL
  try {
    url = new URL(href)
  } catch {
    return null
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null
  const announced = hostInText.exec(text)?.[1]
  const announcedHost = announced ? toAsciiHost(announced) : null
  return {
    href: url.href,
    text: text.replace(/\s+/g, ' ').trim().slice(0, 200),
    host: url.hostname,
    // A password in an address serves only to disguise the host.
    openable: url.protocol === 'https:' && url.username === '' && url.href.length <= 4_000,
    foreignScript: url.hostname.split('.').some((label) => label.startsWith('xn--')),
    announcedHost: announcedHost !== null && !sameSite(announcedHost, url.hostname) ? announcedHost : null,
  }
}
