import { CircleHelp, Search, X } from 'lucide-react'
import type { Ref } from 'react'
import { Button as AriaButton, Input, SearchField } from 'react-aria-components'
import { CardChip } from '../card/index.ts'
import { Button, IconButton, KeyboardHint, Logo } from '../design/index.ts'
import { t } from '../i18n/index.ts'

/** The strip that never moves: search, who is at the keyboard, lock. */
export const TopBar = ({
  search,
  onSearch,
  onLock,
  onHelp,
  searchRef,
}: {
  search: string
  onSearch: (text: string) => void
  onLock: () => void
  onHelp: () => void
  searchRef: Ref<HTMLInputElement>
}) => {
  return (
    <header className="top">
      <div className="top-logo">
        <Logo /> <span className="top-logo-name">SousPli</span>
      </div>
      <SearchField className="top-search" aria-label={t('shell.search')} value={search} onChange={onSearch}>
        <Search aria-hidden="true" />
        <Input ref={searchRef} placeholder={t('shell.searchPlaceholder')} maxLength={200} />
        {search === '' ? (
          <KeyboardHint keys="/" />
        ) : (
          <AriaButton className="top-search-clear" aria-label={t('shell.clearSearch')}>
            <X aria-hidden="true" />
          </AriaButton>
        )}
      </SearchField>
      <div className="top-end">
        <IconButton label={t('shell.help')} shortcut="?" onPress={onHelp}>
          <CircleHelp aria-hidden="true" />
        </IconButton>
        <div className="card-chip" role="group" aria-label={t('shell.whoIsThere')}>
          <CardChip />
          <Button size="small" className="lock" onPress={onLock}>
            {t('shell.lock')}
          </Button>
        </div>
      </div>
    </header>
  )
}
