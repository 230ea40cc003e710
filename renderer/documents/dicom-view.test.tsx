// @vitest-environment jsdom
import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { beforeAll, expect, it, vi } from 'vitest'
import type { DicomContent, DicomInstance, DocumentSummary } from '../../app/contract/index.ts'
import { blankIdentity, blankSummary } from '../testing/blank-documents.ts'
import '../testing/resize-observer.ts'
import { DicomView } from './dicom-view.tsx'

beforeAll(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
})

const instance = (sopInstanceUid: string): DicomInstance => ({
  sopInstanceUid,
  sopClassUid: null,
  sopClass: null,
  number: 1,
  frames: null,
  path: null,
})
const series = { modality: 'CT', bodyPart: null, location: null }
const content = (rest: Partial<DicomContent>): DicomContent => ({
  format: 'dicom',
  sopClassUid: null,
  sopClass: 'CT Image Storage',
  sopInstanceUid: '1.1',
  transferSyntax: null,
  patient: blankIdentity,
  institution: null,
  manufacturer: null,
  title: null,
  texts: [],
  studies: [
    {
      uid: '1',
      accession: null,
      id: null,
      date: null,
      description: 'Scanner fictif',
      referrer: null,
      series: [{ ...series, uid: '1.1', number: 1, description: 'Axial', instances: [instance('1.1.1')] }],
    },
  ],
  previews: [],
  ...rest,
})

const shown = (rest: Partial<DicomContent>, summary: Partial<DocumentSummary> = {}): HTMLElement => {
  const host = document.body.appendChild(document.createElement('div'))
  act(() =>
    createRoot(host).render(<DicomView content={content(rest)} summary={{ ...blankSummary, ...summary }} />),
  )
  return host
}

it('says of pictures that came with the message that they are in the file, drawn or not', () => {
  const { textContent } = shown({})
  expect(textContent).toContain('dans ce fichier')
  expect(textContent).not.toContain('chez le producteur')
  expect(textContent).toContain('Aucun aperçu de ces images.')
})

it('says of a list of pictures alone that they stay where they were made', () => {
  const { textContent } = shown({ format: 'kos' })
  expect(textContent).toContain('chez le producteur')
  expect(textContent).not.toContain('Aucun aperçu')
})

it('is loud about a file that is cut', () => {
  const host = shown({}, { deviations: [{ code: 'dicom-truncated', where: null }] })
  const banner = host.querySelector('.banner[data-tone="warn"]')
  expect(banner?.textContent).toContain('Le fichier DICOM est coupé avant sa fin.')
  expect(banner?.textContent).toContain('demandez un nouvel envoi')
})

it('names the series of each picture', () => {
  const preview = { mimeType: 'image/png', width: 16, height: 8, url: 'souspli-part://p/1' }
  const host = shown({ previews: [{ ...preview, sopInstanceUid: '1.1.1' }] })
  expect(host.querySelector('.doc-previews img')?.getAttribute('alt')).toContain('1 · Axial')
  expect(host.querySelector('.doc-preview-name')?.textContent).toBe('1 · Axial')
  expect(host.textContent).not.toContain('Aucun aperçu')
})
