export { createTrustSpace, type TrustSpace } from './trust-space.ts'
