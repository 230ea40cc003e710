import type { FolderRole } from '../../app/contract/index.ts'
import { t } from './sentences.ts'

/** A folder's name: ours for the special ones, the server's for the others. */
export const folderName = (folder: { role: FolderRole; name: string }): string =>
  folder.role === 'none' ? folder.name : t(`shell.folder-${folder.role}`)
