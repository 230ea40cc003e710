import type { PDFDocumentProxy } from 'pdfjs-dist'
import { showError, showToast } from '../../design/index.ts'
import { fail } from '../../../app/contract/index.ts'
import { t } from '../../i18n/index.ts'
import { printImages } from '../print-sheet.tsx'

/** Pages drawn for one print; longer files are printed by the program they are opened with. */
const maximumPages = 200
/** Dots per inch, and points per inch of a PDF. */
const resolution = 150
const points = 72

/** Draws every page and gives them to the printer, one sheet each, as large as the paper. */
export const printPdf = async (pdf: PDFDocumentProxy): Promise<void> => {
  if (pdf.numPages > maximumPages) {
    showToast({ text: t('documents.tooLongToPrint', { pages: maximumPages }) })
    return
  }
  const images: Blob[] = []
  try {
    for (let number = 1; number <= pdf.numPages; number += 1) {
      const page = await pdf.getPage(number)
      const viewport = page.getViewport({ scale: resolution / points })
      const canvas = document.createElement('canvas')
      canvas.width = Math.floor(viewport.width)
      canvas.height = Math.floor(viewport.height)
      await page.render({ canvas, viewport, intent: 'print' }).promise
      const image = await new Promise<Blob | null>((resolve) => {
        canvas.toBlob(resolve, 'image/png')
      })
      // Frees the pixels before the next page.
      canvas.width = 0
      if (!image) throw new Error('a page could not be drawn for print')
      images.push(image)
    }
  } catch (cause) {
    const failure = fail('mime.malformed', { cause })
    if (!failure.ok) showError(failure.error)
    return
  }
  await printImages(images)
}
