// @vitest-environment jsdom
import { act, useState } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Correspondent, RecipientSuggestion } from '../../app/contract/index.ts'
import { RecipientsField } from './recipients-field.tsx'

const person = (name: string, address: string): RecipientSuggestion => ({
  kind: 'address',
  name,
  address,
  trust: 'professional',
  origins: ['directory'],
  type: 'PER',
  profession: 'Médecin',
  specialty: null,
  structure: null,
  service: null,
  town: null,
  nationalId: null,
  goneSince: null,
  preferred: false,
  others: 0,
  near: false,
})
const bernard = person('Dr Paul BERNARD', 'paul.bernard@medecin.demo.mssante.fr')
const martin = person('Dr Anne MARTIN', 'anne.martin@medecin.demo.mssante.fr')

const Field = () => {
  const [recipients, setRecipients] = useState<readonly Correspondent[]>([])
  return <RecipientsField label="À" recipients={recipients} checks={[]} onChange={setRecipients} autoFocus />
}

describe('the suggestions under the recipient field', () => {
  /** What was asked, in order, each answered when the test says so. */
  let asked: { text: string; answer: (found: RecipientSuggestion[]) => Promise<void> }[] = []
  let root: Root
  let host: HTMLElement

  beforeEach(() => {
    vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
    vi.stubGlobal('CSS', { escape: (text: string) => text })
    asked = []
    window.souspli = {
      invoke: (method, input) => {
        if (method !== 'recipients.suggest') return Promise.resolve({ ok: true, value: [] })
        return new Promise((resolve) => {
          asked.push({
            text: (input as { text: string }).text,
            answer: (value) =>
              act(async () => {
                resolve({ ok: true, value })
                await Promise.resolve()
              }),
          })
        })
      },
      on: () => 1,
      off: () => undefined,
      origins: { part: '', mail: '' },
    }
    host = document.body.appendChild(document.createElement('div'))
    root = createRoot(host)
    act(() => root.render(<Field />))
  })
  afterEach(() => {
    act(() => root.unmount())
    host.remove()
    vi.unstubAllGlobals()
    delete window.souspli
  })

  const input = (): HTMLInputElement => host.querySelector('input') ?? expect.fail('no field')
  const type = (text: string): void =>
    act(() => {
      input().focus()
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input(), text)
      input().dispatchEvent(new Event('input', { bubbles: true }))
    })
  const press = (key: string): void =>
    act(() => {
      input().dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
      input().dispatchEvent(new KeyboardEvent('keyup', { key, bubbles: true, cancelable: true }))
    })
  const shown = (): string[] =>
    [...document.querySelectorAll('[role="option"] .suggestion-name')].map(({ textContent }) => textContent)
  const chosen = (): string[] => [...host.querySelectorAll('.recipient-name')].map((one) => one.textContent)

  it('open by themselves when the answer comes after the last letter', async () => {
    type('bern')
    await asked[0]?.answer([bernard])
    expect(shown()).toEqual(['Dr Paul BERNARD'])
    press('ArrowDown')
    press('Enter')
    await act(async () => Promise.resolve())
    expect(chosen()).toEqual(['Dr Paul BERNARD'])
  })
  it('stay closed for the same words once they were sent away', async () => {
    type('be')
    await asked[0]?.answer([bernard, martin])
    type('ber')
    press('Escape')
    expect(shown()).toEqual([])
    await asked[1]?.answer([bernard])
    expect(shown()).toEqual([])
    type('bern')
    expect(shown()).toEqual(['Dr Paul BERNARD'])
  })
  it('never are those of other words: nobody is offered for a name he does not have', async () => {
    type('bern')
    await asked[0]?.answer([bernard])
    type('')
    type('ma')
    expect(shown()).toEqual([])
    await asked[1]?.answer([martin])
    expect(shown()).toEqual(['Dr Anne MARTIN'])
  })
  it('stay while a word is being typed on, so that the list does not flicker', async () => {
    type('be')
    await asked[0]?.answer([bernard, martin])
    type('ber')
    expect(shown()).toEqual(['Dr Paul BERNARD', 'Dr Anne MARTIN'])
    await asked[1]?.answer([bernard])
    expect(shown()).toEqual(['Dr Paul BERNARD'])
  })
})
