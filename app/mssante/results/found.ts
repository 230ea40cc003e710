import type { ClinicalDocument, PatientSummary, Section } from '../../contract/index.ts'
import { analyteKey } from './analytes.ts'
import { patientKeys } from './patient-keys.ts'

/** Results of one message that are kept for later; more would be a bulk export, not a report. */
const maximumResults = 5_000

interface ReadDocument {
  label: string
  organisation: string | null
  patient: PatientSummary | null
  document: Pick<ClinicalDocument, 'id' | 'setId' | 'version' | 'date' | 'sections'>
}

const resultsIn = (sections: readonly Section[]): Section['results'] =>
  sections.flatMap((section) => [...section.results, ...resultsIn(section.sections)])

/**
 * Results of the documents of a message as the store keeps them, with the keys of patient and analyte they are found by. What
 * belongs to nobody (neither INS nor strict traits), was not measured, or is a line of an antibiogram is left out.
 */
export const foundResults = (documents: readonly ReadDocument[]) =>
  documents
    .flatMap(({ label: documentLabel, organisation, patient, document }) => {
      const keys = patient === null ? null : patientKeys(patient)
      if (!keys || (keys.ins === null && keys.traits === null)) return []
      return resultsIn(document.sections)
        .filter((result) => result.value !== '' && !/^[SIR]$/.test(result.interpretation ?? ''))
        .map((result) => ({
          ...keys,
          analyte: analyteKey(result),
          documentId: document.id,
          setId: document.setId,
          version: document.version,
          documentLabel,
          organisation,
          label: result.label,
          loinc: result.loinc,
          value: result.value,
          unit: result.unit,
          number: result.number,
          referenceRange: result.referenceRange,
          referenceLow: result.referenceLow,
          referenceHigh: result.referenceHigh,
          interpretation: result.interpretation,
          date: result.date ?? document.date,
        }))
    })
    .slice(0, maximumResults)
