export { createVault, type NewSlotSecret, type PartFiles, type SlotSecret, type Vault } from './vault.ts'
export { createVaults, type Vaults } from './vaults.ts'
export { createOwners, type Owners } from './owners.ts'
export type { RebuildWish } from './rebuild.ts'
export type { FolderSize } from './operations/storage.ts'
export type { RestoreWish } from './restore.ts'
export type { AddressCertificate, CertificateUses } from './operations/certificates.ts'
export type { StoredAccount, StoredCard } from './operations/accounts.ts'
export type {
  RenameCandidate,
  ServerFolder,
  ServerStatus,
  SyncFolder,
  FolderState,
} from './operations/folders.ts'
export { flagBits, type Removal } from './operations/message-rows.ts'
export type { Vanishing } from './operations/vanished.ts'
export { prepareText } from './search/words.ts'
export { packReadings, unpackReadings, type BodyReading } from './readings.ts'
export type { BodyFindings, Location, NewMessage, StoredBody, StoredSource } from './operations/messages.ts'
export type { LocalMessage } from './operations/appends.ts'
export type { QueuedOperation } from './operations/queue.ts'
export type { PendingOperation, StoredNotice } from './operations/pending.ts'
export type { QueuedItem } from './operations/queue-items.ts'
export type { ImportSource, StoredImport } from './operations/imports.ts'
export type { StoredAttachment, StoredDraft } from './operations/drafts.ts'
export type { FoundOutcome, FoundReport } from './operations/delivery.ts'
export type { OutboxChange, OutboxRecipient, StoredOutboxItem } from './operations/outbox.ts'
export type { AttachmentText } from './operations/search.ts'
export { folderRights } from './operations/folder-rights.ts'
