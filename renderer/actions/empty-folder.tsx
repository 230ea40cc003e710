import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { ActionSelection, Folder } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { Banner, Button, Confirmation, showError, showToast } from '../design/index.ts'
import { number, t } from '../i18n/index.ts'
import { bulkName, startBulk } from './bulk.ts'

/** What a question about a deletion for good is about: the messages counted, no others. */
export interface Prepared {
  actionId: number
  total: number
}

/** Freezes and counts what is to be deleted for good; null when there is nothing, or it could not be. */
export const prepareForGood = async (selection: ActionSelection): Promise<Prepared | null> => {
  const prepared = await invoke('actions.prepare', { selection, wish: { kind: 'delete-for-good' } })
  if (!prepared.ok) {
    showError(prepared.error)
    return null
  }
  if (prepared.value.total > 0) return prepared.value
  showToast({ text: t('actions.nothingToDo') })
  await invoke('actions.discard', { actionId: prepared.value.actionId })
  return null
}

/** Asks before a deletion for good, naming how many messages leave. */
export const ForGoodDialog = ({
  title,
  prepared,
  onClose,
}: {
  title: string
  prepared: Prepared | null
  onClose: () => void
}) => {
  const refuse = (): void => {
    if (prepared) void invoke('actions.discard', { actionId: prepared.actionId })
    onClose()
  }
  return (
    <Confirmation
      title={title}
      confirm={t('actions.emptyConfirm')}
      isOpen={prepared !== null}
      onClose={refuse}
      onConfirm={() => {
        if (prepared) void startBulk(prepared.actionId, bulkName({ kind: 'delete-for-good' }, []))
        onClose()
      }}
    >
      <p>{t('actions.emptyText', { count: prepared?.total ?? 0, shown: number(prepared?.total ?? 0) })}</p>
      <Banner tone="warn">
        <p>{t('actions.emptyFinal')}</p>
      </Banner>
    </Confirmation>
  )
}

/** Empties a trash or junk folder, after a question that names the count. */
export const EmptyFolderButton = ({ folder }: { folder: Folder }) => {
  const [prepared, setPrepared] = useState<Prepared | null>(null)
  const junk = folder.role === 'junk'
  return (
    <>
      <Button
        size="small"
        isDisabled={folder.total === 0}
        onPress={() => {
          void prepareForGood({ kind: 'folder', folderId: folder.id, filter: 'all' }).then(setPrepared)
        }}
      >
        <Trash2 aria-hidden="true" /> {t(junk ? 'actions.emptyJunk' : 'actions.emptyTrash')}
      </Button>
      <ForGoodDialog
        title={t(junk ? 'actions.emptyJunkTitle' : 'actions.emptyTrashTitle')}
        prepared={prepared}
        onClose={() => setPrepared(null)}
      />
    </>
  )
}
