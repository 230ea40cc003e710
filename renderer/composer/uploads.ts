import { useCallback, useRef, useState } from 'react'
import type { DraftAttachment } from '../../app/contract/index.ts'
import type { Upload } from './attachments-bar.tsx'
import { attachFile } from './upload.ts'

/** Files being attached to a draft, each with its progress; a failed one stays until dismissed. */
export const useUploads = (
  draftId: number,
  onAttached: (attachment: DraftAttachment) => void,
): {
  uploads: readonly Upload[]
  add: (files: readonly File[]) => void
  cancel: (upload: Upload) => void
} => {
  const [uploads, setUploads] = useState<readonly Upload[]>([])
  const controllers = useRef(new Map<string, AbortController>())
  const update = useCallback((id: string, change: Partial<Upload> | null): void => {
    setUploads((current) =>
      current.flatMap((one) => (one.id !== id ? one : change ? { ...one, ...change } : [])),
    )
  }, [])
  const add = useCallback(
    (files: readonly File[]): void => {
      for (const file of files) {
        const id = crypto.randomUUID()
        const controller = new AbortController()
        controllers.current.set(id, controller)
        setUploads((current) => [
          ...current,
          { id, fileName: file.name, size: file.size, sent: 0, error: null },
        ])
        void attachFile(draftId, file, id, (sent) => update(id, { sent }), controller.signal).then(
          (outcome) => {
            controllers.current.delete(id)
            if (controller.signal.aborted) return
            if (outcome.ok) {
              update(id, null)
              onAttached(outcome.value)
            } else update(id, { error: outcome.error })
          },
        )
      }
    },
    [draftId, onAttached, update],
  )
  const cancel = useCallback(
    (upload: Upload): void => {
      controllers.current.get(upload.id)?.abort()
      update(upload.id, null)
    },
    [update],
  )
  return { uploads, add, cancel }
}
