import type { ClinicalDocument, PatientSummary } from '../../app/contract/index.ts'
import { fullDate, patientLine, t } from '../i18n/index.ts'
import { ResultHistoryContext, type ResultHistory } from './lab/history.ts'
import { printSheet } from './print-sheet.tsx'
import { StructuredContent } from './structured-content.tsx'
import { spacedMatricule } from './traits.ts'

/** A printed link is its address. */
const noLink = (): void => undefined

/** « DUPONT Marie · F · 26/11/1978 · INS 2 78 … · CR d’examens biologiques · du 22/11/2026 ». */
export const runningHead = (
  patient: PatientSummary | null,
  { label, date }: { label: string; date: string | null },
): string =>
  [
    patient && patientLine(patient),
    patient?.ins && `INS ${spacedMatricule(patient.ins.matricule)}`,
    label,
    date && t('documents.of', { date: fullDate(date.slice(0, 10)) }),
  ]
    .filter(Boolean)
    .join(' · ')

/** Prints a structured document with its head and, beside the results, the values before. */
export const printDocument = (clinical: ClinicalDocument, history: ResultHistory): void =>
  printSheet(
    <ResultHistoryContext value={history}>
      <StructuredContent document={clinical} openLink={noLink} />
    </ResultHistoryContext>,
    runningHead(clinical.patient, { label: clinical.typeLabel, date: clinical.date }),
  )
