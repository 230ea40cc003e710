import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ok, type ExchangeMethod, type Input, type Outcome, type Output } from './contract/index.ts'
import type { Exchange } from './mail/index.ts'
import type { Grants, Resource } from './reading/index.ts'

/** Typefaces of PDF exports, from their folder; thrown errors are those of the file system. */
export const readFonts = async (folder: string): Promise<{ regular: Uint8Array; bold: Uint8Array }> => ({
  regular: await readFile(join(folder, 'LiberationSans-Regular.ttf')),
  bold: await readFile(join(folder, 'LiberationSans-Bold.ttf')),
})

export interface ExchangeHandlersDependencies {
  exchange: Exchange
  grants: Grants
  takeUpload: (uploadId: string) => Promise<Outcome<{ partFile: string; size: number }>>
  keep: (resource: Resource) => string
  language: () => string
}

/** Refusals shown in the window, and in the list that can be saved. */
const shownRefusals = 200
const listedRefusals = 100_000

type Handlers = {
  [M in ExchangeMethod]: (input: Input<M>) => Promise<Outcome<Output<M>>> | Outcome<Output<M>>
}

/** The calls of contract/exchange.ts. */
export const exchangeHandlers = (deps: ExchangeHandlersDependencies): Handlers => {
  const { imports, exports, quarantine } = deps.exchange
  return {
    'exchange.import': async ({ source, folderId }) => {
      if ('grant' in source) {
        const granted = deps.grants.take(source.grant, ['import'])
        return granted.ok ? imports.start({ source: { paths: granted.value.paths }, folderId }) : granted
      }
      const parts: { partFile: string; fileName: string; size: number }[] = []
      for (const { uploadId, fileName } of source.uploads) {
        const upload = await deps.takeUpload(uploadId)
        if (!upload.ok) return upload
        parts.push({ ...upload.value, fileName })
      }
      return imports.start({ source: { parts }, folderId })
    },
    'exchange.imports': () => imports.list(),
    'exchange.cancelImport': ({ id }) => imports.cancel(id),
    'exchange.resumeImport': ({ id }) => imports.resume(id),
    'exchange.forgetImport': ({ id }) => imports.forget(id),
    'exchange.refusals': async ({ id }) => {
      const list = await imports.refusals(id, listedRefusals)
      if (!list.ok) return list
      const lines = list.value.map(
        ({ file, place, code }) => `${csvCell(file)};${String(place)};${csvCell(code)}\r\n`,
      )
      // With its mark, or spreadsheets take it for another charset.
      const csv = Buffer.from(`\ufefffile;byte;code\r\n${lines.join('')}`)
      const url = deps.keep({
        mimeType: 'text/plain',
        size: csv.byteLength,
        fileName: 'refus.csv',
        read: () => ok(csv),
      })
      return ok({ first: list.value.slice(0, shownRefusals), url })
    },
    'exchange.export': ({ grant, ...wish }) => {
      const granted = deps.grants.take(grant, ['export-file', 'export-folder'])
      if (!granted.ok) return granted
      const folder = granted.value.use === 'export-folder'
      return exports.start({ ...wish, folder, path: granted.value.paths[0] ?? '', language: deps.language() })
    },
    'exchange.cancelExport': ({ id }) => {
      exports.cancel(id)
      return ok(null)
    },
    'quarantine.list': () => quarantine.list(),
    'quarantine.retry': ({ id }) => quarantine.retry(id),
  }
}

/** Quoted, and never a formula for a spreadsheet. */
const csvCell = (text: string): string =>
  `"${(/^[=+\-@\t]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`
