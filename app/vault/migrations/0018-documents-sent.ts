/** The medical documents of drafts: their files among the attachments, and whom they are about; what mailboxes ask for. */
export const documentsSentStep = {
  version: 18,
  name: 'documents-sent',
  sql: `
-- JSON: of a file that is not attached as it is, but is the source or the PDF of a document made when sending.
ALTER TABLE draft_attachments ADD COLUMN document TEXT;
-- JSON: the one patient they are about.
ALTER TABLE drafts ADD COLUMN document_patient TEXT;
-- Whether what is written from a mailbox asks for a read receipt unless its author says otherwise (ECO.2.3.2).
ALTER TABLE accounts ADD COLUMN ask_receipts INTEGER NOT NULL DEFAULT 0;
`,
} as const
