export { archive, neighbour, remove, setFlag } from './actions.ts'
export { MailboxView, type MailboxAction } from './mailbox-view.tsx'
