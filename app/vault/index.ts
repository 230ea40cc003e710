export { createVault, type NewSlotSecret, type PartFiles, type SlotSecret, type Vault } from './vault.ts'
export type { OperationName, OperationParams, OperationResult } from './operations/index.ts'
export type { CertificateSource, StoredCertificate } from './operations/keys.ts'
