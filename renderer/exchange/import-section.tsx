import { FolderOpen, Upload } from 'lucide-react'
import { useState } from 'react'
import type { Folder, Input } from '../../app/contract/index.ts'
import { invoke, uploadFile } from '../client/index.ts'
import { accountStore, useFolders, useStore } from '../data/index.ts'
import { Button, DropZone, showError, TextField } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { Choice } from './choice.tsx'
import { addImport, importStore } from './exchange-state.ts'
import { ImportRow } from './import-row.tsx'
import './exchange.css'

const newFolder = 0

/** Messages from files: where they come from, where they go, and what became of the imports before. */
export const ImportSection = ({
  folderName,
}: {
  folderName: (folder: Pick<Folder, 'role' | 'name'>) => string
}) => {
  const accounts = useStore(accountStore)
  const folders = useFolders() ?? []
  const imports = useStore(importStore)
  const [chosenAccount, setAccount] = useState<number | null>(null)
  const [chosenFolder, setFolder] = useState<number>(newFolder)
  const [name, setName] = useState(t('exchange.newFolderDefault'))
  const [made, setMade] = useState<{ accountId: number; name: string; id: number } | null>(null)
  const [busy, setBusy] = useState(false)
  const accountId = chosenAccount ?? accounts[0]?.id ?? null
  const own = folders.filter((folder) => folder.accountId === accountId)
  const existing = own.find((folder) => folder.id === chosenFolder)

  /** The folder to fill: made on the server first when it is new. */
  const target = async (): Promise<number | null> => {
    if (existing) return existing.id
    const same = own.find((folder) => folder.mailbox === null && folder.name === name.trim())
    if (same) return same.id
    if (made?.accountId === accountId && made.name === name.trim()) return made.id
    if (accountId === null) return null
    const created = await invoke('folders.create', { accountId, parentId: null, name: name.trim() })
    if (created.ok) {
      // It is in the list as soon as the core tells so; until then it is known by its name.
      setMade({ accountId, name: name.trim(), id: created.value.folderId })
      return created.value.folderId
    }
    showError(created.error)
    return null
  }
  const start = async (source: Input<'exchange.import'>['source'] | null): Promise<void> => {
    const folderId = source === null ? null : await target()
    if (source === null || folderId === null) return
    const started = await invoke('exchange.import', { source, folderId })
    if (started.ok) addImport(started.value)
    else showError(started.error)
  }
  const once = async (work: () => Promise<void>): Promise<void> => {
    if (busy) return
    setBusy(true)
    await work()
    setBusy(false)
  }
  const choose = (kind: 'files' | 'folder'): Promise<void> =>
    once(async () => {
      const chosen = await invoke('window.chooseImport', { kind })
      if (!chosen.ok) showError(chosen.error)
      else await start(chosen.value && { grant: chosen.value.grant })
    })
  const drop = (files: readonly File[]): Promise<void> =>
    once(async () => {
      const uploads: { uploadId: string; fileName: string }[] = []
      for (const file of files.slice(0, 16)) {
        const uploadId = crypto.randomUUID()
        const sent = await uploadFile(file, uploadId, () => undefined, new AbortController().signal)
        if (!sent.ok) {
          showError(sent.error)
          return
        }
        uploads.push({ uploadId, fileName: file.name.slice(0, 255) })
      }
      await start(uploads.length > 0 ? { uploads } : null)
    })

  return (
    <section className="settings-section" aria-labelledby="settings-import">
      <h3 id="settings-import">{t('exchange.importTitle')}</h3>
      <p className="muted small">{t('exchange.importText')}</p>
      <div className="exchange-target">
        {accounts.length > 1 && accountId !== null ? (
          <Choice
            label={t('exchange.account')}
            value={accountId}
            options={accounts.map((account) => ({ value: account.id, label: account.address }))}
            onChange={(id) => {
              setAccount(id)
              setFolder(newFolder)
            }}
          />
        ) : null}
        <Choice
          label={t('exchange.folder')}
          value={existing ? existing.id : newFolder}
          options={[
            { value: newFolder, label: t('exchange.newFolder') },
            ...own.map((folder) => ({
              value: folder.id,
              label:
                folder.mailbox === null ? folderName(folder) : `${folder.mailbox} · ${folderName(folder)}`,
            })),
          ]}
          onChange={setFolder}
        />
        {existing ? null : (
          <TextField label={t('exchange.newFolderName')} value={name} onChange={setName} maxLength={100} />
        )}
      </div>
      <DropZone onFiles={(files) => void drop(files)}>
        <Button
          size="small"
          isPending={busy}
          isDisabled={!existing && name.trim() === ''}
          onPress={() => choose('files')}
        >
          <Upload aria-hidden="true" /> {t('exchange.chooseFiles')}
        </Button>
        <Button
          size="small"
          isPending={busy}
          isDisabled={!existing && name.trim() === ''}
          onPress={() => choose('folder')}
        >
          <FolderOpen aria-hidden="true" /> {t('exchange.chooseFolder')}
        </Button>
        <span className="muted small">{t('exchange.dropHint')}</span>
      </DropZone>
      {imports.length > 0 ? (
        <ul className="exchange-list" aria-label={t('exchange.importTitle')}>
          {imports.map((state) => (
            <ImportRow key={state.id} state={state} />
          ))}
        </ul>
      ) : null}
    </section>
  )
}
