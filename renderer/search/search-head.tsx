import { BookmarkPlus, X } from 'lucide-react'
import { useState } from 'react'
import { Button as AriaButton, ToggleButton, ToggleButtonGroup } from 'react-aria-components'
import type { SearchScope, SearchTerm } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { IconButton, showError } from '../design/index.ts'
import { number, t } from '../i18n/index.ts'
import { NameDialog } from './name-dialog.tsx'
import { termName, withoutTerm } from './terms.ts'

export type ScopeKind = SearchScope['kind']

/** Above the results: where is searched, how the text was understood, how many there are. */
export const SearchHead = ({
  text,
  onText,
  scope,
  scopes,
  onScope,
  understood,
  count,
  more,
}: {
  text: string
  onText: (text: string) => void
  scope: SearchScope
  /** The places one can choose from where one is. */
  scopes: readonly ScopeKind[]
  onScope: (scope: ScopeKind) => void
  understood: readonly SearchTerm[]
  /** Results shown so far; null while the first ones are on their way. */
  count: number | null
  more: boolean
}) => {
  const [naming, setNaming] = useState(false)
  const save = async (name: string): Promise<void> => {
    setNaming(false)
    const saved = await invoke('searches.save', { name, text: text.trim(), scope })
    if (!saved.ok) showError(saved.error)
  }
  return (
    <div className="search-head">
      <div className="search-line">
        <ToggleButtonGroup
          className="filters"
          aria-label={t('search.scope')}
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[scope.kind]}
          onSelectionChange={(keys) => {
            const next = scopes.find((candidate) => keys.has(candidate))
            if (next) onScope(next)
          }}
        >
          {scopes.map((candidate) => (
            <ToggleButton key={candidate} id={candidate} className="filter">
              {t(`search.scope-${candidate}`)}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
        <IconButton size="small" label={t('search.saveTitle')} onPress={() => setNaming(true)}>
          <BookmarkPlus aria-hidden="true" />
        </IconButton>
      </div>
      {understood.length > 0 ? (
        <ul className="search-terms" aria-label={t('search.understood')}>
          {understood.map((term) => (
            <li
              key={term.start}
              className="search-term"
              data-kind={term.kind}
              {...(term.negated ? { 'data-not': '' } : {})}
            >
              <span>{termName(term)}</span>
              <AriaButton
                aria-label={t('search.remove', { term: termName(term) })}
                onPress={() => onText(withoutTerm(text, term))}
              >
                <X aria-hidden="true" />
              </AriaButton>
            </li>
          ))}
        </ul>
      ) : null}
      <p className="muted small tabular" role="status">
        {count === null
          ? null
          : more
            ? t('search.resultsMore', { shown: number(count) })
            : t('search.results', { count, shown: number(count) })}
      </p>
      {understood.every((term) => term.kind === 'word' && !term.negated) ? (
        <p className="muted small">{t('search.hint')}</p>
      ) : null}
      {naming ? (
        <NameDialog
          title={t('search.saveTitle')}
          initial={text.trim()}
          onClose={() => setNaming(false)}
          onName={(name) => void save(name)}
        />
      ) : null}
    </div>
  )
}
