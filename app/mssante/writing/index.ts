import type { CardHolder } from '../../contract/index.ts'
import { createAuthors } from './authors.ts'
import { createDraftDocuments, type DraftDocumentsDependencies } from './documents.ts'
import { createOutgoing, type OutgoingDependencies } from './outgoing.ts'
import { documentsOfMessage } from './replaced.ts'
import { createWritingThread } from './thread.ts'
import type { Typefaces } from './pdf/archive-pdf.ts'

export type { GivenContent } from './content.ts'

export interface WritingDependencies
  extends
    Omit<OutgoingDependencies, 'thread' | 'author'>,
    Omit<DraftDocumentsDependencies, 'thread' | 'outgoing' | 'author'> {
  /** Entry file of the worker thread, and the typefaces of the pages it writes. */
  workerEntry: string
  fonts: () => Promise<Typefaces>
  /** Of the card in use, for the first proposal of an author. */
  holder: () => CardHolder | null
}

/** Writing medical documents (clinical-documents.md §2.9): those of drafts, their author, and the message they become. */
export const createDocumentWriting = (deps: WritingDependencies) => {
  const thread = createWritingThread({ entry: deps.workerEntry, fonts: deps.fonts })
  const authors = createAuthors(deps)
  const outgoing = createOutgoing({ ...deps, thread, author: authors.known })
  const documents = createDraftDocuments({ ...deps, thread, outgoing, author: authors.known })
  return {
    authors,
    documents,
    /** What mail asks of documents while a draft becomes a message. */
    forMail: {
      outgoing: outgoing.outgoing,
      checks: outgoing.checks,
      people: outgoing.people,
      replaced: documentsOfMessage,
      restore: documents.restore,
    },
    stop: async (): Promise<void> => {
      documents.forget()
      await thread.stop()
    },
  }
}

export type DocumentWriting = ReturnType<typeof createDocumentWriting>
