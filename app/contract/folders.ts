import { z } from 'zod'
import { AccountId } from './accounts.ts'
import { FolderId } from './mail.ts'
import { call, Nothing } from './service.ts'

/** One level of a folder's path; the server may refuse more. */
export const FolderName = z.string().min(1).max(100)

/** Roles the user may give to a folder of his own; the inbox is the server's. */
export const ChosenRole = z.enum(['drafts', 'sent', 'archive', 'junk', 'trash'])
export type ChosenRole = z.infer<typeof ChosenRole>

/**
 * Changes to the folders themselves. They are done on the server at once and need it: `net.unreachable` without a
 * connection (docs/sync.md), unlike actions on messages, which are queued.
 */
export const folderCalls = {
  /** `folder.name-invalid`, `folder.exists`, `folder.refused` (no right, or the server's own reasons). */
  'folders.create': call(
    z.object({ accountId: AccountId, parentId: FolderId.nullable(), name: FolderName }),
    z.object({ folderId: FolderId }),
  ),
  /** Messages keep their place in it. Also `folder.special` for the inbox and folders with a role. */
  'folders.rename': call(z.object({ folderId: FolderId, name: FolderName }), Nothing),
  /** With its messages, on the server, for good; `folder.not-empty` when folders are below it. */
  'folders.delete': call(z.object({ folderId: FolderId }), Nothing),
  'folders.subscribe': call(z.object({ folderId: FolderId, on: z.boolean() }), Nothing),
  /** Which folder is sent mail, trash…; null leaves it to the server again. Stays on this workstation. */
  'folders.setRole': call(
    z.object({ accountId: AccountId, role: ChosenRole, folderId: FolderId.nullable() }),
    Nothing,
  ),
}
