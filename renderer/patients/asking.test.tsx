// @vitest-environment jsdom
import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, expect, it, vi } from 'vitest'
import { patientsChangedStore } from '../data/index.ts'
import { usePatientAnswer } from './asking.ts'

const Probe = ({ text }: { text: string }) => {
  const answer = usePatientAnswer('patients.suggest', { text, limit: 12 })
  return <p>{answer === null ? 'rien' : answer.ok ? 'réponse' : answer.error.code}</p>
}

afterEach(() => {
  vi.unstubAllGlobals()
  delete window.souspli
})

it('shows an answer that comes although patients change faster than answers do, and never an older one after it', async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  const asked: { text: string; fail: (code: string) => Promise<void> }[] = []
  window.souspli = {
    invoke: (_method, input) => {
      const held = Promise.withResolvers<unknown>()
      asked.push({
        text: (input as { text: string }).text,
        fail: (code) =>
          act(async () => {
            held.resolve({ ok: false, error: { code, retry: 'no' } })
            await held.promise
          }),
      })
      return held.promise
    },
    on: () => 1,
    off: () => undefined,
    origins: { part: 'souspli-part://', mail: 'souspli-mail://' },
  }
  const host = document.createElement('div')
  const root = createRoot(host)
  const show = (text: string): void => act(() => root.render(<Probe text={text} />))
  const change = (): void => act(() => patientsChangedStore.set(patientsChangedStore.get() + 1))
  show('dup')
  change()
  change()
  expect(asked.map(({ text }) => text)).toEqual(['dup', 'dup', 'dup'])
  await asked[0]?.fail('vault.locked')
  expect(host.textContent).toBe('vault.locked')
  await asked[2]?.fail('patient.not-found')
  await asked[1]?.fail('vault.locked')
  expect(host.textContent).toBe('patient.not-found')
  // Of another question, it would show somebody else.
  show('dupo')
  change()
  show('dupont')
  await asked[3]?.fail('vault.locked')
  expect(host.textContent).toBe('patient.not-found')
  act(() => root.unmount())
})
