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
  'document.unreadable': sentence(
    'Ce fichier est illisible.',
    'Rien n’a été joint.',
    'Vérifiez qu’il s’ouvre dans son programme, puis joignez-le à nouveau.',
  ),
  'document.unsupported': sentence(
    'Ce genre de fichier ne devient pas un document médical.',
    'Rien n’a été joint.',
    'Choisissez un PDF, un texte, une image PNG ou JPEG, ou un document CDA ; joignez les autres comme de simples fichiers.',
  ),
  'document.picture-unsupported': sentence(
    'Cette image ne peut pas entrer dans un document d’archive.',
    'Rien n’a été joint.',
    'Enregistrez-la en PNG ou en JPEG ordinaire, puis joignez-la à nouveau.',
  ),
  'document.encrypted-pdf': sentence(
    'Ce PDF est protégé par un mot de passe ou des restrictions.',
    'Rien n’a été joint.',
    'Enregistrez-en une copie sans protection, puis joignez-la.',
  ),
  'document.incomplete': sentence(
    'Ce document CDA n’a pas l’en-tête complet que la France exige.',
    'Rien n’a été joint.',
    '{missing, select, none {} other {Il manque : {missing}. }}Demandez au logiciel qui l’a écrit un document complet.',
  ),
  'document.other-patient': sentence(
    'Un message ne concerne qu’un seul patient.',
    'Rien n’est parti et votre brouillon est gardé.',
    'Écrivez un message par patient.',
  ),
  'document.author-missing': sentence(
    'L’auteur du document n’est pas encore connu.',
    'Rien n’est parti et votre brouillon est gardé.',
    'Complétez votre en-tête de document, puis envoyez.',
  ),
  'document.patient-missing': sentence(
    'Le patient du document n’est pas nommé.',
    'Rien n’est parti et votre brouillon est gardé.',
    'Choisissez le patient du document, puis envoyez.',
  ),
  'document.not-for-recipient': sentence(
    'Un destinataire n’a pas le droit de voir ce document.',
    'Rien n’est parti et votre brouillon est gardé.',
    'Retirez ce destinataire, ou changez la visibilité du document.',
  ),
  'document.other-recipient': sentence(
    'Le document concerne un autre patient que celui à qui vous écrivez.',
    'Rien n’est parti et votre brouillon est gardé.',
    'Retirez le document, ou écrivez au patient qu’il concerne.',
  ),
  'document.not-found': sentence(
    'Ce document n’est plus dans le brouillon.',
    'Le reste du brouillon est gardé.',
    'Rouvrez le brouillon.',
  ),
  'document.type-unknown': sentence(
    'Ce type de document n’est pas dans la liste nationale.',
    'Rien n’a été joint.',
    'Choisissez un type proposé.',
  ),
}
