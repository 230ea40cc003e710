export { DocumentCard } from './document-card.tsx'
export { partAddress, readText, usePart } from './part-bytes.ts'
export { isTestIdentity, spacedMatricule } from './traits.ts'
