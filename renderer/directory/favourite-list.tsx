import { Star } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { Correspondent, DirectoryEntry, RecipientSuggestion } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { Button, EmptyState, Spinner } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { EntryLine } from './entry-line.tsx'

type Suggested = Extract<RecipientSuggestion, { kind: 'address' }>

/** Favourite correspondents, with what the directory says of them today. */
export const FavouriteList = ({
  changed,
  chosen,
  onChoose,
  onWrite,
}: {
  changed: number
  chosen: DirectoryEntry | null
  onChoose: (entry: DirectoryEntry) => void
  onWrite: (to: readonly Correspondent[]) => void
}) => {
  const [found, setFound] = useState<{ who: Suggested; entry: DirectoryEntry | null }[] | null>(null)
  useEffect(() => {
    let current = true
    const ask = async (): Promise<void> => {
      const suggested = await invoke('recipients.suggest', { text: '', limit: 120 })
      const people = suggested.ok ? suggested.value.filter((one) => one.kind === 'address') : []
      const known = await invoke('directory.identify', { addresses: people.map(({ address }) => address) })
      if (current)
        setFound(people.map((who, at) => ({ who, entry: known.ok ? (known.value[at] ?? null) : null })))
    }
    void ask()
    return () => {
      current = false
    }
  }, [changed])
  if (!found) return <Spinner label={t('common.loading')} />
  if (found.length === 0)
    return (
      <EmptyState icon={<Star />} title={t('directory.noFavourite')}>
        {t('directory.noFavouriteText')}
      </EmptyState>
    )
  return (
    <ul className="directory-favourites">
      {found.map(({ who, entry }) => (
        <li key={who.address}>
          <Button
            variant="quiet"
            className="directory-entry"
            {...(entry && chosen?.address === entry.address ? { 'aria-current': 'true' as const } : {})}
            onPress={() => (entry ? onChoose(entry) : onWrite([{ name: who.name, address: who.address }]))}
          >
            {entry ? (
              <EntryLine entry={entry} />
            ) : (
              <span className="directory-entry-words">
                <b>{who.name || who.address}</b>
                <span className="small muted">{t('directory.notInDirectory')}</span>
                <span className="small muted mono">{who.address}</span>
              </span>
            )}
          </Button>
        </li>
      ))}
    </ul>
  )
}
