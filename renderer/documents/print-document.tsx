import type { ClinicalDocument } from '../../app/contract/index.ts'
import { ResultHistoryContext, type ResultHistory } from './lab/history.ts'
import { printSheet } from './print-sheet.tsx'
import { StructuredContent } from './structured-content.tsx'

/** A printed link is its address. */
const noLink = (): void => undefined

/** Prints a structured document with its head and, beside the results, the values before. */
export const printDocument = (clinical: ClinicalDocument, history: ResultHistory): void =>
  printSheet(
    <ResultHistoryContext value={history}>
      <StructuredContent document={clinical} openLink={noLink} />
    </ResultHistoryContext>,
  )
