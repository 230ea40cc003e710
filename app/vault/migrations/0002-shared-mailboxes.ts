/** Names the mailbox a shared folder belongs to; null for one's own folders. The next folder list fills it. */
export const sharedMailboxes = {
  version: 2,
  name: 'shared-mailboxes',
  sql: 'ALTER TABLE folders ADD COLUMN mailbox TEXT',
} as const
