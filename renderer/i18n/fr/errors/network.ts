import { readable, secret, sentence } from './phrases.ts'

/** French sentences of network errors. */
export const networkErrors = {
  'net.unreachable': sentence(
    '{host, select, none {Le serveur} other {Le serveur {host}}} est injoignable.',
    readable,
    'Vérifiez la connexion du poste ; SousPli réessaie tout seul.',
  ),
  'net.timeout': sentence(
    '{host, select, none {Le serveur} other {Le serveur {host}}} met trop de temps à répondre.',
    readable,
    'SousPli réessaie tout seul.',
  ),
  'net.dns': sentence(
    "{host, select, none {L'adresse du serveur} other {L'adresse de {host}}} n'a pas pu être trouvée.",
    readable,
    "Vérifiez la connexion du poste et l'adresse ; si le service de noms est en panne, réessayez plus tard.",
  ),
  'net.closed': sentence(
    'Le serveur a interrompu la connexion.',
    readable,
    'SousPli se reconnecte tout seul.',
  ),
  'tls.starttls-missing': sentence(
    'Le serveur ne propose pas de connexion chiffrée.',
    secret,
    'Vérifiez les réglages du compte avec votre opérateur.',
  ),
  'tls.handshake': sentence(
    "La connexion chiffrée n'a pas pu s'établir.",
    secret,
    'Réessayez ; si cela dure, prévenez votre opérateur.',
  ),
  'tls.untrusted-authority': sentence(
    "{host, select, none {Le certificat du serveur} other {Le certificat de {host}}} ne vient pas de l'autorité IGC-Santé.",
    "La connexion a été refusée : aucun mot de passe ni message n'a été transmis.",
    'Ne changez pas de réseau pour contourner ; prévenez votre opérateur ou votre support.',
  ),
  'tls.expired': sentence(
    'Le certificat du serveur a expiré.',
    secret,
    "Vérifiez la date et l'heure du poste, puis prévenez votre opérateur.",
  ),
  'tls.host-mismatch': sentence(
    "Le certificat présenté n'est pas celui de {host, select, none {ce serveur} other {{host}}}.",
    secret,
    'Vérifiez le nom du serveur dans les réglages du compte.',
  ),
  'tls.wrong-usage': sentence(
    "Le certificat du serveur n'est pas prévu pour cet usage.",
    secret,
    'Prévenez votre opérateur.',
  ),
  'tls.revoked': sentence('Le certificat du serveur a été révoqué.', secret, 'Prévenez votre opérateur.'),
  'tls.revocation-unknown': sentence(
    "La validité du certificat du serveur n'a pas pu être vérifiée.",
    secret,
    'Réessayez plus tard ; vérifiez que le poste accède aux listes IGC-Santé.',
  ),
}
