import type { DraftAttachment, Outcome } from '../../app/contract/index.ts'
import { invoke, uploadFile } from '../client/index.ts'

/** Streams a file to the core and attaches it to a draft. Errors: those of the upload and of `drafts.attach`. */
export const attachFile = async (
  draftId: number,
  file: File,
  uploadId: string,
  onProgress: (sent: number) => void,
  signal: AbortSignal,
): Promise<Outcome<DraftAttachment>> => {
  const sent = await uploadFile(file, uploadId, onProgress, signal)
  if (!sent.ok) return sent
  return invoke('drafts.attach', {
    id: draftId,
    uploadId,
    fileName: file.name.slice(0, 255) || 'fichier',
    mimeType: file.type.slice(0, 200) || 'application/octet-stream',
  })
}
