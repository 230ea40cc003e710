import type { LabResult, PatientSummary, Section } from '../../contract/index.ts'
import type { FoundDocument } from '../found.ts'
import { analyteKey } from './analytes.ts'
import { patientKeys } from './patient-keys.ts'

/** Results of one message that are kept for later; more would be a bulk export, not a report. */
const maximumResults = 5_000

const resultsIn = (sections: readonly Section[]): LabResult[] =>
  sections.flatMap((section) => [...section.results, ...resultsIn(section.sections)])

interface Source {
  patient: PatientSummary | null
  date: string | null
  results: readonly LabResult[]
}

/** Whose results they are, by what the document itself says: a CDA, an HPRIM dossier or the OBX segments of an HL7 message. */
const sourceOf = ({ cda, data }: Pick<FoundDocument, 'cda' | 'data'>): Source | null => {
  if (cda) {
    const { patient, date, sections } = cda.document
    return { patient, date, results: resultsIn(sections) }
  }
  if (data?.kind === 'hprim') return data.dossier
  return data?.kind === 'hl7' ? data.message : null
}

/**
 * Results of the documents of a message as the store keeps them, with the keys of patient and analyte they are found by. What
 * belongs to nobody (neither INS nor strict traits), was not measured, or is a line of an antibiogram is left out.
 */
export const foundResults = (documents: readonly Pick<FoundDocument, 'summary' | 'cda' | 'data'>[]) =>
  documents
    .flatMap((document) => {
      const source = sourceOf(document)
      const keys = source?.patient ? patientKeys(source.patient) : null
      if (!source || !keys || (keys.ins === null && keys.traits === null)) return []
      const { summary } = document
      return source.results
        .filter(({ absent }) => absent !== 'withdrawn')
        .filter((result) => result.value !== '' && !/^[SIR]$/.test(result.interpretation ?? ''))
        .map((result) => ({
          ...keys,
          analyte: analyteKey(result),
          documentId: summary.uniqueId ?? summary.id,
          setId: summary.setId,
          version: summary.version,
          documentLabel: summary.label,
          organisation: summary.organisation ?? summary.author,
          label: result.label,
          loinc: result.loinc,
          value: result.value,
          unit: result.unit,
          number: result.number,
          referenceRange: result.referenceRange,
          referenceLow: result.referenceLow,
          referenceHigh: result.referenceHigh,
          interpretation: result.interpretation,
          date: result.date ?? source.date ?? summary.date,
        }))
    })
    .slice(0, maximumResults)
