import type { ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import { flushSync } from 'react-dom'
import { printRead } from '../data/index.ts'
import { showError } from '../design/index.ts'
import { WholeDocumentContext } from './growing.ts'
import './print.css'

const decoded = (sheet: HTMLElement): Promise<unknown> =>
  // A picture that cannot be drawn is left out of the print as it is on the screen.
  Promise.allSettled([...sheet.querySelectorAll('img')].map((image) => image.decode()))

/** Puts something on a sheet of its own, prints that and nothing else of the window, and takes it away. */
const print = async (fill: (sheet: HTMLElement) => () => void): Promise<void> => {
  const sheet = document.createElement('div')
  sheet.id = 'print-sheet'
  document.body.append(sheet)
  const empty = fill(sheet)
  try {
    await decoded(sheet)
    document.documentElement.dataset['printing'] = 'sheet'
    const outcome = await printRead('document')
    if (!outcome.ok) showError(outcome.error)
  } finally {
    delete document.documentElement.dataset['printing']
    empty()
    sheet.remove()
  }
}

/** A heading of a table is printed anew on each page: whose document it is, wherever a page lands. */
const Paged = ({ running, children }: { running: string; children: ReactNode }) => (
  <table className="print-frame" role="presentation">
    <thead>
      <tr>
        <td>{running}</td>
      </tr>
    </thead>
    <tbody>
      <tr>
        <td>{children}</td>
      </tr>
    </tbody>
  </table>
)

/** Prints components as they are, in the colours of paper; `running` stands at the head of each page. */
export const printSheet = (content: ReactNode, running: string): void => {
  void print((sheet) => {
    const root = createRoot(sheet)
    flushSync(() =>
      root.render(
        <WholeDocumentContext value>
          <Paged running={running}>{content}</Paged>
        </WholeDocumentContext>,
      ),
    )
    for (const details of sheet.querySelectorAll('details')) details.open = true
    return () => root.unmount()
  })
}

/** Prints pictures, one on each sheet. */
export const printImages = (images: readonly Blob[]): Promise<void> =>
  print((sheet) => {
    const urls = images.map((image) => URL.createObjectURL(image))
    for (const url of urls) {
      const image = document.createElement('img')
      image.src = url
      image.className = 'print-page'
      sheet.append(image)
    }
    return () => {
      for (const url of urls) URL.revokeObjectURL(url)
    }
  })
