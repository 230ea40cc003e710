import { nothing, readable, raw, sentence } from './phrases.ts'

/** French sentences of mail errors. */
export const mailErrors = {
  'imap.failed': sentence(
    'Le serveur a refusé cette action.',
    readable,
    "L'action sera réessayée ; sinon prévenez votre opérateur.",
  ),
  'imap.protocol': sentence(
    'Le serveur a répondu de façon inattendue.',
    readable,
    'SousPli réessaie tout seul.',
  ),
  'imap.quota': sentence(
    'Votre boîte est pleine chez l’opérateur.',
    readable,
    'Supprimez ou archivez des messages, puis videz la corbeille.',
  ),
  'imap.busy': sentence(
    'Le serveur est trop occupé, ou a trop de connexions ouvertes.',
    readable,
    'SousPli attend un moment, puis réessaie tout seul.',
  ),
  'imap.no-permission': sentence(
    'Vos droits sur ce dossier ne permettent pas cette action.',
    'Les messages sont revenus où ils étaient.',
    'Demandez ces droits au responsable de la boîte.',
  ),
  'imap.folder-gone': sentence(
    "Ce dossier n'existe plus sur le serveur.",
    'Les messages sont revenus où ils étaient.',
    'Choisissez un autre dossier.',
  ),
  'mail.changed-elsewhere': sentence(
    'Ces messages ont été modifiés entre-temps par un autre appareil.',
    'Ils restent tels que le serveur les a.',
    "Vérifiez-les, puis refaites l'action si besoin.",
  ),
  'mail.cannot-undo': sentence(
    'Cette action ne peut plus être annulée.',
    nothing,
    'Une suppression définitive ne se reprend plus une fois transmise au serveur.',
  ),
  'mail.not-found': sentence(
    "Ce message n'est plus dans la boîte.",
    nothing,
    'Il a été déplacé ou supprimé ailleurs ; cherchez-le dans les autres dossiers.',
  ),
  'mail.body-unavailable': sentence(
    "Le contenu de ce message n'est pas encore sur ce poste.",
    "L'en-tête est conservé.",
    'Il se chargera à la prochaine connexion.',
  ),
  'mail.quarantined': sentence(
    'La lecture de ce message demande trop de temps ou de mémoire : il est mis à part.',
    raw,
    "Enregistrez la source, ou demandez un nouvel envoi à l'expéditeur.",
  ),
  'mime.malformed': sentence(
    'Ce message est mal formé.',
    raw,
    "Affichez la source ou demandez un nouvel envoi à l'expéditeur.",
  ),
  'mime.limit': sentence(
    'Ce message dépasse les limites de lecture.',
    raw,
    'Enregistrez la source ou demandez un nouvel envoi.',
  ),
  'part.expired': sentence("Le lien vers cette pièce n'est plus valable.", nothing, 'Rouvrez le message.'),
  'part.unavailable': sentence(
    "Cette pièce n'est pas encore sur ce poste.",
    'Le message est conservé.',
    'Elle se chargera à la prochaine connexion.',
  ),
}
