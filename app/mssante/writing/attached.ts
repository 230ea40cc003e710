import type { DocumentPatient } from '../../contract/index.ts'
import type { MessagePart } from '../found.ts'
import { findDocuments } from '../documents.ts'

/** What the headers of a mail and the check that it is about one patient need of a CDA. */
export interface AttachedFacts {
  /** LOINC of the CDA; null when it has none. */
  code: string | null
  patient: Pick<DocumentPatient, 'birthName' | 'firstName' | 'birthDate' | 'sex' | 'ins' | 'qualified'>
  /** Within an IHE_XDM archive: only those are said in the headers (ECO.2.4.1). */
  archived: boolean
}

/** By its declared type or its name: other files are not read for it. */
export const mayHoldCda = ({ fileName, mimeType }: Pick<MessagePart, 'mimeType'> & { fileName: string }) =>
  /zip|xml|octet-stream/i.test(mimeType) || /\.(?:zip|xml|cda)$/i.test(fileName)

/** A document that names nobody cannot be of somebody else. */
export const namesSomebody = ({ patient }: AttachedFacts): boolean =>
  patient.ins !== null || patient.birthName.trim() !== ''

/**
 * The CDA documents of a file joined to a mail, as a reader sees them: an incomplete French header (no `setId`, for instance)
 * keeps none of them out.
 */
export const attachedFacts = async (file: {
  fileName: string
  mimeType: string
  bytes: Uint8Array
}): Promise<AttachedFacts[]> => {
  const { documents, kinds } = await findDocuments([{ ...file, id: '1', inline: false }])
  const archived = kinds.some(({ kind }) => kind === 'xdm')
  return documents.flatMap(({ cda }) =>
    cda ? [{ code: cda.document.typeCode || null, patient: cda.document.patient, archived }] : [],
  )
}
