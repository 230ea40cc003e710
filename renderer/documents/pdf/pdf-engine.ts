import { getDocument, PDFWorker } from 'pdfjs-dist'
import type { PDFDocumentLoadingTask, PDFDocumentProxy } from 'pdfjs-dist'
import workerAddress from 'pdfjs-dist/build/pdf.worker.min.mjs?url'
import { fail, ok } from '../../../app/contract/index.ts'
import type { Outcome } from '../../../app/contract/index.ts'

/** Largest PDF drawn in the window, in bytes; larger ones are saved or opened outside. */
export const maximumPdfSize = 60 * 1024 * 1024
const maximumPages = 3_000

let worker: PDFWorker | null = null

interface ScriptPolicies {
  createPolicy(
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ): { createScriptURL: (url: string) => unknown }
}

/** The one address scripts may come from besides the bundle's own tags: our copy of pdf.js's worker. */
const trustedWorkerAddress = (): string => {
  const address = new URL(workerAddress, document.baseURI).href
  const { trustedTypes } = window as Window & { trustedTypes?: ScriptPolicies }
  if (!trustedTypes) return address
  const policy = trustedTypes.createPolicy('souspli', {
    createScriptURL: (url) => {
      if (url !== address) throw new TypeError('not the worker of this window')
      return url
    },
  })
  // The DOM's types do not know that `Worker` takes a TrustedScriptURL.
  return policy.createScriptURL(address) as string
}

const sharedWorker = (): PDFWorker => {
  worker ??= PDFWorker.create({ port: new Worker(trustedWorkerAddress(), { type: 'module' }) })
  return worker
}

/** pdf.js's data files, which the build puts beside the bundle (renderer/pdf-assets.ts). */
const dataFolder = (name: string): string => new URL(`pdf/${name}/`, document.baseURI).href

export interface OpenPdf {
  pdf: PDFDocumentProxy
  task: PDFDocumentLoadingTask
}

/**
 * Opens a PDF without scripts, XFA, network or system fonts (models.md §6.3.10; this pdf.js has no eval any more). Errors: `mime.malformed` for
 * what pdf.js cannot read (with `locked` where a password is missing or wrong), `mime.limit` for too many pages.
 */
export const openPdf = async (
  bytes: Uint8Array<ArrayBuffer>,
  password: string | null,
): Promise<Outcome<OpenPdf>> => {
  const task = getDocument({
    data: bytes,
    ...(password === null ? {} : { password }),
    worker: sharedWorker(),
    enableXfa: false,
    useWasm: false,
    useWorkerFetch: false,
    useSystemFonts: false,
    standardFontDataUrl: dataFolder('standard_fonts'),
    cMapUrl: dataFolder('cmaps'),
    wasmUrl: dataFolder('wasm'),
    stopAtErrors: false,
    verbosity: 0,
  })
  try {
    const pdf = await task.promise
    if (pdf.numPages > maximumPages) {
      await task.destroy()
      return fail('mime.limit', { details: { limit: maximumPages } })
    }
    return ok({ pdf, task })
  } catch (cause) {
    await task.destroy()
    const locked = cause instanceof Error && cause.name === 'PasswordException'
    return fail('mime.malformed', { cause, details: { locked } })
  }
}
