import type { ConcernedPerson, SendCheck } from '../../contract/index.ts'
import type { Outcome } from '../../contract/errors.ts'
import type { StoredDraft } from '../../vault/index.ts'
import type { EntityAttachment } from '../mime/compose.ts'

/** What a message gets for its medical documents. */
export interface OutgoingDocuments {
  /** In front of the other attachments. */
  attachments: EntityAttachment[]
  headers: Record<string, string>
  /** On the wire. */
  subject: string
  /** As people read it. */
  shownSubject: string
}

/** The documents of a message that is replaced, as they are in it. */
export interface SourceDocuments {
  /** Paths of the parts that they are: they are not kept as attachments. */
  parts: Set<string>
}

/** What mail asks of who writes medical documents (mssante/writing), which it may not import. */
export interface DraftDocuments<Source extends SourceDocuments = SourceDocuments> {
  /** Null for a draft without documents and without archives among its attachments. Errors: document.*, vault.*. */
  outgoing: (
    draft: StoredDraft,
    account: { id: number; address: string },
    at: number,
    replacePrefix: string,
  ) => Promise<Outcome<OutgoingDocuments | null>>
  /** What keeps them from leaving, the bytes they add before Base64, and whom they are about. */
  checks: (
    draft: StoredDraft,
  ) => Promise<Outcome<{ checks: SendCheck[]; bytes: number; people: ConcernedPerson[] }>>
  /** Whom the documents of a message that waits in the outbox are about. Errors: vault.*. */
  people: (draft: StoredDraft) => Promise<Outcome<ConcernedPerson[]>>
  /** The documents among the files of a message, to be sent again in another version; null without. */
  replaced: (files: { path: string; bytes: Uint8Array }[]) => Promise<Source | null>
  /** Gives them to the draft that replaces the message. */
  restore: (draftId: number, replaced: Source) => Promise<Outcome<null>>
}

/** Erases what only the writer of documents knows of a source, so that mail need not. */
export const draftDocuments = <Source extends SourceDocuments>(
  own: DraftDocuments<Source>,
): DraftDocuments => ({
  ...own,
  // Mail gives back what `replaced` gave it, and nothing else.
  restore: (draftId, replaced) => own.restore(draftId, replaced as Source),
})
