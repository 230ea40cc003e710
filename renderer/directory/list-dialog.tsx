import { useState } from 'react'
import type { AppError, Correspondent, DistributionList } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { RecipientsField } from '../composer/index.ts'
import { Banner, Button, Dialog, ErrorBanner, TextField } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { goneWords } from './entry-words.ts'

/** A list being made or changed; its members are picked as recipients are. */
export const ListDialog = ({ list, onClose }: { list: DistributionList | null; onClose: () => void }) => {
  const [name, setName] = useState(list?.name ?? '')
  const [members, setMembers] = useState<Correspondent[]>(
    list?.members.map((one) => ({ name: one.name, address: one.address })) ?? [],
  )
  const [error, setError] = useState<AppError | null>(null)
  const save = async (): Promise<void> => {
    const outcome = await invoke('lists.save', { id: list?.id ?? null, name: name.trim(), members })
    if (outcome.ok) onClose()
    else setError(outcome.error)
  }
  const gone = list?.members.filter(
    ({ goneSince, address }) => goneSince !== null && members.some((one) => one.address === address),
  )
  return (
    <Dialog
      title={t(list ? 'directory.editListTitle' : 'directory.newList')}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t('common.cancel')}</Button>
          <Button variant="primary" isDisabled={name.trim() === ''} onPress={() => save()}>
            {t('directory.saveList')}
          </Button>
        </>
      }
    >
      {error ? <ErrorBanner error={error} /> : null}
      <TextField
        label={t('directory.listName')}
        value={name}
        onChange={(next) => setName(next.slice(0, 80))}
        autoFocus
      />
      <div className="directory-list-members">
        <RecipientsField
          label={t('directory.listMembers')}
          recipients={members}
          checks={[]}
          onChange={setMembers}
          most={500}
        />
      </div>
      {gone && gone.length > 0 ? (
        <Banner tone="warn" title={t('directory.goneMembers', { count: gone.length })}>
          <ul>
            {gone.map(({ address, goneSince }) => (
              <li key={address}>
                {address} · {goneSince === null ? '' : goneWords(goneSince)}
              </li>
            ))}
          </ul>
        </Banner>
      ) : null}
    </Dialog>
  )
}
