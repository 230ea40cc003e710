import { BookUser } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { DirectoryEntry, SenderLabel } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { Button } from '../design/index.ts'
import { givenName, t } from '../i18n/index.ts'
import { structureName } from './entry-words.ts'

const titles: Readonly<Record<string, string>> = { DR: 'Dr', PR: 'Pr' }

/** The From label as the directory knows this mailbox (ANN/va1.02): the person and where, or the service. */
const labelOf = (entry: DirectoryEntry): SenderLabel =>
  entry.lastName === null
    ? { title: '', givenName: '', familyName: '', entity: entry.name }
    : {
        title: titles[entry.civility?.toUpperCase() ?? ''] ?? '',
        givenName: givenName(entry.firstName ?? ''),
        familyName: entry.lastName.toUpperCase(),
        entity: structureName(entry.structure) ?? '',
      }

/** Proposes what the directory says of one's own mailbox, where it differs from what stands there. */
export const DirectoryLabel = ({
  address,
  label,
  onUse,
}: {
  address: string
  label: SenderLabel
  onUse: (label: SenderLabel) => void
}) => {
  const [entry, setEntry] = useState<DirectoryEntry | null>(null)
  useEffect(() => {
    let current = true
    void invoke('directory.identify', { addresses: [address] }).then((outcome) => {
      if (current) setEntry(outcome.ok ? (outcome.value[0] ?? null) : null)
    })
    return () => {
      current = false
    }
  }, [address])
  if (!entry) return null
  const known = labelOf(entry)
  const keys = ['title', 'givenName', 'familyName', 'entity'] as const
  if (keys.every((key) => known[key] === '' || known[key] === label[key])) return null
  const name = [known.title, known.givenName, known.familyName].filter((part) => part !== '').join(' ')
  return (
    <p className="directory-proposal small" role="status">
      <BookUser aria-hidden="true" />
      <span>
        {t('directory.proposed', { name: [name, known.entity].filter((part) => part !== '').join(', ') })}
      </span>
      <Button
        size="small"
        onPress={() => {
          const next = { ...label }
          for (const key of keys) if (known[key] !== '') next[key] = known[key]
          onUse(next)
        }}
      >
        {t('directory.useProposed')}
      </Button>
    </p>
  )
}
