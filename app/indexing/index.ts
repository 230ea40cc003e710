export { createExtractor } from './thread.ts'
export { limits } from './limits.ts'
export { createIndexing } from './indexing.ts'
