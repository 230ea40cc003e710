export { buildHeaderOnlyView, buildMessageView, messageParts } from './message-view.ts'
export { createResources, type Resource, type Resources } from './resources.ts'
export { createUploads, type Uploads } from './uploads.ts'
