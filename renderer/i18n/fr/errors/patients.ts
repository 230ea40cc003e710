import { nothing, sentence } from './phrases.ts'

/** French sentences of errors about patients and their mailbox. */
export const patientErrors = {
  'patient.not-found': sentence(
    'Ce patient n’est plus dans la base de ce poste.',
    nothing,
    'Revenez à la liste des patients et cherchez-le de nouveau.',
  ),
  'patient.cannot-undo': sentence(
    'Cette décision ne peut plus être annulée.',
    nothing,
    'Une décision plus récente s’appuie sur elle : annulez d’abord celle-là.',
  ),
  'patient.traits-missing': sentence(
    'L’identité est incomplète.',
    nothing,
    'Indiquez le nom de naissance, le premier prénom, le sexe et la date de naissance.',
  ),
  'compose.patient-unconfirmed': sentence(
    'Le patient destinataire n’a pas été confirmé.',
    'Rien n’a été envoyé, votre brouillon est gardé.',
    'Appuyez de nouveau sur « Envoyer », puis comparez l’identité et l’adresse affichées.',
  ),
  'compose.patient-refused': sentence(
    'On ne peut pas écrire à ce patient.',
    'Rien n’a été envoyé, votre brouillon est gardé.',
    'Ouvrez sa fiche : elle dit pourquoi (opposition, INS non qualifiée, clé fausse…).',
  ),
  'compose.patient-ends-with-document': sentence(
    'Un message [FIN] ne porte pas de document : son objet serait celui du document.',
    'Rien n’a été envoyé, votre brouillon est gardé.',
    'Envoyez le document dans un autre message, ou décochez « Clore tous les échanges ».',
  ),
  'compose.patient-unknown': sentence(
    'Cette adresse de patient n’est pas dans la base des patients.',
    'Rien n’a été envoyé, votre brouillon est gardé.',
    'Choisissez le patient dans la base : SousPli forme son adresse à partir de son INS qualifiée.',
  ),
} as const
