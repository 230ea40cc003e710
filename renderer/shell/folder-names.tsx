import { Archive, FileText, Folder as FolderIcon, Inbox, Send, ShieldAlert, Trash2 } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Folder, FolderRole } from '../../app/contract/index.ts'

export { folderName } from '../i18n/index.ts'

const order: readonly FolderRole[] = ['inbox', 'drafts', 'sent', 'archive', 'junk', 'trash', 'none']

const icons: Record<FolderRole, ReactNode> = {
  inbox: <Inbox aria-hidden="true" />,
  drafts: <FileText aria-hidden="true" />,
  sent: <Send aria-hidden="true" />,
  archive: <Archive aria-hidden="true" />,
  junk: <ShieldAlert aria-hidden="true" />,
  trash: <Trash2 aria-hidden="true" />,
  none: <FolderIcon aria-hidden="true" />,
}

export const folderIcon = (role: FolderRole): ReactNode => icons[role]

/** Inbox first, then the special folders, then the others by name. */
export const sortFolders = (folders: readonly Folder[]): Folder[] =>
  [...folders].sort(
    (a, b) => order.indexOf(a.role) - order.indexOf(b.role) || a.name.localeCompare(b.name, 'fr'),
  )
