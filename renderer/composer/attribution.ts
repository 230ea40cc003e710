/** How the core introduces what it quotes: who, when, no sentence (app/mail/outbox/quote.ts). */
const introduction = /^(.+), (\d{2}\/\d{2}\/\d{4} \d{2}:\d{2}) :$/

/**
 * Turns the core's bare introduction of a quote into a sentence of the catalogue. Only the first line that is not blank
 * is looked at: what the user has typed is never touched.
 */
export const withAttribution = (text: string, sentence: (who: string, when: string) => string): string => {
  const lines = text.split('\n')
  const first = lines.findIndex((line) => line.trim() !== '')
  const found = introduction.exec(lines[first] ?? '')
  if (!found?.[1] || !found[2]) return text
  return lines.with(first, sentence(found[1].replace(/ <[^>]*>$/, ''), found[2])).join('\n')
}

/** The same for the HTML the core writes for an answer: an empty paragraph, the introduction, the quote. */
export const withHtmlAttribution = (html: string, sentence: (who: string, when: string) => string): string =>
  html.replace(
    /^(<p><\/p><p>)([^<]+)(<\/p>)/,
    (_all, before: string, line: string, after: string) =>
      `${before}${withAttribution(line.replace(/ &lt;.*?&gt;/, ''), sentence)}${after}`,
  )
