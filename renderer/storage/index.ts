export { LowSpaceBanner, useLowSpace } from './low-space.tsx'
export { StorageSection } from './storage-section.tsx'
