/** The medical documents of drafts: their files among the attachments, and whom they are about. */
export const documentsSentStep = {
  version: 18,
  name: 'documents-sent',
  sql: `
-- JSON: of a file that is not attached as it is, but is the source or the PDF of a document made when sending.
ALTER TABLE draft_attachments ADD COLUMN document TEXT;
-- JSON: the one patient they are about.
ALTER TABLE drafts ADD COLUMN document_patient TEXT;
`,
} as const
