// @vitest-environment jsdom
import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, expect, it, vi } from 'vitest'
import { patientsChangedStore } from '../data/index.ts'
import { usePatientAnswer, usePatientAnswers } from './asking.ts'

const Probe = ({ text }: { text: string }) => {
  const { answer, isFormer } = usePatientAnswers('patients.suggest', { text, limit: 12 })
  const own = usePatientAnswer('patients.get', { id: text.length, limit: 1 })
  return (
    <>
      <p>{answer === null ? 'rien' : answer.ok ? 'réponse' : answer.error.code}</p>
      <i>{isFormer ? 'avant' : ''}</i>
      <b>{own === null ? 'rien' : own.ok ? 'réponse' : own.error.code}</b>
    </>
  )
}

interface Question {
  text: string
  fail: (code: string) => Promise<void>
}

afterEach(() => {
  vi.unstubAllGlobals()
  delete window.souspli
})

it('shows an answer that comes although patients change faster than answers do, and never an older one after it', async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  const [asked, others]: [Question[], Question[]] = [[], []]
  window.souspli = {
    invoke: (method, input) => {
      const held = Promise.withResolvers<unknown>()
      const questions = method === 'patients.suggest' ? asked : others
      questions.push({
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
  const found = () => host.querySelector('p')?.textContent
  const root = createRoot(host)
  const show = (text: string): void => act(() => root.render(<Probe text={text} />))
  const change = (): void => act(() => patientsChangedStore.set(patientsChangedStore.get() + 1))
  show('dup')
  change()
  change()
  expect(asked.map(({ text }) => text)).toEqual(['dup', 'dup', 'dup'])
  await asked[0]?.fail('vault.locked')
  expect(found()).toBe('vault.locked')
  await asked[2]?.fail('patient.not-found')
  await asked[1]?.fail('vault.locked')
  expect(found()).toBe('patient.not-found')
  expect(host.querySelector('i')?.textContent).toBe('')
  // Of another question, it would show somebody else.
  show('dupo')
  change()
  show('dupont')
  await asked[3]?.fail('vault.locked')
  expect(found()).toBe('patient.not-found')
  expect(host.querySelector('i')?.textContent).toBe('avant')
  // Who is shown is never the one asked about before.
  await others.at(-1)?.fail('vault.locked')
  expect(host.querySelector('b')?.textContent).toBe('vault.locked')
  show('d')
  expect(host.querySelector('b')?.textContent).toBe('rien')
  act(() => root.unmount())
})
