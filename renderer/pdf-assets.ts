import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import type { Plugin } from 'vite'

/** What pdf.js asks for by exact name while it draws: base fonts, character maps, picture decoders without WebAssembly. */
const wanted: Readonly<Record<string, RegExp>> = {
  standard_fonts: /\.(?:pfb|ttf)$/,
  cmaps: /\.bcmap$/,
  wasm: /_nowasm_fallback\.js$/,
}

const mediaTypes: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.ttf': 'font/ttf' }

/** Puts pdf.js's data files beside the bundle under `pdf/`, with their own names, in builds and in development. */
export const pdfAssets = (): Plugin => {
  const packageFolder = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'))
  const files = Object.entries(wanted).flatMap(([folder, form]) =>
    readdirSync(join(packageFolder, folder))
      .filter((name) => form.test(name))
      .map((name) => `${folder}/${name}`),
  )
  return {
    name: 'pdf-assets',
    generateBundle() {
      for (const file of files)
        this.emitFile({
          type: 'asset',
          fileName: `pdf/${file}`,
          source: readFileSync(join(packageFolder, file)),
        })
    },
    configureServer(server) {
      server.middlewares.use('/pdf/', (request, response, next) => {
        const file = (request.url ?? '').replace(/^\//, '').replace(/\?.*$/, '')
        if (!files.includes(file)) return next()
        response.setHeader('content-type', mediaTypes[extname(file)] ?? 'application/octet-stream')
        response.end(readFileSync(join(packageFolder, file)))
      })
    },
  }
}
