export { StorageBanners, useStorageTrouble } from './health.tsx'
export { StorageSection } from './storage-section.tsx'
