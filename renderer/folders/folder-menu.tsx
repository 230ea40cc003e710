import { Bell, BellOff, EllipsisVertical, FolderPlus, PencilLine, Tag, Trash2 } from 'lucide-react'
import { useState, type ReactNode, type SubmitEvent } from 'react'
import type { ChosenRole, Folder, Outcome } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import {
  Button,
  Confirmation,
  Dialog,
  IconButton,
  Menu,
  TextField,
  showError,
  showToast,
} from '../design/index.ts'
import { folderName, number, t } from '../i18n/index.ts'

const roles: readonly ChosenRole[] = ['drafts', 'sent', 'archive', 'junk', 'trash']

const tell = (outcome: Outcome<unknown>, done: string): boolean => {
  if (outcome.ok) showToast({ text: done })
  else showError(outcome.error)
  return outcome.ok
}

/** One name asked for: a new folder, or a new name. The server does it at once, so it must be there. */
const NameDialog = ({
  title,
  action,
  initial,
  isOpen,
  onClose,
  onName,
}: {
  title: string
  action: string
  initial: string
  isOpen: boolean
  onClose: () => void
  onName: (name: string) => Promise<boolean>
}) => {
  const [name, setName] = useState(initial)
  const [working, setWorking] = useState(false)
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    setWorking(true)
    if (await onName(name.trim())) onClose()
    setWorking(false)
  }
  return (
    <Dialog
      width="narrow"
      title={title}
      isOpen={isOpen}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t('common.cancel')}</Button>
          <Button
            variant="primary"
            type="submit"
            form="folder-name"
            isDisabled={working || name.trim() === ''}
          >
            {action}
          </Button>
        </>
      }
    >
      <form id="folder-name" onSubmit={(event) => void submit(event)}>
        <TextField
          label={t('folders.name')}
          hint={t('folders.onServer')}
          value={name}
          onChange={setName}
          maxLength={100}
          autoFocus
        />
      </form>
    </Dialog>
  )
}

/** Asks for the name of a new folder of an account, below `parent` or at the top. */
const NewFolder = ({
  accountId,
  parent,
  isOpen,
  onClose,
}: {
  accountId: number
  parent: Folder | null
  isOpen: boolean
  onClose: () => void
}) => (
  <NameDialog
    title={parent ? t('folders.createBelowTitle', { folder: folderName(parent) }) : t('folders.newFolder')}
    action={t('folders.createAction')}
    initial=""
    isOpen={isOpen}
    onClose={onClose}
    onName={async (name) =>
      tell(
        await invoke('folders.create', { accountId, parentId: parent?.id ?? null, name }),
        t('folders.created', { folder: name }),
      )
    }
  />
)

const DeleteDialog = ({
  folder,
  isOpen,
  onClose,
}: {
  folder: Folder
  isOpen: boolean
  onClose: () => void
}) => (
  <Confirmation
    title={t('folders.deleteTitle', { folder: folderName(folder) })}
    confirm={t('folders.deleteAction')}
    isOpen={isOpen}
    onClose={onClose}
    onConfirm={() => {
      onClose()
      void invoke('folders.delete', { folderId: folder.id }).then((outcome) =>
        tell(outcome, t('folders.deleted', { folder: folderName(folder) })),
      )
    }}
  >
    <p>{t('folders.deleteText', { count: folder.total, shown: number(folder.total) })}</p>
  </Confirmation>
)

const RoleDialog = ({
  folder,
  isOpen,
  onClose,
}: {
  folder: Folder
  isOpen: boolean
  onClose: () => void
}) => {
  const choose = (role: ChosenRole, folderId: number | null, done: string): void => {
    onClose()
    void invoke('folders.setRole', { accountId: folder.accountId, role, folderId }).then((outcome) =>
      tell(outcome, done),
    )
  }
  const current = roles.find((role) => role === folder.role)
  return (
    <Dialog
      width="narrow"
      title={t('folders.useAsTitle', { folder: folderName(folder) })}
      isOpen={isOpen}
      onClose={onClose}
    >
      <p>{t('folders.useAsText')}</p>
      <div className="folder-roles">
        {roles.map((role) => (
          <Button
            key={role}
            wide
            isDisabled={role === folder.role}
            onPress={() =>
              choose(
                role,
                folder.id,
                t('folders.usedAs', { folder: folder.name, use: t(`shell.folder-${role}`) }),
              )
            }
          >
            {t(`shell.folder-${role}`)}
          </Button>
        ))}
        {current ? (
          <Button wide variant="quiet" onPress={() => choose(current, null, t('folders.roleGivenBack'))}>
            {t('folders.giveRoleBack')}
          </Button>
        ) : null}
      </div>
    </Dialog>
  )
}

type Asked = 'create' | 'rename' | 'delete' | 'role'

/** What can be done with a folder itself; what its rights or its role forbid is not offered. */
export const FolderMenu = ({ folder }: { folder: Folder }) => {
  const [asked, setAsked] = useState<Asked | null>(null)
  const close = (): void => setAsked(null)
  const plain = folder.role === 'none'
  // From one's own inbox, a folder beside it: where most mail programs put them.
  const parent = folder.role === 'inbox' && folder.mailbox === null ? null : folder
  const entry = (id: string, label: string, icon: ReactNode, onAction: () => void) => ({
    id,
    label,
    icon,
    onAction,
  })
  const entries = [
    ...(folder.rights.create
      ? [
          entry(
            'create',
            t(parent ? 'folders.createBelow' : 'folders.newFolder'),
            <FolderPlus aria-hidden="true" />,
            () => setAsked('create'),
          ),
        ]
      : []),
    ...(plain && folder.rights.deleteFolder
      ? [
          entry('rename', t('folders.renameAction'), <PencilLine aria-hidden="true" />, () =>
            setAsked('rename'),
          ),
          entry('delete', t('folders.deleteFolder'), <Trash2 aria-hidden="true" />, () => setAsked('delete')),
        ]
      : []),
    ...(folder.mailbox === null && folder.role !== 'inbox'
      ? [entry('role', t('folders.useAs'), <Tag aria-hidden="true" />, () => setAsked('role'))]
      : []),
    ...(folder.role === 'inbox'
      ? []
      : [
          entry(
            'subscribe',
            t(folder.subscribed ? 'folders.unsubscribe' : 'folders.join'),
            folder.subscribed ? <BellOff aria-hidden="true" /> : <Bell aria-hidden="true" />,
            () => {
              void invoke('folders.subscribe', { folderId: folder.id, on: !folder.subscribed }).then(
                (outcome) =>
                  tell(
                    outcome,
                    t(folder.subscribed ? 'folders.unsubscribed' : 'folders.subscribed', {
                      folder: folderName(folder),
                    }),
                  ),
              )
            },
          ),
        ]),
  ]
  if (entries.length === 0) return null
  return (
    <>
      <Menu
        label={t('folders.menu', { folder: folderName(folder) })}
        trigger={
          <IconButton
            className="folder-more"
            label={t('folders.menu', { folder: folderName(folder) })}
            size="small"
          >
            <EllipsisVertical aria-hidden="true" />
          </IconButton>
        }
        entries={entries}
      />
      {asked === 'create' ? (
        <NewFolder accountId={folder.accountId} parent={parent} isOpen onClose={close} />
      ) : null}
      {asked === 'rename' ? (
        <NameDialog
          title={t('folders.renameTitle', { folder: folder.name })}
          action={t('folders.renameAction')}
          initial={folder.name}
          isOpen
          onClose={close}
          onName={async (name) =>
            tell(
              await invoke('folders.rename', { folderId: folder.id, name }),
              t('folders.renamed', { folder: name }),
            )
          }
        />
      ) : null}
      {asked === 'delete' ? <DeleteDialog folder={folder} isOpen onClose={close} /> : null}
      {asked === 'role' ? <RoleDialog folder={folder} isOpen onClose={close} /> : null}
    </>
  )
}
