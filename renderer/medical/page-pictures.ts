import { fail, ok } from '../../app/contract/index.ts'
import type { Outcome } from '../../app/contract/index.ts'
import { uploadFile } from '../client/index.ts'
import { fetchPart, openPdf } from '../documents/index.ts'

const resolution = 180
const points = 72
const mostPages = 100
const largest = 60 * 1024 * 1024

/** Draws every page of a PDF and streams the pictures to the core; their ids, in order. */
export const streamPagePictures = async (
  url: string,
  onPage: (done: number, total: number) => void,
): Promise<Outcome<string[]>> => {
  const control = new AbortController()
  const bytes = await fetchPart(url, largest, control.signal)
  if (!bytes.ok) return bytes
  const opened = await openPdf(bytes.value, null)
  if (!opened.ok) return opened
  const { pdf, task } = opened.value
  try {
    if (pdf.numPages > mostPages) return fail('document.unsupported')
    const ids: string[] = []
    for (let number = 1; number <= pdf.numPages; number += 1) {
      const page = await pdf.getPage(number)
      const viewport = page.getViewport({ scale: resolution / points })
      const canvas = document.createElement('canvas')
      canvas.width = Math.floor(viewport.width)
      canvas.height = Math.floor(viewport.height)
      await page.render({ canvas, viewport, intent: 'print', background: '#ffffff' }).promise
      const picture = await new Promise<Blob | null>((resolve) => {
        canvas.toBlob(resolve, 'image/jpeg', 0.9)
      })
      // Frees the pixels before the next page.
      canvas.width = 0
      if (!picture) return fail('document.unreadable')
      const id = crypto.randomUUID()
      const file = new File([picture], `page-${number}.jpg`, { type: 'image/jpeg' })
      const sent = await uploadFile(file, id, () => undefined, control.signal)
      if (!sent.ok) return sent
      ids.push(id)
      onPage(number, pdf.numPages)
    }
    return ok(ids)
  } catch (cause) {
    return fail('document.unreadable', { cause })
  } finally {
    await task.destroy()
  }
}
