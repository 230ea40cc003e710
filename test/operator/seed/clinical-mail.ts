import { archived, type ClinicalDocument } from './clinical-document.ts'
import { compose, newMessageId, type Correspondent, type PersonKey, type Signer } from './mail.ts'
import { attachmentPart, multipart, textPart, type Attachment, type NameStyle } from './mime.ts'
import { compactDay } from './paris-time.ts'
import { frenchBirthDate, type Patient } from './patients.ts'
import type { Random } from './random.ts'
import { xdmArchive, type XdmVariant } from './xdm.ts'

/** No accents, as names stand in subjects. */
export function unaccented(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '')
}

/** `XDM/1.0/DDM+CR d'examens biologiques DUPONT Marie 26/11/1978` (clinical-documents.md §2.3). */
export function clinicalSubject(documents: readonly ClinicalDocument[]): string {
  const first = documents[0]
  if (first === undefined) throw new Error('a clinical mail has at least one document')
  const patient = first.header.patient
  const label =
    documents.length > 1 ? `${documents.length} documents` : first.header.code.display.slice(0, 40)
  const givenName = unaccented(patient.usedGivenName)
  return `XDM/1.0/DDM+${label} ${unaccented(patient.birthName)} ${givenName} ${frenchBirthDate(patient)}`
}

/** `20261122_CR d'examens biologiques_DUPONT_Marie.pdf` (§2.2). */
export function pdfName(document: ClinicalDocument): string {
  const { header } = document
  const act = header.acts[0]?.start ?? header.created
  const label = header.code.display.slice(0, 40).replaceAll('/', '-')
  return `${compactDay(act)}_${label}_${header.patient.birthName}_${header.patient.usedGivenName}.pdf`
}

export interface ClinicalMail {
  from: Correspondent
  to: readonly Correspondent[]
  documents: readonly ClinicalDocument[]
  text: string
  date: Date
  random: Random
  variant?: XdmVariant
  /** The patient that METADATA names instead of the CDA's, for `patient-mismatch`. */
  otherPatient?: Patient
  nameStyle?: NameStyle
  /** `IHE_XDM.zip` unless told. */
  zipName?: string
  readReceipt?: boolean
  signAs?: { signer: Signer; as: PersonKey } | null
  messageId?: string
  subject?: string
  inReplyTo?: string
  extraAttachments?: readonly Attachment[]
}

/** A mail of the standard form: text, `IHE_XDM.zip`, one PDF for each CDA, `X-MSS-*` headers (§2.4). */
export async function clinicalMail(mail: ClinicalMail): Promise<{ raw: Buffer; messageId: string }> {
  const messageId = mail.messageId ?? newMessageId(mail.random, mail.from)
  const zip = await xdmArchive(
    mail.documents.map(archived),
    mail.variant ?? 'correct',
    mail.otherPatient ?? null,
  )
  const codes = [...new Set(mail.documents.map((d) => d.header.code.code))].join(',')
  const qualified = mail.documents.every((d) => d.header.patient.ins !== null)
  const parts = [
    textPart(mail.text),
    attachmentPart({ fileName: mail.zipName ?? 'IHE_XDM.zip', type: 'application/zip', bytes: zip }),
    ...mail.documents.map((document) =>
      attachmentPart({
        fileName: pdfName(document),
        type: 'application/pdf',
        bytes: document.pdf,
        nameStyle: mail.nameStyle ?? 'rfc2231',
      }),
    ),
    ...(mail.extraAttachments ?? []).map(attachmentPart),
  ]
  const extra = [`X-MSS-CODECDA: ${codes}`, `X-MSS-INS: ${qualified ? 'O' : 'N'}`, 'X-MSS-NIL: DEMO0000']
  if (mail.readReceipt === true) extra.push(`Disposition-Notification-To: ${mail.from.address}`)
  const raw = await compose(
    {
      from: mail.from,
      to: mail.to,
      subject: mail.subject ?? clinicalSubject(mail.documents),
      date: mail.date,
      messageId,
      extra,
      ...(mail.inReplyTo === undefined ? {} : { inReplyTo: mail.inReplyTo, references: [mail.inReplyTo] }),
    },
    multipart('mixed', parts, mail.random),
    mail.signAs ?? null,
  )
  return { raw, messageId }
}
