// @vitest-environment jsdom
import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { beforeAll, expect, it, vi } from 'vitest'
import type { DocumentSummary } from '../../app/contract/index.ts'
import { CriticalNotice } from './critical-notice.tsx'

beforeAll(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
})

const summary = (id: string, rest: Partial<DocumentSummary>): DocumentSummary => ({
  ...{ id, kind: 'cda-n3', label: 'CR d’examens biologiques', title: '', typeCode: null, date: null },
  ...{ author: null, organisation: null, patient: null, alert: null, archive: null, path: '' },
  ...{ warnings: [], deviations: [], refusals: [], filingBlocked: false, uniqueId: null, setId: null },
  ...{ version: null, replaces: null, duplicateOf: null, replacedBy: null, visibility: [], signatures: [] },
  ...{ url: '', dataUrl: null, pdfUrl: null },
  ...rest,
})
const alert = { code: 'HH', analyte: 'Potassium', value: '6,4 mmol/L' }

it('says critical values above the letter and leads to them; abnormal and replaced ones are told by their document', () => {
  const host = document.createElement('div')
  const onShow = vi.fn<(id: string) => void>()
  act(() =>
    createRoot(host).render(
      <CriticalNotice
        documents={[
          summary('1', { alert: { ...alert, level: 'abnormal', code: 'H', count: 1 } }),
          summary('2', { alert: { ...alert, level: 'critical', count: 3 } }),
          summary('3', { alert: { ...alert, level: 'critical', count: 1 }, replacedBy: '2' }),
        ]}
        onShow={onShow}
      />,
    ),
  )
  expect([...host.querySelectorAll('[role="alert"] strong')].map(({ textContent }) => textContent)).toEqual([
    expect.stringMatching(/^Valeur critique.: Potassium 6,4 mmol\/L \(HH\) et 2 autres$/),
  ])
  act(() => host.querySelector<HTMLButtonElement>('button')?.click())
  expect(onShow).toHaveBeenCalledWith('2')
})
