// @vitest-environment jsdom
import { expect, it, vi } from 'vitest'
import { runningHead } from './print-document.tsx'
import { printSheet } from './print-sheet.tsx'

const sheets = vi.hoisted(() => [] as string[])
vi.mock('../data/index.ts', () => ({
  printRead: () => {
    const sheet = document.querySelector('#print-sheet .print-frame')
    sheets.push(
      `${sheet?.querySelector('thead')?.textContent ?? ''} | ${sheet?.querySelector('tbody')?.textContent ?? ''}`,
    )
    return Promise.resolve({ ok: true, value: null })
  },
}))

it('prints the document alone, the patient at the head of each page, and takes the sheet away', async () => {
  const head = runningHead(
    {
      birthName: 'DUPONT',
      usedName: null,
      firstName: 'MARIE',
      sex: 'F',
      birthDate: '1978-11-26',
      ins: { matricule: '278113512151889', oid: '1', kind: 'nir', keyValid: true },
      qualified: true,
    },
    { label: 'CR d’examens biologiques', date: '2026-11-22T09:31:00+01:00' },
  )
  expect(head.replaceAll('\u00a0', ' ')).toMatch(
    /^DUPONT Marie · F · 26\/11\/1978 · INS 2 78 11 35 121 518 89 · CR d’examens biologiques · du 22\/11\/2026$/,
  )
  printSheet(<p>Contenu</p>, head)
  await expect.poll(() => sheets).toEqual([`${head} | Contenu`])
  await expect.poll(() => document.querySelector('#print-sheet')).toBeNull()
})
