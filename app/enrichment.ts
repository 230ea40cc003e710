import type { Enrichment, ParsedMessage } from './mail/index.ts'
import { foundResults } from './mssante/index.ts'
import { patientFindings } from './patients/index.ts'
import { messageDocuments } from './reading/index.ts'

/** What the clinical documents of a message say for its list row and the index. */
export const enrichMessage = async (message: { parsed: ParsedMessage }): Promise<Enrichment> => {
  const found = await messageDocuments(message.parsed)
  const cda = found.documents.filter((document) => document.cda !== null)
  // Without a CDA: results in HPRIM or HL7, images, and what an archive names the patient of.
  const clinical =
    cda.length > 0
      ? cda
      : found.documents.filter(({ data, summary }) => data !== null || summary.patient !== null)
  return {
    patient: found.patient,
    alert: found.alert,
    documentLabel: clinical[0]?.summary.label ?? null,
    documentCount: clinical.length,
    patients: patientFindings(found.documents, {
      from: [message.parsed.from],
      to: [...message.parsed.to, ...message.parsed.cc],
    }),
    extraText: found.text,
    results: foundResults(found.documents),
  }
}
