export { DirectoryLabel } from './directory-label.tsx'
export { DirectoryPlace } from './directory-place.tsx'
export { DirectorySection } from './directory-section.tsx'
