/** What reading the attachments of one message may cost; what is beyond is not indexed. */
export const limits = {
  /** Of a message's source and of one file: what is larger would take more memory than all the rest. */
  sourceBytes: 24 * 1024 * 1024,
  fileBytes: 16 * 1024 * 1024,
  /** Read of one message. */
  files: 50,
  pdfPages: 300,
  /** Kept of one file and of one message. */
  fileCharacters: 400_000,
  messageCharacters: 1_500_000,
  /** Enclosed messages inside enclosed messages. */
  depth: 3,
} as const
