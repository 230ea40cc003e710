import { nothing, notSent, draft, sentence } from './phrases.ts'

/** French sentences of sending errors. */
export const sendingErrors = {
  'smtp.failed': sentence("L'envoi a échoué.", notSent, 'SousPli réessaie tout seul.'),
  'smtp.busy': sentence('Le serveur est occupé.', notSent, 'SousPli réessaie tout seul, un peu plus tard.'),
  'smtp.recipient-refused': sentence(
    '{address, select, none {Un destinataire a été refusé} other {{address} a été refusé}} par le serveur.',
    'Les autres destinataires ont été acceptés.',
    "Vérifiez l'adresse puis renvoyez à ce destinataire.",
  ),
  'smtp.all-recipients-refused': sentence(
    'Tous les destinataires ont été refusés par le serveur.',
    notSent,
    'Vérifiez les adresses puis renvoyez.',
  ),
  'smtp.sender-refused': sentence(
    "Le serveur n'accepte pas cette adresse d'expéditeur.",
    notSent,
    'Choisissez une autre boîte d’envoi.',
  ),
  'smtp.too-large': sentence(
    'Le message est trop lourd pour le serveur.',
    notSent,
    'Retirez une pièce jointe ou faites deux envois.',
  ),
  'smtp.rejected': sentence(
    'Le serveur a refusé le message.',
    notSent,
    'Lisez sa réponse dans la boîte d’envoi, corrigez et renvoyez.',
  ),
  'outbox.unknown-outcome': sentence(
    "La connexion a été coupée pendant l'envoi.",
    'Le message n’est pas renvoyé pour éviter un doublon.',
    'SousPli vérifie dans les messages envoyés dès la reconnexion.',
  ),
  'outbox.too-late': sentence(
    'Trop tard : ce message est parti ou en train de partir.',
    nothing,
    'Envoyez au besoin un message qui l’annule et le remplace.',
  ),
  'receipt.not-asked': sentence(
    'Aucun accusé de lecture n’est attendu pour ce message.',
    nothing,
    'Vous y avez peut-être déjà répondu.',
  ),
  'outbox.not-found': sentence(
    "Cet envoi n'est plus en attente.",
    nothing,
    'Regardez dans les messages envoyés.',
  ),
  'compose.no-recipient': sentence(
    "Le message n'a pas de destinataire.",
    draft,
    'Ajoutez au moins un destinataire.',
  ),
  'compose.address-invalid': sentence(
    "Une adresse n'est pas complète.",
    draft,
    'Corrigez ou retirez cette adresse.',
  ),
  'compose.recipient-outside': sentence(
    "Un destinataire est hors de l'espace de confiance MSSanté.",
    draft,
    'Retirez-le ou choisissez son adresse MSSanté.',
  ),
  'compose.too-large': sentence('Le message dépasse la taille admise.', draft, 'Retirez une pièce jointe.'),
  'compose.date-past': sentence('Cette date est passée.', draft, 'Choisissez une date à venir.'),
  'compose.draft-missing': sentence(
    "Ce brouillon n'existe plus.",
    nothing,
    'Il a peut-être été envoyé ; regardez dans les messages envoyés.',
  ),
}
