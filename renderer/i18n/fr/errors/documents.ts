import { raw, sentence } from './phrases.ts'

/** French sentences of documents errors. */
export const documentsErrors = {
  'zip.malformed': sentence(
    "L'archive du document est endommagée.",
    raw,
    "Demandez un nouvel envoi à l'expéditeur.",
  ),
  'zip.limit': sentence(
    "L'archive est anormalement volumineuse.",
    'Elle n’a pas été ouverte.',
    "Vérifiez l'envoi avec l'expéditeur.",
  ),
  'zip.unsafe': sentence(
    "L'archive contient des chemins interdits.",
    'Elle n’a pas été ouverte.',
    "Signalez-le à l'expéditeur.",
  ),
  'xml.malformed': sentence('Le document est mal formé.', raw, "Demandez un nouvel envoi à l'expéditeur."),
  'xml.limit': sentence(
    'Le document dépasse les limites de lecture.',
    raw,
    "Demandez un envoi plus petit à l'expéditeur.",
  ),
  'xml.forbidden': sentence(
    'Le document contient des éléments interdits.',
    "Il n'a pas été interprété.",
    "Signalez-le à l'expéditeur.",
  ),
  'xdm.no-metadata': sentence(
    "L'archive ne contient pas la description du document.",
    raw,
    "Le document s'ouvre quand même ; signalez-le à l'expéditeur.",
  ),
  'cda.not-a-cda': sentence(
    "Le fichier n'est pas un document de santé au format attendu.",
    raw,
    'Ouvrez-le comme une pièce jointe ordinaire.',
  ),
  'cda.no-body': sentence(
    'Le document ne contient pas de texte.',
    raw,
    "Demandez un nouvel envoi à l'expéditeur.",
  ),
  'hl7.malformed': sentence('Le message HL7 est mal formé.', raw, "Demandez un nouvel envoi à l'expéditeur."),
  'hl7.limit': sentence(
    'Le message HL7 dépasse les limites de lecture.',
    raw,
    "Demandez un envoi plus petit à l'expéditeur.",
  ),
  'hprim.malformed': sentence(
    'Le fichier HPRIM est mal formé.',
    raw,
    "Demandez un nouvel envoi à l'expéditeur.",
  ),
  'dicom.malformed': sentence(
    'Le fichier DICOM est mal formé.',
    raw,
    "Demandez un nouvel envoi à l'expéditeur.",
  ),
  'dicom.limit': sentence(
    'Le fichier DICOM dépasse les limites de lecture.',
    raw,
    'Enregistrez-le pour l’ouvrir avec une visionneuse.',
  ),
}
