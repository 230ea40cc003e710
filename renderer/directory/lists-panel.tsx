import { Download, FileUp, ListPlus, PencilLine, Trash2, Users } from 'lucide-react'
import { useRef, useState } from 'react'
import type { Correspondent, DistributionList } from '../../app/contract/index.ts'
import { invoke, uploadFile } from '../client/index.ts'
import { Button, EmptyState, IconButton, showError, showToast, Spinner } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { useLists } from './directory-state.ts'
import { ListDialog } from './list-dialog.tsx'

const exportList = async (list: DistributionList): Promise<void> => {
  const part = await invoke('lists.exportCsv', { id: list.id })
  if (!part.ok) return showError(part.error)
  const saved = await invoke('window.savePart', { url: part.value.url, fileName: `${list.name}.csv` })
  if (!saved.ok) showError(saved.error)
}

const removeList = async (list: DistributionList): Promise<void> => {
  const done = await invoke('lists.delete', { id: list.id })
  if (!done.ok) return showError(done.error)
  showToast({
    text: t('directory.listDeleted', { name: list.name }),
    onUndo: () => {
      const members = list.members.map(({ name, address }) => ({ name, address }))
      void invoke('lists.save', { id: null, name: list.name, members })
    },
  })
}

/** Distribution lists: create, change, import and export, write to all of one. */
export const ListsPanel = ({ onWrite }: { onWrite: (to: readonly Correspondent[]) => void }) => {
  const lists = useLists()
  const [editing, setEditing] = useState<DistributionList | 'new' | null>(null)
  const file = useRef<HTMLInputElement>(null)
  const importCsv = async (chosen: File): Promise<void> => {
    const uploadId = crypto.randomUUID()
    const uploaded = await uploadFile(chosen, uploadId, () => undefined, new AbortController().signal)
    if (!uploaded.ok) return showError(uploaded.error)
    const name = chosen.name.replace(/\.[^.]*$/, '').slice(0, 80) || t('directory.newList')
    const done = await invoke('lists.importCsv', { uploadId, name })
    if (done.ok)
      showToast({
        text: t('directory.listImported', { name, count: done.value.members, refused: done.value.refused }),
      })
    else showError(done.error)
  }
  return (
    <>
      <div className="directory-list-actions">
        <Button onPress={() => setEditing('new')}>
          <ListPlus aria-hidden="true" /> {t('directory.newList')}
        </Button>
        <Button variant="quiet" onPress={() => file.current?.click()}>
          <FileUp aria-hidden="true" /> {t('directory.importCsv')}
        </Button>
        <input
          ref={file}
          type="file"
          accept=".csv,.txt"
          hidden
          aria-label={t('directory.importCsv')}
          onChange={(event) => {
            const [chosen] = event.target.files ?? []
            event.target.value = ''
            if (chosen) void importCsv(chosen)
          }}
        />
      </div>
      {lists === null ? (
        <Spinner label={t('common.loading')} />
      ) : lists.length === 0 ? (
        <EmptyState icon={<Users />} title={t('directory.noList')}>
          {t('directory.noListText')}
        </EmptyState>
      ) : (
        <ul className="directory-lists">
          {lists.map((list) => {
            const gone = list.members.filter(({ goneSince }) => goneSince !== null).length
            return (
              <li key={list.id}>
                <Users aria-hidden="true" />
                <div className="directory-entry-words">
                  <b>{list.name}</b>
                  <span className="small muted">
                    {t('directory.members', { count: list.members.length })}
                  </span>
                  {gone > 0 ? (
                    <span className="small directory-warning">
                      {t('directory.goneMembers', { count: gone })}
                    </span>
                  ) : null}
                </div>
                <IconButton
                  label={t('directory.writeToList', { name: list.name })}
                  size="small"
                  isDisabled={list.members.length === 0}
                  onPress={() => onWrite(list.members.map(({ name, address }) => ({ name, address })))}
                >
                  <PencilLine aria-hidden="true" />
                </IconButton>
                <Button size="small" variant="quiet" onPress={() => setEditing(list)}>
                  {t('directory.editList')}
                </Button>
                <IconButton
                  label={t('directory.exportList', { name: list.name })}
                  size="small"
                  onPress={() => exportList(list)}
                >
                  <Download aria-hidden="true" />
                </IconButton>
                <IconButton
                  label={t('directory.deleteList', { name: list.name })}
                  size="small"
                  onPress={() => removeList(list)}
                >
                  <Trash2 aria-hidden="true" />
                </IconButton>
              </li>
            )
          })}
        </ul>
      )}
      {editing === null ? null : (
        <ListDialog list={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />
      )}
    </>
  )
}
