// @vitest-environment jsdom
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Account, Input, Outcome, Output } from '../../app/contract/index.ts'
import type { Bridge } from '../client/index.ts'
import { accountStore } from '../data/index.ts'
import { setLanguage } from '../i18n/index.ts'
import { createFakeCore } from '../testing/fake-core.ts'
import '../testing/resize-observer.ts'
import { ReadingPane } from './reading-pane.tsx'

vi.mock('../documents/pdf/pdf-view.tsx', () => ({ PdfView: () => null }))

let host: HTMLElement
let root: Root
let core: Bridge

const ask = async <M extends 'accounts.list' | 'messages.page'>(
  method: M,
  input: Input<M>,
): Promise<Output<M>> => {
  const outcome = (await core.invoke(method, input)) as Outcome<Output<M>>
  if (!outcome.ok) throw new Error(outcome.error.code)
  return outcome.value
}

beforeEach(() => {
  window.matchMedia = () =>
    ({
      matches: false,
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
    }) as unknown as MediaQueryList
  core = createFakeCore('offline', new Date(2026, 10, 22, 10))
  window.souspli = core
  host = document.createElement('div')
  document.body.append(host)
  root = createRoot(host)
})
afterEach(() => {
  root.unmount()
  host.remove()
  accountStore.set([])
  setLanguage('fr')
  delete window.souspli
})

/** The foot of the first document of a message, read by whoever has the mailbox. */
const footOf = async (addressOf: (sender: string) => string): Promise<string> => {
  const [account] = await ask('accounts.list', null)
  const { rows } = await ask('messages.page', { folderId: null, before: null, limit: 50, filter: 'all' })
  const row = rows.find(({ documentLabel }) => documentLabel !== null)
  if (!account || !row) throw new Error('no document in the canned mailbox')
  const mailbox: Account = { ...account, address: addressOf(row.from.address) }
  accountStore.set([mailbox])
  root.render(<ReadingPane messageId={row.id} position={null} onAction={() => undefined} />)
  await expect.poll(() => host.querySelector('.doc-origin')).not.toBeNull()
  return host.querySelector('.doc-origin')?.textContent ?? ''
}
const another = (): string => 'autre.fictif@medecin.mssante.test'

describe('where a document comes from (SC.CDA/INT.08)', () => {
  it('is received by MSSanté in a message of somebody else', async () => {
    expect(await footOf(another)).toBe('Reçu par MSSanté')
  })
  it('is sent by MSSanté in a message of one’s own mailbox, whatever the case of its address', async () => {
    expect(await footOf((sender) => sender.toUpperCase())).toBe('Envoyé par MSSanté')
  })
  it('is said in English too', async () => {
    setLanguage('en')
    expect(await footOf((sender) => sender)).toBe('Sent by MSSanté')
    accountStore.set([])
    await expect.poll(() => host.querySelector('.doc-origin')?.textContent).toBe('Received by MSSanté')
  })
})
