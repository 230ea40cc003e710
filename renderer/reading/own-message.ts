import type { MessageView } from '../../app/contract/index.ts'
import { accountStore, useStore } from '../data/index.ts'

/** Whether one of the mailboxes of this workstation wrote the message. */
export const useOwnMessage = (view: Pick<MessageView, 'from'>): boolean =>
  useStore(accountStore).some(({ address }) => address.toLowerCase() === view.from.address.toLowerCase())
