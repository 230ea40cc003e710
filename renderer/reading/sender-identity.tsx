import { BookUser } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { DirectoryEntry } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { Chip } from '../design/index.ts'
import { fullDate, t } from '../i18n/index.ts'

/** Who an address belongs to by the directory of this workstation: name, trade, RPPS, structure and town. */
export const SenderIdentity = ({ address }: { address: string }) => {
  const [known, setKnown] = useState<{ address: string; entry: DirectoryEntry | null } | null>(null)
  useEffect(() => {
    let current = true
    void invoke('directory.identify', { addresses: [address] }).then((outcome) => {
      if (current) setKnown({ address, entry: outcome.ok ? (outcome.value[0] ?? null) : null })
    })
    return () => {
      current = false
    }
  }, [address])
  const entry = known?.address === address ? known.entry : null
  if (!entry) return null
  const { nationalId, structure } = entry
  const parts = [
    entry.name,
    entry.specialty?.label ?? entry.profession?.label,
    nationalId !== null && /^8\d{11}$/.test(nationalId) ? `RPPS ${nationalId.slice(1)}` : null,
    // A service's name holds its structure already.
    nationalId === null ? null : (structure?.tradeName ?? structure?.name),
    structure?.town,
  ].filter((part) => part !== null && part !== undefined)
  return (
    <p className="sender-note small sender-identity">
      <BookUser aria-hidden="true" />
      <span className="muted">{t('directory.senderKnown')}</span> <span>{parts.join(' · ')}</span>
      {entry.goneSince === null ? null : (
        <Chip tone="warn">{t('directory.goneSince', { date: fullDate(entry.goneSince) })}</Chip>
      )}
    </p>
  )
}
