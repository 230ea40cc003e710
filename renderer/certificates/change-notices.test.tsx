// @vitest-environment jsdom
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { CertificateChange } from '../../app/contract/index.ts'
import { certificateChanges } from '../testing/fixture-certificates.ts'
import { ChangeNotices } from './change-notices.tsx'

let root: Root
let changes: CertificateChange[]
let decided: unknown[]

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  decided = []
  window.souspli = {
    invoke: (method, input) => {
      if (method !== 'certificates.decide') return Promise.resolve({ ok: true, value: changes })
      decided.push(input)
      changes = []
      return Promise.resolve({ ok: true, value: null })
    },
    on: () => 1,
    off: () => undefined,
    origins: { part: 'https://part.test/', mail: '' },
  }
  const host = document.createElement('div')
  document.body.append(host)
  root = createRoot(host)
})
afterEach(async () => {
  await act(() => {
    root.unmount()
    return Promise.resolve()
  })
  vi.unstubAllGlobals()
  document.body.replaceChildren()
})

const show = async (signer: string | null = null): Promise<string> => {
  const people = certificateChanges.map(({ address }) => ({ name: 'Dr FICTIF', address }))
  await act(async () => {
    root.render(<ChangeNotices people={people} signer={signer} />)
    await Promise.resolve()
  })
  return document.body.textContent
}

it('shows both certificates until one is chosen, a renewal calmly and another issuer as a warning', async () => {
  changes = [...certificateChanges]
  const text = await show()
  expect(text).toContain('Le certificat de Dr FICTIF a changé')
  expect(text).toContain('AC Messagerie Express')
  const tones = [...document.querySelectorAll('.banner')].map((one) => one.getAttribute('data-tone'))
  expect(tones).toEqual(['warn', 'info'])
  const [keep] = document.querySelectorAll('button')
  await act(async () => {
    keep?.click()
    await Promise.resolve()
  })
  expect(decided).toMatchObject([
    { address: changes[0]?.address ?? certificateChanges[0]?.address, take: false },
  ])
  await expect.poll(() => [...document.querySelectorAll('.banner')]).toHaveLength(0)
})

it('tells a certificate that was set aside only where it signed', async () => {
  const [first] = certificateChanges
  changes = first ? [{ ...first, refused: true }] : []
  expect(await show()).toBe('')
  await act(() => {
    root.render(null)
    return Promise.resolve()
  })
  expect(await show(first?.after.fingerprint ?? null)).toContain('que vous avez écarté')
})
