export { buildHeaderOnlyView, buildMessageView, messageParts } from './message-view.ts'
export { createPartFiles } from './files.ts'
export { createResources, type Resource } from './resources.ts'
export { createUploads } from './uploads.ts'
