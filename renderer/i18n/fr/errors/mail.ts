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
