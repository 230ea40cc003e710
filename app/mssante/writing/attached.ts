import type { DocumentPatient, Visibility } from '../../contract/index.ts'
import { findDocuments, type FindOptions } from '../documents.ts'
import { isEnvelope } from '../envelopes.ts'
import type { MessagePart } from '../found.ts'

/** What the headers of a mail and the checks before it leaves need of a document joined to it. */
export interface AttachedFacts {
  /** LOINC of the CDA; null when it has none, or is none. */
  code: string | null
  cda: boolean
  patient: Pick<DocumentPatient, 'birthName' | 'firstName' | 'birthDate' | 'sex' | 'ins' | 'qualified'>
  /** Within an IHE_XDM archive: only those are said in the headers (ECO.2.4.1). */
  archived: boolean
  /** Of the archive of a message that is itself attached, or of an envelope (.p7m): the mail is not a mail of documents for that (ECO.2.1.3). */
  enclosed: boolean
  /** Who must not see it, by METADATA.XML. */
  hidden: readonly Visibility[]
}

const isMessage = ({ fileName, mimeType }: { fileName: string; mimeType: string }): boolean =>
  /^message\/(?:rfc822|global)\b/i.test(mimeType) || /\.eml$/i.test(fileName)

/** By its declared type or its name: other files are not read for it. */
export const mayHoldCda = (file: Pick<MessagePart, 'mimeType'> & { fileName: string }): boolean =>
  /zip|xml|octet-stream|pkcs7/i.test(file.mimeType) ||
  /\.(?:zip|xml|cda|p7m|p7s)$/i.test(file.fileName) ||
  isMessage(file)

/** A document that names nobody cannot be of somebody else. */
export const namesSomebody = ({ patient }: AttachedFacts): boolean =>
  patient.ins !== null || patient.birthName.trim() !== ''

/**
 * The CDA documents of a file joined to a mail, and what its archives name the patient of, as a reader sees them: an incomplete
 * French header (no `setId`, for instance) keeps none of them out. `enclosed` takes an attached message apart.
 */
export const attachedFacts = async (
  file: { fileName: string; mimeType: string; bytes: Uint8Array },
  enclosed: NonNullable<FindOptions['enclosed']>,
): Promise<AttachedFacts[]> => {
  const part: MessagePart = { ...file, id: '1', inline: false }
  const { documents } = await findDocuments([part], { enclosed })
  const wrapped = isMessage(file) || isEnvelope(part)
  return documents.flatMap(({ cda, summary }) => {
    const archived = summary.archive !== null
    const patient = cda?.document.patient ?? (archived ? summary.patient : null)
    return patient
      ? [
          {
            code: cda?.document.typeCode || null,
            cda: cda !== null,
            patient,
            archived,
            enclosed: wrapped,
            hidden: summary.visibility,
          },
        ]
      : []
  })
}
