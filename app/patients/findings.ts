import type { Correspondent } from '../contract/index.ts'
import type { FoundDocument as ClinicalDocument } from '../mssante/index.ts'
import type { FoundPatientAddress, PatientFindings } from '../vault/index.ts'
import { identityForIndex } from './identity.ts'

/** A matricule with its key as local part; some examples of operators have twenty digits (clinical-documents.md §8.4). */
const matriculeAddress = /^(\d{5}(?:\d\d|2A|2B)\d{8})@([a-z0-9.-]{1,253})$/i

/** Documents looked at in one message for the index. */
const mostDocuments = 200

const addressesOf = (
  side: FoundPatientAddress['side'],
  people: readonly Correspondent[],
): FoundPatientAddress[] =>
  people.flatMap(({ address }) => {
    const match = matriculeAddress.exec(address.trim())
    const [, matricule = '', domain = ''] = match ?? []
    return match ? [{ matricule: matricule.toUpperCase(), domain: domain.toLowerCase(), side }] : []
  })

/**
 * What a message tells of patients, for the index: its clinical documents with whom they are about, and the matricules
 * among its addresses. Loose parts that are no documents of their own (a PDF copy, a picture) are left out.
 */
export const patientFindings = (
  documents: readonly ClinicalDocument[],
  people: { from: readonly Correspondent[]; to: readonly Correspondent[] },
): PatientFindings => ({
  documents: documents
    .filter(({ summary, cda }) => cda !== null || summary.patient !== null || summary.archive !== null)
    .filter(({ summary }) => summary.kind !== 'signature' && summary.kind !== 'refused')
    .slice(0, mostDocuments)
    .map(({ summary, cda }) => ({
      part: summary.id,
      kind: summary.kind,
      label: summary.label,
      title: summary.title,
      typeCode: summary.typeCode,
      date: summary.date,
      author: summary.author,
      authorId: cda?.document.authors[0]?.id ?? null,
      organisation: summary.organisation,
      documentId: summary.uniqueId,
      setId: summary.setId,
      version: summary.version,
      replaces: summary.replaces,
      alert: summary.alert,
      warnings: summary.warnings,
      identity:
        summary.patient === null ? null : identityForIndex(summary.patient, cda?.document.identity ?? null),
    })),
  addresses: [...addressesOf('from', people.from), ...addressesOf('to', people.to)],
})
