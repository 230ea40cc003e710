export { ChangeNotices } from './change-notices.tsx'
export { certificateOwner, issuerName, shortFingerprint } from './certificate-words.ts'
export { ExpiryBanner, useExpiries } from './expiry-banner.tsx'
