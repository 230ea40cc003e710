// @vitest-environment jsdom
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { CertificateSummary, OwnKey } from '../../app/contract/index.ts'
import { OwnKeys } from './own-keys.tsx'

const key: CertificateSummary = {
  fingerprint: 'aa',
  subject: 'CN=Anne (fictive)',
  issuer: 'CN=AC de test',
  serial: '1',
  notBefore: '2026-01-01T00:00:00Z',
  notAfter: '2029-01-01T00:00:00Z',
  emails: ['anne@lilas.test'],
  nationalId: null,
  profession: null,
}
let root: Root
let asked: [string, unknown][]
let sent: string[]
let answer: unknown
let keys: OwnKey[]

beforeEach(async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  asked = []
  keys = []
  sent = []
  vi.stubGlobal('fetch', (address: string) => {
    sent.push(address)
    return Promise.resolve(new Response(null, { status: 204 }))
  })
  window.souspli = {
    invoke: (method, input) => {
      asked.push([method, input])
      return Promise.resolve(method === 'keys.list' ? { ok: true, value: keys } : answer)
    },
    on: () => 1,
    off: () => undefined,
    origins: { part: 'https://part.test/', mail: '' },
  }
  const host = document.createElement('div')
  document.body.append(host)
  root = createRoot(host)
  await act(async () => {
    root.render(<OwnKeys now={new Date('2026-11-22')} />)
    await Promise.resolve()
  })
})
afterEach(async () => {
  await act(() => {
    root.unmount()
    return Promise.resolve()
  })
  vi.unstubAllGlobals()
  document.body.replaceChildren()
})

const imports = () => asked.filter(([method]) => method === 'keys.importP12')

const importWith = async (passphrase: string): Promise<void> => {
  if (!document.querySelector('input[type=password]')) {
    const picker = document.querySelector<HTMLInputElement>('input[type=file]')
    if (!picker) throw new Error('no file field')
    Object.defineProperty(picker, 'files', { value: [new File(['p12'], 'anne.p12')], configurable: true })
    await act(async () => {
      picker.dispatchEvent(new Event('change', { bubbles: true }))
      await Promise.resolve()
    })
  }
  const field = document.querySelector<HTMLInputElement>('input[type=password]')
  if (!field) throw new Error('no password field')
  await act(async () => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, passphrase)
    field.dispatchEvent(new Event('input', { bubbles: true }))
    await Promise.resolve()
  })
  const before = imports().length
  await act(async () => {
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }))
    await new Promise((resolve) => setTimeout(resolve, 0))
  })
  await expect.poll(() => imports().length).toBeGreaterThan(before)
  await act(() => Promise.resolve())
}

it('says a wrong password in a sentence, keeps the file, and shows the key once it is in', async () => {
  answer = { ok: false, error: { code: 'p12.wrong-passphrase', retry: 'after-change' } }
  await importWith('faux')
  expect(document.body.textContent).toContain('Le mot de passe de ce fichier est incorrect.')
  expect(document.querySelector<HTMLInputElement>('input[type=password]')?.value).toBe('')

  answer = { ok: true, value: [key] }
  keys = [{ certificate: key, uses: ['encryption'], current: true, addedAt: key.notBefore }]
  await importWith('juste')
  const [, input] = imports().at(-1) ?? []
  expect(input).toMatchObject({ passphrase: 'juste' })
  // Each try sends the file again under an id of its own: the core forgets an upload once it is used.
  expect(new Set(sent.map((address) => address.split('?')[0])).size).toBe(2)
  await expect
    .poll(() => document.querySelector('.certificate-list')?.textContent)
    .toContain('anne@lilas.testEn service')
  expect(document.body.textContent).not.toContain('incorrect')
})
