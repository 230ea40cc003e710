export { archive, archiveOf, moveTo, neighbour, remove, setFlag } from './actions.ts'
export { messageDragType } from './message-list.tsx'
export { MailboxView, type MailboxAction } from './mailbox-view.tsx'
