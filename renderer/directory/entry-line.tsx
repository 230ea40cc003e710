import { Star } from 'lucide-react'
import type { DirectoryEntry } from '../../app/contract/index.ts'
import { Avatar, Chip } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { entryLine, goneShort, typeName } from './entry-words.ts'

/** One mailbox in a list: whose it is, what for, where; marked when it is no longer in the directory. */
export const EntryLine = ({ entry }: { entry: DirectoryEntry }) => (
  <>
    <Avatar name={entry.name} trust={entry.trust} />
    <span className="directory-entry-words">
      <b>{entry.name}</b>
      <span className="small muted">{entryLine(entry)}</span>
      <span className="small muted mono directory-entry-address">{entry.address}</span>
    </span>
    <span className="directory-chips">
      {entry.favourite ? (
        <span className="directory-star">
          <Star aria-label={t('directory.isFavourite')} fill="currentColor" />
        </span>
      ) : null}
      {entry.goneSince === null ? null : <Chip tone="alert">{goneShort(entry.goneSince)}</Chip>}
      {entry.preferred ? <Chip tone="brand">{t('directory.preferred')}</Chip> : null}
      {entry.nationalId === null ? <Chip>{typeName(entry.type)}</Chip> : null}
    </span>
  </>
)
