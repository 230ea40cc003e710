import './actions.css'

export { runBulk } from './bulk.ts'
export { BulkBar } from './bulk-bar.tsx'
export { EmptyFolderButton } from './empty-folder.tsx'
export { ForGoodDialog, useForGood, type ForGood } from './for-good.tsx'
export { MoveDialog } from './move-dialog.tsx'
export { ActionNotices } from './notices.tsx'
export { PendingActionList } from './pending-actions.tsx'
