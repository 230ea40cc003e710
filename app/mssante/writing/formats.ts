import type { Coded } from './coded.ts'
import type { CdaFacts } from './facts.ts'

const ihe = '1.3.6.1.4.1.19376.1.2.3'
const ans = '1.2.250.1.213.1.1.4.2.282'
const model = '1.2.250.1.213.1.1.1.'

/**
 * formatCode by template (ASS_A11; clinical-documents.md §3.7): the rows whose URN is known whole. The dossier abbreviates
 * the others; a document of theirs gets the fallback, as the ANS provides for models it does not list.
 */
const byTemplate: Readonly<Record<string, Coded>> = Object.fromEntries(
  [
    [`${model}55`, 'urn:ihe:lab:xd-lab:2008', 'CR d’examens biologiques'],
    ['1.3.6.1.4.1.19376.1.3.3', 'urn:ihe:lab:xd-lab:2008', 'CR d’examens biologiques'],
    [`${model}45`, 'urn:ihe:rad:CDA:ImagingReportStructuredHeadings:2013', 'CR d’imagerie médicale'],
    [`${model}47`, 'urn:ans:ci-sis:img-da:2022', 'Demande d’actes d’imagerie'],
    [`${model}39`, 'urn:ihe:pharm:pre:2010', 'Prescription'],
    [`${model}54`, 'urn:ihe:pharm:dis:2010', 'Dispensation'],
    [`${model}52`, 'urn:ans:ci-sis:bio-ep-bio:2022', 'Prescription d’actes de biologie'],
    [`${model}13`, 'urn:asip:ci-sis:vsm:2012', 'Volet de synthèse médicale'],
    [`${model}51`, 'urn:ihe:pcc:ips:2020', 'Patient Summary'],
    [`${model}42`, 'urn:ihe:eyecare:geneyeevalcn:2014', 'Ophtalmologie'],
    [`${model}43`, 'urn:ihe:eyecare:geneyeevalcn:2014', 'Ophtalmologie'],
    [`${model}44`, 'urn:ihe:eyecare:geneyeevalcn:2014', 'Ophtalmologie'],
    [`${model}57`, 'urn:ihe:palm:apsr:2016', 'CR d’anatomie et de cytologie pathologiques'],
    [`${model}8`, 'urn:asip:ci-sis:frcp:2011', 'Fiche de réunion de concertation pluridisciplinaire'],
  ].map(([template = '', code = '', display = '']) => [
    template,
    { code, display, system: code.startsWith('urn:ihe:') ? ihe : ans },
  ]),
)

/** The format of a document (XDS formatCode): of N1 by its media, of N3 by its models. */
export const formatOf = (facts: CdaFacts): Coded => {
  if (facts.level === 'N1')
    return facts.mediaType === 'text/plain'
      ? {
          code: 'urn:ihe:iti:xds-sd:text:2008',
          display: 'Document à corps non structuré en texte',
          system: ihe,
        }
      : {
          code: 'urn:ihe:iti:xds-sd:pdf:2008',
          display: 'Document à corps non structuré en Pdf/A-1',
          system: ihe,
        }
  for (const template of facts.templates) {
    const format = byTemplate[template]
    if (format) return format
  }
  return { code: 'urn:asipSante:modelesHorsProfils:2011', display: 'Modèle hors profils', system: ans }
}
