import '../../client/without-eval.ts'
import { createRoot, type Root } from 'react-dom/client'
import type { DocumentSummary, Input, ResultPoint } from '../../../app/contract/index.ts'
import type { Bridge } from '../../client/index.ts'
import { DocumentCard, runDocumentCommand, type DocumentCommand } from '../../documents/index.ts'
import '../../design/index.ts'
import '../gallery/gallery.css'
import '../../reading/reading.css'

/** A file as test/documents/publish.ts gives it. */
interface PublishedFile {
  documents: DocumentSummary[]
  parts: Record<string, { mimeType: string; base64: string }>
}

declare global {
  interface Window {
    /** Shows the documents of a file; resolves with the milliseconds until `ready` is on the page and painted. */
    showDocuments: (file: PublishedFile, ready: string, history?: readonly ResultPoint[]) => Promise<number>
    documentCommand: (command: DocumentCommand) => boolean
    printed: number
  }
}

let history: readonly ResultPoint[] = []
window.printed = 0
const bridge: Bridge = {
  invoke: (method, input) => {
    if (method === 'window.print') window.printed += 1
    if (method !== 'results.history') return Promise.resolve({ ok: true, value: null })
    const { analytes } = input as Input<'results.history'>
    return Promise.resolve({
      ok: true,
      value: {
        series: (analytes ?? []).map((analyte, index) => ({
          ...analyte,
          otherUnit: null,
          points: index === 0 ? history : [],
        })),
      },
    })
  },
  on: () => 0,
  off: () => undefined,
  origins: { part: 'souspli-part://', mail: 'souspli-mail://' },
}
window.souspli = bridge

const host = document.getElementById('root')
if (!host) throw new Error('index.html has no #root')
let root: Root | null = null
let addresses: string[] = []

/** Bytes in memory, as the custom protocol has them: what is measured is the window, not a test's server. */
const published = (file: PublishedFile): DocumentSummary[] => {
  const known = new Map<string, string>()
  const addressOf = (url: string): string => {
    const part = file.parts[url]
    if (!part) return url
    const already = known.get(url)
    if (already !== undefined) return already
    let bytes = Uint8Array.from(atob(part.base64), (character) => character.charCodeAt(0))
    // Addresses inside a document are those of its own parts.
    if (part.mimeType === 'application/json')
      bytes = new TextEncoder().encode(
        new TextDecoder().decode(bytes).replace(/souspli-part:\/\/test\/\d+/g, addressOf),
      )
    const address = URL.createObjectURL(new Blob([bytes], { type: part.mimeType }))
    addresses.push(address)
    known.set(url, address)
    return address
  }
  return file.documents.map((summary) => ({
    ...summary,
    url: addressOf(summary.url),
    dataUrl: summary.dataUrl ? addressOf(summary.dataUrl) : null,
    pdfUrl: summary.pdfUrl ? addressOf(summary.pdfUrl) : null,
  }))
}

const painted = (): Promise<void> =>
  new Promise((resolve) => {
    requestAnimationFrame(() => {
      // After this frame is laid out and drawn.
      const channel = new MessageChannel()
      channel.port1.onmessage = () => resolve()
      channel.port2.postMessage(null)
    })
  })

window.documentCommand = runDocumentCommand
window.showDocuments = async (file, ready, points = []) => {
  root?.unmount()
  for (const address of addresses) URL.revokeObjectURL(address)
  addresses = []
  history = points
  const documents = published(file)
  root = createRoot(host)
  const started = performance.now()
  const there = new Promise<void>((resolve) => {
    const look = (): void => {
      if (!host.querySelector(ready)) return
      watcher.disconnect()
      resolve()
    }
    const watcher = new MutationObserver(look)
    watcher.observe(host, { childList: true, subtree: true, attributes: true })
  })
  root.render(
    <div className="gallery-pane">
      <main className="read">
        <div className="read-scroll">
          {documents.map((summary) => (
            <DocumentCard
              key={summary.id}
              summary={summary}
              openLink={() => undefined}
              openMessage={() => undefined}
            />
          ))}
        </div>
      </main>
    </div>,
  )
  await there
  await painted()
  return performance.now() - started
}
