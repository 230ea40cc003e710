import type { DocumentDetails, SendCheck, TrustClass } from '../../contract/index.ts'

type Hidden = Pick<
  DocumentDetails,
  'maskedFromProfessionals' | 'hiddenFromPatient' | 'hiddenFromRepresentatives'
>

/**
 * The dispatch matrix of the ANS (CDA-IG, regles-gestion-mssante; clinical-documents.md §3.7): a document hidden from the
 * patient, or from those who represent a minor and read the same mailbox, goes to professionals only; one masked from
 * professionals goes to the patient only; both at once goes to nobody.
 */
export const visibilityChecks = (
  documents: readonly Hidden[],
  recipients: readonly { address: string; trust: TrustClass }[],
): SendCheck[] => {
  const none = { size: null, limit: null }
  if (documents.some((one) => one.maskedFromProfessionals && one.hiddenFromPatient))
    return [{ ...none, kind: 'document-hidden-from-all', blocking: true, address: null, trust: null }]
  const hidden = documents.some((one) => one.hiddenFromPatient || one.hiddenFromRepresentatives)
  const masked = documents.some((one) => one.maskedFromProfessionals)
  return recipients.flatMap(({ address, trust }): SendCheck[] => {
    if (trust === 'patient')
      return hidden ? [{ ...none, kind: 'document-hidden-from-patient', blocking: true, address, trust }] : []
    return masked
      ? [{ ...none, kind: 'document-masked-from-professionals', blocking: true, address, trust }]
      : []
  })
}
