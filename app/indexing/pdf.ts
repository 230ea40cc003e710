import { limits } from './limits.ts'

/** The part of pdf.js that reads text: no page is ever drawn here. */
const loadEngine = async () => {
  // pdf.js loads a native canvas when there is one; nothing here draws, and empty stand-ins are all it needs to start.
  const scope = globalThis as Record<string, unknown>
  scope.DOMMatrix ??= class {}
  scope.Path2D ??= class {}
  scope.ImageData ??= class {}
  scope.pdfjsWorker = await import('pdfjs-dist/legacy/build/pdf.worker.mjs')
  const builtin = Object.getOwnPropertyDescriptor(process, 'getBuiltinModule') ?? {}
  Object.defineProperty(process, 'getBuiltinModule', {
    ...builtin,
    value: () => {
      throw new Error('no canvas here')
    },
  })
  try {
    return await import('pdfjs-dist/legacy/build/pdf.mjs')
  } finally {
    Object.defineProperty(process, 'getBuiltinModule', builtin)
  }
}
let engine: ReturnType<typeof loadEngine> | undefined

/**
 * The text layer of a PDF, page after page, within the limits; empty for what pdf.js cannot read (encrypted and damaged files
 * included). No scripts, no XFA, no fonts, no network. The bytes are taken over by pdf.js.
 */
export const pdfText = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> => {
  const { getDocument, VerbosityLevel } = await (engine ??= loadEngine())
  const task = getDocument({
    data: bytes,
    enableXfa: false,
    useWasm: false,
    useWorkerFetch: false,
    useSystemFonts: false,
    disableFontFace: true,
    isOffscreenCanvasSupported: false,
    isImageDecoderSupported: false,
    stopAtErrors: false,
    verbosity: VerbosityLevel.ERRORS,
  })
  try {
    const pdf = await task.promise
    const pages: string[] = []
    let length = 0
    for (let number = 1; number <= Math.min(pdf.numPages, limits.pdfPages); number += 1) {
      const page = await pdf.getPage(number)
      const { items } = await page.getTextContent({ includeMarkedContent: false })
      const text = items.map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join('')
      page.cleanup()
      pages.push(text)
      length += text.length
      if (length > limits.fileCharacters) break
    }
    return pages.join('\n')
  } catch {
    // Nothing to index in what cannot be read; the reader shows why when it is opened.
    return ''
  } finally {
    await task.destroy()
  }
}
