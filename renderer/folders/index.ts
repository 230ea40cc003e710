import './folders.css'

export { FolderMenu } from './folder-menu.tsx'
export { isNearlyFull, QuotaBanner, QuotaLine } from './quota.tsx'
export { RightsNote } from './rights-note.tsx'
export { Refusals, refusals, useRefusals } from './rights.ts'
