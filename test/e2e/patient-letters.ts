import {
  baseHeader,
  classes,
  documentTypes,
  n1Document,
  nextVersion,
  type ClinicalDocument,
} from '../operator/seed/clinical-document.ts'
import { clinicalMail } from '../operator/seed/clinical-mail.ts'
import type { Patient } from '../operator/seed/patients.ts'
import { professionals } from '../operator/seed/professionals.ts'
import { createRandom } from '../operator/seed/random.ts'
import { people } from '../operator/index.ts'

const random = createRandom('patients-e2e')

/** A letter about a fictitious patient, as a new document or the next version of one. */
export const letterAbout = async (
  patient: Patient,
  options: { created: Date; replaces?: ClinicalDocument },
): Promise<ClinicalDocument> => {
  const context = {
    random,
    patient,
    created: options.created,
    recipients: [],
    typeface: 'standard' as const,
  }
  const first = baseHeader(context, professionals.paul, documentTypes.consultation, 'Consultation')
  const header = options.replaces ? nextVersion(first, options.replaces.header) : first
  return n1Document(
    header,
    [{ kind: 'paragraph', text: 'Patient fictif. Conclusion de la consultation.' }],
    'standard',
    classes.report,
  )
}

/** The mail that carries it, from Paul to Anne. */
export const mailWith = async (document: ClinicalDocument, date: Date): Promise<Buffer> =>
  (
    await clinicalMail({
      from: { name: people.paul.displayName, address: people.paul.address },
      to: [{ name: people.anne.displayName, address: people.anne.address }],
      documents: [document],
      text: 'Chère consœur, vous trouverez le compte rendu ci-joint.',
      ...{ date, random },
    })
  ).raw
