import type { SearchTerm } from '../../app/contract/index.ts'
import { fullDate, t } from '../i18n/index.ts'

/** A condition in words, as it was understood. */
export const termName = (term: SearchTerm): string => {
  const text = term.kind === 'before' || term.kind === 'after' ? fullDate(term.text) : term.text
  const name = t(`search.term-${term.kind}`, { text })
  return term.negated ? t('search.not', { term: name }) : name
}

/** The text of a search without one of its conditions. */
export const withoutTerm = (text: string, term: Pick<SearchTerm, 'start' | 'end'>): string =>
  `${text.slice(0, term.start)}${text.slice(term.end)}`.replace(/\s+/g, ' ').trim()
