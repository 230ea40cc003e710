export { ChangeNotices } from './change-notices.tsx'
export { certificateOwner, issuerName, shortFingerprint } from './certificate-words.ts'
export { P12File } from './p12-file.tsx'
export { ExpiryBanner, useExpiries } from './expiry-banner.tsx'
