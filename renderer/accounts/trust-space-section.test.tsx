// @vitest-environment jsdom
import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, expect, it, vi } from 'vitest'
import type { TrustSpaceState } from '../../app/contract/index.ts'
import { TrustSpaceSection } from './trust-space-section.tsx'

afterEach(() => {
  vi.unstubAllGlobals()
  delete window.souspli
})

const said = async (url: string | null): Promise<string> => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  const state: TrustSpaceState = {
    source: 'builtin',
    generatedAt: null,
    fetchedAt: null,
    domains: 0,
    operators: 0,
    ignored: 0,
    lastAttempt: null,
    rule: ['.mssante.test'],
    patientDomain: 'patient.mssante.test',
    url,
    refreshing: false,
  }
  window.souspli = {
    invoke: () => Promise.resolve({ ok: true, value: state }),
    on: () => 1,
    off: () => undefined,
    origins: { part: 'souspli-part://', mail: 'souspli-mail://' },
  }
  const place = document.createElement('div')
  const root = createRoot(place)
  await act(async () => {
    root.render(<TrustSpaceSection now={new Date(0)} />)
    await Promise.resolve()
  })
  await vi.waitFor(() => expect(place.textContent).toContain('Aucune liste reçue'))
  const text = place.textContent
  act(() => root.unmount())
  return text
}

it('speaks of renewing the list only where the workstation fetches it', async () => {
  const fetched = await said('https://liste.mssante.test/liste.xml')
  expect(fetched).toContain('renouvelle chaque jour')
  expect(fetched).toContain('Renouveler maintenant')
  const fromFiles = await said(null)
  expect(fromFiles).toContain('Importez la liste depuis un fichier')
  expect(fromFiles).not.toMatch(/[Rr]enouve/)
})
