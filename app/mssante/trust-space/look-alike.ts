import { shownDomain, type TrustedDomains } from './domains.ts'
import { latinised, mixesAlphabets, skeleton } from './confusables.ts'
import { indexDomains } from './domain-index.ts'

/** How a domain outside resembles one of the trust space. */
interface Resemblance {
  kind: 'look-alike-domain' | 'mixed-scripts' | 'extra-label'
  /** The domain it resembles; null when it is suspicious by itself. */
  like: string | null
}

interface Resemblances {
  /** What a domain (ASCII form) that nobody named resembles; null for nothing. */
  of: (domain: string) => Resemblance | null
}

/** The word every domain of MSSanté's own has, whatever the rule says. */
const houseWord = 'mssante'
const letters = 'abcdefghijklmnopqrstuvwxyz0123456789-'
/** Shorter names differ by one letter from too many others. */
const shortestLabel = 6
/** Parts between dots and dashes that are looked at. */
const mostPieces = 12

/** Neighbours on French and English keyboards, and letters that look or sound alike. */
// prettier-ignore
const neighbours: Readonly<Record<string, string>> = {
  a: 'zqse', b: 'vnghd', c: 'xvdfks', d: 'sfecbxt', e: 'zrsdiaw', f: 'dgrvct', g: 'fhtvbqj', h: 'gjynb', i: 'uojkley1', j: 'hkuing',
  k: 'jlioc', l: 'kmopi1', m: 'lpn', n: 'bhjm', o: 'iplk0', p: 'omlq', q: 'aswg', r: 'etdf', s: 'qdzxwce5', t: 'ryfgd',
  u: 'yijv', v: 'cbfgu', w: 'xqsev', x: 'wcsd', y: 'tugi', z: 'aseq', 0: 'o', 1: 'li', 2: '13', 3: '24', 4: '35', 5: 's46', 6: '57', 7: '68', 8: '79', 9: '8',
}

/** The words that the trust space's own domains are known by: `mssante` of `.mssante.fr`. */
const houseWords = (trusted: TrustedDomains): Map<string, string> => {
  const words = new Map([[houseWord, 'mssante.fr']])
  for (const suffix of trusted.suffixes) {
    const base = suffix.replace(/^\./, '')
    const word = base.split('.').at(-2)
    if (word !== undefined && word.length >= shortestLabel) words.set(word, base)
  }
  return words
}

/** Texts one slip of the finger away: a letter too many, too few, another, or two changed over. */
function* slips(text: string): Generator<{ text: string; at: number; by: string | null }> {
  for (let at = 0; at < text.length; at += 1) {
    const [before, letter = '', after] = [text.slice(0, at), text[at], text.slice(at + 1)]
    yield { text: before + after, at, by: null }
    if (at + 1 < text.length && letter !== text[at + 1])
      yield { text: `${before}${text[at + 1] ?? ''}${letter}${text.slice(at + 2)}`, at, by: null }
    for (const by of letters) if (by !== letter) yield { text: before + by + after, at, by }
  }
  for (let at = 0; at <= text.length; at += 1)
    for (const by of letters) yield { text: text.slice(0, at) + by + text.slice(at), at, by: null }
}

/** Whether one text is the other but for a letter too many, too few, another, or two changed over. */
const isOneSlip = (a: string, b: string): boolean => {
  if (Math.abs(a.length - b.length) > 1) return false
  let start = 0
  while (start < a.length && a[start] === b[start]) start += 1
  let end = 0
  const room = Math.min(a.length, b.length) - start
  while (end < room && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)]
  if (left.length <= 1 && right.length <= 1) return left !== right
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0]
}

/** The part of a name that holder and writer choose: without the top level. */
const chosen = (domain: string): string => domain.slice(0, domain.lastIndexOf('.'))

const onlyFiguresDiffer = (a: string, b: string): boolean => a.replace(/\d/g, '') === b.replace(/\d/g, '')

/**
 * Tells domains made to be taken for those of the trust space: letters of another alphabet, letters that look alike, a slip of
 * the finger, a known name with something more around it. `correspondents` are domains of the trust space one writes with:
 * they count where the rule names no domain.
 */
export const createResemblances = (
  trusted: TrustedDomains,
  correspondents: Iterable<string>,
): Resemblances => {
  const words = houseWords(trusted)
  const besides = indexDomains([...correspondents, ...trusted.suffixes.map((suffix) => suffix.slice(1))])
  const isKnown = (domain: string): boolean => trusted.names(domain) || besides.exact.has(domain)
  const bySkeleton = (form: string): string | undefined =>
    trusted.bySkeleton(form) ?? besides.bySkeleton(form)
  const byDashes = (text: string): string | undefined => trusted.byDashes(text) ?? besides.byDashes(text)
  const isHouse = (domain: string): boolean =>
    trusted.suffixes.some((suffix) => domain.endsWith(suffix)) || domain.split('.').includes(houseWord)
  const seen = new Map<string, Resemblance | null>()

  /** A trusted domain, or the base of the rule, that a Latin form of a domain is or ends with. */
  const trustedForm = (form: string): string | null => {
    return isKnown(form) || trusted.has(form) ? form : null
  }

  const byAlphabet = (domain: string, shown: string): Resemblance | null => {
    if (shown === domain) return null
    const latin = latinised(shown)
    const like = latin === shown ? null : (trustedForm(latin) ?? bySkeleton(skeleton(shown)) ?? null)
    if (like !== null) return { kind: 'mixed-scripts', like }
    const word = [...words].find(([one]) => latin.includes(one))
    if (word && latin !== shown) return { kind: 'mixed-scripts', like: word[1] }
    return shown.split('.').some(mixesAlphabets) ? { kind: 'mixed-scripts', like: null } : null
  }

  /** `mssante.fr.evil.com`, `mssante-fr.com`, `medecin-mssante.fr`. */
  const byWord = (domain: string): Resemblance | null => {
    const labels = domain.split('.')
    for (let end = labels.length - 1; end >= 2; end -= 1)
      for (let begin = 0; begin + 2 <= end; begin += 1) {
        const inside = labels.slice(begin, end).join('.')
        if (isKnown(inside) && inside.length >= shortestLabel) return { kind: 'extra-label', like: inside }
      }
    const pieces = chosen(domain).replaceAll('.', '-').split('-').slice(0, mostPieces)
    for (let begin = 0; begin < pieces.length; begin += 1)
      for (let end = pieces.length; end > begin + 1; end -= 1) {
        const like = byDashes(pieces.slice(begin, end).join('-'))
        if (like !== undefined) return { kind: 'extra-label', like }
      }
    for (const [word, base] of words) {
      if (domain === base || domain.endsWith(`.${base}`)) continue
      if (labels.some((label) => label.includes(word))) return { kind: 'extra-label', like: base }
    }
    return null
  }

  const bySkeletonOf = (domain: string): Resemblance | null => {
    const form = skeleton(domain)
    const like = bySkeleton(form)
    if (like !== undefined && like !== domain) return { kind: 'look-alike-domain', like }
    // `cliniquedeslilas.fr` for `clinique-des-lilas.fr`.
    const compact = domain.replaceAll('-', '')
    const dashed = trusted.withoutDashes(compact) ?? besides.withoutDashes(compact)
    if (dashed !== undefined && dashed !== domain && chosen(compact).length >= shortestLabel)
      return { kind: 'look-alike-domain', like: dashed }
    for (const [word, base] of words) {
      if (domain === base || domain.endsWith(`.${base}`)) continue
      if (
        domain
          .split('.')
          .slice(0, -1)
          .some((label) => label !== word && skeleton(label) === skeleton(word))
      )
        return { kind: 'look-alike-domain', like: base }
    }
    return null
  }

  /** Two hospitals may differ by one letter: outside the house a letter for another counts where a finger slips. */
  const bySlip = (domain: string): Resemblance | null => {
    const name = chosen(domain)
    if (name.length < shortestLabel) return null
    const labels = domain.split('.').slice(0, -1)
    for (const [word, base] of words)
      for (const label of labels)
        if (label !== word && isOneSlip(label, word)) return { kind: 'look-alike-domain', like: base }
    for (const slip of slips(domain)) {
      if (!isKnown(slip.text)) continue
      const house = isHouse(slip.text)
      const atStart = slip.at === 0 || /[.-]/.test(domain[slip.at - 1] ?? '')
      const likely =
        slip.by === null || (!atStart && (neighbours[domain[slip.at] ?? ''] ?? '').includes(slip.by))
      if (onlyFiguresDiffer(domain, slip.text) && !house) continue
      if (slip.at >= name.length && !house) continue
      if (house || likely) return { kind: 'look-alike-domain', like: slip.text }
    }
    return null
  }

  /** A domain that a rule takes without naming it: one letter too many, too few or changed over is a slip all the same. */
  const besideKnown = (domain: string): Resemblance | null => {
    for (const slip of slips(domain)) {
      if (slip.by !== null || !isKnown(slip.text) || onlyFiguresDiffer(domain, slip.text)) continue
      const label = domain.split('.').find((one) => !slip.text.split('.').includes(one)) ?? ''
      if (label.length >= shortestLabel) return { kind: 'look-alike-domain', like: slip.text }
    }
    return null
  }

  return {
    of: (domain) => {
      const before = seen.get(domain)
      if (before !== undefined) return before
      const shown = shownDomain(domain)
      const found = isKnown(domain)
        ? null
        : trusted.has(domain)
          ? besideKnown(domain)
          : (byAlphabet(domain, shown) ?? byWord(domain) ?? bySkeletonOf(domain) ?? bySlip(domain))
      if (seen.size > 5000) seen.clear()
      seen.set(domain, found)
      return found
    },
  }
}
