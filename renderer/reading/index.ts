export { ReadingPane } from './reading-pane.tsx'
export type { ReadingAction } from './reading-toolbar.tsx'
export { EncryptionExplained, HeadersExplained, SignatureExplained } from './security-details.tsx'
export { EncryptionChip, SignatureChip } from './signature-chip.tsx'
