import type { OutboxItem } from '../../app/contract/index.ts'

/** Stub: the composer's helper replaces it. */
export const Composer = ({
  draftId,
}: {
  draftId: number
  onClose: () => void
  onSent: (item: OutboxItem) => void
}) => <div>{draftId}</div>
