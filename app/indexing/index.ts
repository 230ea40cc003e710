export { createExtractor } from './thread.ts'
export { createIndexing } from './indexing.ts'
