export type { TryResult } from './delivery.ts'
export type { OpenedMail } from './filable.ts'
export { createIntegration, type Integration } from './integration.ts'
