export { DirectoryPlace } from './directory-place.tsx'
export { DirectorySection } from './directory-section.tsx'
