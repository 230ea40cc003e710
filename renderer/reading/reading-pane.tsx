/** What the reader may ask of the mailbox about the message shown. */
export type ReadingAction =
  'reply' | 'reply-all' | 'forward' | 'toggle-flag' | 'toggle-seen' | 'archive' | 'delete' | 'close'

/** Stub: the reading pane's helper replaces it. `position` is « 1 sur 14 »; null when unknown. */
export const ReadingPane = ({
  messageId,
}: {
  messageId: number
  position: { index: number; total: number } | null
  onAction: (action: ReadingAction) => void
}) => <main className="read">{messageId}</main>
