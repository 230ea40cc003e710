// @vitest-environment jsdom
import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { promisify } from 'node:util'
import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { ClinicalDocument } from '../../app/contract/index.ts'
import type { DocumentSummary } from '../../app/contract/index.ts'
import { WholeDocumentContext } from './growing.ts'
import '../testing/resize-observer.ts'
import { StructuredContent } from './structured-content.tsx'

vi.mock('./pdf/pdf-view.tsx', () => ({ PdfView: () => null }))

const corpus = '/work/shared/corpus/clinical/cda'

interface PublishedFile {
  name: string
  documents: DocumentSummary[]
  parts: Record<string, { mimeType: string; base64: string }>
  /** Every text of the sections, read apart from the product. */
  narrative: string[]
}

/** The core reads the files in a process of its own: the window knows only what it is given. */
const published = async (args: string[]): Promise<PublishedFile[]> => {
  const { stdout } = await promisify(execFile)(process.execPath, ['test/documents/publish.ts', ...args], {
    maxBuffer: 1024 * 1024 * 1024,
  })
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as PublishedFile)
}

const shown = (clinical: ClinicalDocument): string => {
  const host = document.createElement('div')
  const root = createRoot(host)
  act(() =>
    root.render(
      <WholeDocumentContext value>
        <StructuredContent document={clinical} openLink={() => undefined} />
      </WholeDocumentContext>,
    ),
  )
  const text = host.textContent
  act(() => root.unmount())
  return text
}

/** The first text that is not there at or after its place; null when nothing is lost. */
const lost = (texts: readonly string[], page: string): string | null => {
  const compact = (text: string): string => text.replace(/\s+/g, '')
  const all = compact(page)
  let from = 0
  for (const text of texts) {
    const wanted = compact(text)
    const at = all.indexOf(wanted, from)
    if (at < 0) return text
    from = at + wanted.length
  }
  return null
}

const expectComplete = (file: PublishedFile): void => {
  const [summary] = file.documents
  const part = summary ? file.parts[summary.url] : undefined
  expect(part?.mimeType, file.name).toBe('application/json')
  const clinical = ClinicalDocument.parse(
    JSON.parse(Buffer.from(part?.base64 ?? '', 'base64').toString('utf8')),
  )
  expect(lost(file.narrative, shown(clinical)), file.name).toBeNull()
}

describe('nothing of a narrative is lost, and its order is kept', () => {
  beforeAll(() => {
    vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  })
  it('in our own documents of every family', async () => {
    const files = (await published(['--samples'])).filter(({ narrative }) => narrative.length > 0)
    expect(files.length).toBeGreaterThanOrEqual(8)
    expect(files.some(({ narrative }) => narrative.includes('Texte le plus profond.'))).toBe(true)
    for (const file of files) expectComplete(file)
  })
  it.skipIf(!existsSync(corpus))('in the official samples', async () => {
    const paths = readdirSync(corpus)
      .filter((name) => name.endsWith('.xml'))
      .map((name) => `${corpus}/${name}`)
    for (const file of await published(paths)) expectComplete(file)
  })
  it('and the check itself sees a lost or displaced text', () => {
    expect(lost(['a', 'b'], 'x a y b')).toBeNull()
    expect(lost(['a', 'b'], 'b a')).toBe('b')
    expect(lost(['c'], 'a b')).toBe('c')
  })
})
