import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { publishFiles, type SentFile } from '../documents/publish.ts'
import { largeReport, longPdf } from '../documents/samples.ts'
import { startDocumentsWindow } from '../documents/window.ts'
import { plainStylesheet } from './plain-stylesheet.ts'
import { writeFigures } from './documents-writing.ts'
import { figure, percentile, type Figure, type Limits } from './statistics.ts'

export interface DocumentsSetting {
  runs: number
  /** Scratch, and where the bundles go; removed by the caller. */
  folder: string
  dist: string
  log: (line: string) => void
  print: (line: Figure) => void
}

/** One side of the bench: reading and showing here, writing beside. */
type Part = (setting: DocumentsSetting) => Promise<void>

const reportBytes = 1_000_000
const pdfPages = 40
/** Times a document is shown for one run of the bench: a 95th percentile needs some. */
const timesPerRun = 8

const add = (
  setting: DocumentsSetting,
  name: string,
  values: readonly number[],
  peer: { name: string; values: readonly number[] } | null = null,
  limits: Limits | null = null,
): void => {
  const tail = (all: readonly number[]): number[] => (all.length === 0 ? [] : [percentile(all, 0.95)])
  setting.print({
    ...figure(
      { bench: 'documents', figure: `${name}, p95`, unit: 'ms', messages: 0 },
      tail(values),
      peer && { name: peer.name, values: tail(peer.values) },
      limits,
    ),
    runs: values.length,
  })
}

/** A file as the window's test page takes it. */
const forPage = async (file: SentFile): Promise<string> => {
  const { documents, parts } = await publishFiles([file])
  return JSON.stringify({
    documents,
    parts: Object.fromEntries(
      [...parts].map(([url, part]) => [
        url,
        { mimeType: part.mimeType, base64: Buffer.from(part.bytes).toString('base64') },
      ]),
    ),
  })
}

const times = async (count: number, once: () => Promise<number>): Promise<number[]> => {
  // The first ones compile.
  for (let warm = 0; warm < 3; warm += 1) await once()
  const values: number[] = []
  for (let run = 0; run < count; run += 1) values.push(await once())
  return values
}

/** Shows what the page holds as `window.file` until `ready` is there and painted. */
const showing = (page: Page, ready: string) => (): Promise<number> =>
  page.evaluate<number>(`window.showDocuments(window.file, ${JSON.stringify(ready)})`)

/** The peer: the same CDA by a plain style sheet in the same browser, parsed, transformed, put into the page and painted. */
const byStylesheet = async (page: Page, report: SentFile): Promise<(() => Promise<number>) | null> => {
  await page.evaluate(
    `window.source = ${JSON.stringify(Buffer.from(report.bytes).toString('utf8'))}; window.sheet = ${JSON.stringify(plainStylesheet)}`,
  )
  if (!(await page.evaluate<boolean>(`typeof XSLTProcessor === 'function'`))) return null
  return () =>
    page.evaluate<number>(`new Promise((resolve) => {
      const host = document.getElementById('root')
      host.replaceChildren()
      const started = performance.now()
      const processor = new XSLTProcessor()
      processor.importStylesheet(new DOMParser().parseFromString(window.sheet, 'text/xml'))
      host.append(processor.transformToFragment(new DOMParser().parseFromString(window.source, 'text/xml'), document))
      requestAnimationFrame(() => {
        const channel = new MessageChannel()
        channel.port1.onmessage = () => resolve(performance.now() - started)
        channel.port2.postMessage(null)
      })
    })`)
}

const showFigures: Part = async (setting) => {
  const { runs, log, folder, dist } = setting
  const count = runs * timesPerRun
  const report = await largeReport(reportBytes)
  const dossier = await longPdf(pdfPages)
  log(`report of ${report.bytes.byteLength} bytes, PDF of ${dossier.bytes.byteLength} bytes`)

  const read: number[] = []
  for (let run = 0; run < count + 3; run += 1) {
    const started = performance.now()
    await publishFiles([report])
    if (run >= 3) read.push(performance.now() - started)
  }
  add(setting, 'CDA N3 of 1 MB, read by the core from its message', read)

  const window = await startDocumentsWindow(join(dist, 'documents-window'))
  try {
    const { page, problems } = await window.open()
    await page.evaluate(`window.file = ${await forPage(report)}`)
    const first = await times(count, showing(page, '.lab-table'))
    const whole = await times(count, showing(page, '.doc-whole'))
    const peerPage = (await window.open()).page
    // A style sheet's output is markup: the page of the peer has no policy of ours.
    await peerPage.goto('about:blank')
    await peerPage.setContent('<div id="root"></div>')
    const transform = await byStylesheet(peerPage, report)
    const peer = transform && {
      name: 'plain XSLT in the same Chromium',
      values: await times(count, transform),
    }
    if (!transform) log('this Chromium has no XSLTProcessor: no peer')
    add(setting, 'CDA N3 of 1 MB, first screen shown', first, peer, { atMost: 100 })
    add(setting, 'CDA N3 of 1 MB, whole document in the page', whole, peer)

    await page.evaluate(`window.file = ${await forPage(dossier)}`)
    const pdfFirst = await times(count, showing(page, '.pdf-text span'))
    const path = join(folder, 'dossier.pdf')
    writeFileSync(path, dossier.bytes)
    const poppler = async (): Promise<number> => {
      const started = performance.now()
      spawnSync('pdftoppm', ['-f', '1', '-l', '1', '-r', '96', '-png', path, join(folder, 'first')])
      return Promise.resolve(performance.now() - started)
    }
    const there = spawnSync('pdftoppm', ['-v']).error === undefined
    add(
      setting,
      `PDF of ${pdfPages} pages, first page drawn with its text`,
      pdfFirst,
      there ? { name: 'pdftoppm, a process each', values: await times(count, poppler) } : null,
    )
    if (problems.length > 0) throw new Error(`the window complained: ${problems.slice(0, 3).join(' | ')}`)
  } finally {
    await window.close()
  }
}

const parts: readonly Part[] = [showFigures, writeFigures]

/** `npm run bench -- documents`: reading, showing and writing clinical documents, with their peers in the same run. */
export const runDocumentsBench = async (setting: DocumentsSetting): Promise<void> => {
  for (const part of parts) await part(setting)
}
