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
  'net.proxy-invalid': sentence(
    'L’adresse du proxy de ce poste n’est pas utilisable.',
    readable,
    'Faites corriger l’adresse par votre support : seul « http://nom:port » convient.',
  ),
  'net.proxy-unreachable': sentence(
    '{proxy, select, none {Le proxy de l’établissement} other {Le proxy de l’établissement ({proxy})}} ne répond pas.',
    readable,
    'Vérifiez la connexion du poste ; si cela dure, prévenez votre support.',
  ),
  'net.proxy-login': sentence(
    '{proxy, select, none {Le proxy de l’établissement} other {Le proxy de l’établissement ({proxy})}} demande une identification que SousPli n’a pas.',
    readable,
    'Demandez à votre support de laisser passer {host, select, none {ce serveur} other {{host}}}, ou de renseigner l’identification du proxy.',
  ),
  'net.proxy-refused': sentence(
    '{proxy, select, none {Le proxy de l’établissement} other {Le proxy de l’établissement ({proxy})}} ne laisse pas passer vers {host, select, none {ce serveur} other {{host}}}.',
    readable,
    'Demandez à votre support d’autoriser cette adresse dans le proxy.',
  ),
  'tls.intercepted': sentence(
    '{proxy, select, none {Le proxy de l’établissement} other {Le proxy de l’établissement ({proxy})}} ouvre la connexion chiffrée à {host, select, none {ce serveur} other {{host}}} : le certificat reçu n’est pas celui du serveur.',
    secret,
    'Demandez à votre support de ne pas déchiffrer les échanges avec cette adresse (exception dans le proxy).',
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
  'tls.client-certificate-refused': sentence(
    '{alert, select, certificate_required {{host, select, none {Le serveur} other {Le serveur {host}}} n’accepte que les connexions par carte.} certificate_expired {{host, select, none {Le serveur} other {Le serveur {host}}} a refusé le certificat de votre carte : il le dit expiré.} certificate_revoked {{host, select, none {Le serveur} other {Le serveur {host}}} a refusé le certificat de votre carte : il le dit révoqué.} unknown_ca {{host, select, none {Le serveur} other {Le serveur {host}}} a refusé le certificat de votre carte : il ne reconnaît pas son autorité.} other {{host, select, none {Le serveur} other {Le serveur {host}}} a refusé le certificat de votre carte.}}',
    'Votre carte n’a ouvert aucune boîte ; aucun message n’a été transmis.',
    'Vérifiez la validité de votre carte, puis demandez à votre opérateur s’il accepte la connexion par carte.',
  ),
  'tls.signature-unsupported': sentence(
    '{host, select, none {Le serveur} other {Le serveur {host}}} exige une signature que votre carte ne sait pas faire.',
    'La connexion s’est arrêtée avant toute signature.',
    'Une CPS3 ne signe qu’en TLS 1.2 avec RSA PKCS#1 ; prévenez votre opérateur, ou connectez-vous par un autre moyen.',
  ),
  'tls.card-module-missing': sentence(
    'Le composant de connexion par carte de SousPli manque sur ce poste.',
    'Rien n’a été transmis ; la carte continue d’ouvrir la messagerie et de signer.',
    'Réinstallez SousPli, ou demandez à votre support d’installer le module « card-tls » ; en attendant, connectez-vous par un autre moyen.',
  ),
}
