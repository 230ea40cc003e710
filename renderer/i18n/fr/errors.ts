import type { ErrorCode } from '../../../app/contract/index.ts'
import type { ErrorSentence } from '../error-sentence.ts'

const nothing = "Rien n'a été modifié."
const kept = 'Vos messages restent chiffrés sur ce poste.'
const readable = 'Les messages déjà reçus restent lisibles.'
const notSent = "Rien n'est parti, votre message est conservé."
const draft = 'Votre brouillon est enregistré.'
const raw = "Le message d'origine est conservé tel quel."
const secret = "Aucun mot de passe n'a été transmis."
const support = 'Si cela se répète, fermez puis rouvrez SousPli et prévenez votre support.'

const sentence = (what: string, safe: string, todo: string): ErrorSentence => ({ what, safe, todo })

/** Each error code in French: what happened, what is safe, what to do. */
export const errors: Record<ErrorCode, ErrorSentence> = {
  'contract.invalid-request': sentence(
    "La fenêtre a posé une question que SousPli n'accepte pas.",
    nothing,
    support,
  ),
  'contract.invalid-reply': sentence('La réponse reçue est incompréhensible.', nothing, support),
  'contract.unknown-method': sentence(
    "Cette action n'existe pas dans cette version.",
    nothing,
    'Mettez SousPli à jour.',
  ),
  'contract.forbidden-sender': sentence(
    "Une page n'avait pas le droit de faire cette demande.",
    'La demande a été ignorée.',
    support,
  ),
  'core.unavailable': sentence(
    'Le moteur de SousPli ne répond pas.',
    kept,
    'Il redémarre seul ; patientez quelques secondes puis réessayez.',
  ),
  'core.internal': sentence("Une erreur inattendue s'est produite.", nothing, support),
  'core.algorithm-missing': sentence(
    'Un algorithme de chiffrement nécessaire manque sur ce poste.',
    kept,
    'Réinstallez SousPli ; sinon prévenez votre support.',
  ),
  'card.no-module': sentence(
    'Les composants de la carte CPS (Cryptolib CPS) sont introuvables sur ce poste.',
    kept,
    "Installez « Cryptolib CPS » de l'ANS, ou demandez-le à votre support, puis réessayez.",
  ),
  'card.module-failed': sentence(
    "Le composant de lecture de carte n'a pas démarré.",
    kept,
    'Débranchez puis rebranchez le lecteur ; sinon réinstallez la Cryptolib CPS.',
  ),
  'card.no-reader': sentence(
    'Aucun lecteur de carte n’est branché.',
    kept,
    'Branchez votre lecteur ; il sera reconnu tout seul.',
  ),
  'card.no-card': sentence(
    "Aucune carte n'est dans le lecteur.",
    kept,
    'Insérez votre carte CPS, puce en avant.',
  ),
  'card.unknown-card': sentence(
    "La carte insérée n'est pas une carte de la famille CPS.",
    kept,
    'Insérez votre carte CPS, CPF ou CPE.',
  ),
  'card.pin-format': sentence(
    'Le code porteur a quatre chiffres.',
    "Aucun essai n'a été compté.",
    'Saisissez les quatre chiffres de votre code.',
  ),
  'card.pin-incorrect': sentence(
    'Code porteur incorrect.',
    '{triesLeft, plural, =-1 {La carte n’est pas bloquée.} =1 {Il reste 1 essai avant le blocage de la carte.} other {Il reste # essais avant le blocage de la carte.}}',
    'Saisissez votre code à nouveau.',
  ),
  'card.pin-locked': sentence(
    'La carte est bloquée après trois codes incorrects.',
    kept,
    "Débloquez-la avec votre code de déblocage (courrier de l'ANS), ou ouvrez avec votre code de secours.",
  ),
  'card.last-try': sentence(
    'Il reste un seul essai avant le blocage de la carte.',
    "La carte n'est pas bloquée.",
    'Vérifiez votre code avant de le saisir ; en cas de doute, utilisez votre code de secours.',
  ),
  'card.removed': sentence(
    'La carte a été retirée.',
    'Votre messagerie est refermée et chiffrée.',
    'Insérez votre carte pour continuer.',
  ),
  'card.login-required': sentence(
    'La carte demande votre code porteur.',
    nothing,
    'Saisissez votre code porteur puis recommencez.',
  ),
  'card.other-card': sentence(
    "Cette carte n'est pas celle qui ouvre cette messagerie.",
    kept,
    'Insérez la carte utilisée à la création, ou ouvrez avec le code de secours.',
  ),
  'card.no-certificate': sentence(
    'La carte ne contient pas le certificat nécessaire.',
    nothing,
    "Vérifiez la validité de votre carte auprès de l'ANS (0 809 100 001).",
  ),
  'card.mechanism-unavailable': sentence(
    'La carte ne propose pas le type de signature demandé.',
    nothing,
    'Mettez à jour la Cryptolib CPS ou utilisez une phrase de passe.',
  ),
  'card.timeout': sentence(
    "La carte n'a pas répondu à temps.",
    nothing,
    'Retirez-la, réinsérez-la et recommencez.',
  ),
  'card.process-lost': sentence(
    'La lecture de carte s’est interrompue.',
    'SousPli la redémarre tout seul.',
    'Patientez quelques secondes puis recommencez.',
  ),
  'card.operation-failed': sentence(
    "La carte a refusé l'opération.",
    nothing,
    'Retirez-la, réinsérez-la et recommencez.',
  ),
  'vault.missing': sentence(
    "Aucune messagerie n'est installée sur ce poste.",
    nothing,
    'Suivez la création pas à pas.',
  ),
  'vault.exists': sentence(
    'Une messagerie existe déjà sur ce poste.',
    kept,
    'Ouvrez-la avec votre carte, votre phrase de passe ou le code de secours.',
  ),
  'vault.locked': sentence('La messagerie est verrouillée.', kept, 'Déverrouillez-la pour continuer.'),
  'vault.no-slot': sentence(
    "Ce moyen d'ouverture n'est pas enregistré pour cette messagerie.",
    kept,
    "Utilisez l'autre moyen proposé ou votre code de secours.",
  ),
  'vault.wrong-key': sentence(
    "La clé obtenue n'ouvre pas cette messagerie.",
    kept,
    "Vérifiez que c'est la bonne carte, ou utilisez votre code de secours.",
  ),
  'vault.passphrase-weak': sentence(
    'Cette phrase de passe est trop facile à deviner.',
    nothing,
    'Choisissez au moins quatre mots sans lien entre eux.',
  ),
  'vault.passphrase-wrong': sentence(
    'Phrase de passe incorrecte.',
    kept,
    'Vérifiez les majuscules et le clavier, puis recommencez.',
  ),
  'vault.recovery-wrong': sentence(
    "Ce code de secours n'est pas le bon.",
    kept,
    'Relisez la feuille imprimée à la création ; les tirets ne comptent pas.',
  ),
  'vault.device-secret-lost': sentence(
    'Le secret propre à ce poste a disparu (session Windows recréée ou profil déplacé).',
    kept,
    'Ouvrez avec le code de secours ; la carte sera réenregistrée.',
  ),
  'vault.card-not-deterministic': sentence(
    'Cette carte ne permet pas de protéger la messagerie.',
    nothing,
    'Choisissez une phrase de passe.',
  ),
  'vault.corrupt': sentence(
    'Le coffre des messages est endommagé.',
    "Rien n'a été effacé ; vos messages restent aussi chez votre opérateur.",
    'Prévenez votre support avant toute manipulation.',
  ),
  'vault.read-only': sentence(
    'SousPli ne peut pas écrire dans son dossier.',
    readable,
    'Vérifiez les droits de votre session auprès de votre support.',
  ),
  'vault.disk-full': sentence(
    'Le disque est plein.',
    readable,
    "Libérez de l'espace ; la réception reprendra toute seule.",
  ),
  'vault.from-future': sentence(
    'Cette messagerie a été ouverte par une version plus récente de SousPli.',
    kept,
    'Mettez SousPli à jour sur ce poste.',
  ),
  'vault.not-found': sentence(
    "Cet élément n'existe plus dans la messagerie.",
    nothing,
    'Actualisez la liste.',
  ),
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
  'auth.failed': sentence(
    "L'identification a été refusée par le serveur.",
    readable,
    'Vérifiez votre adresse et votre mot de passe, ou reconnectez-vous.',
  ),
  'auth.login-required': sentence(
    'Votre session chez l’opérateur a expiré.',
    readable,
    'Reconnectez-vous pour recevoir et envoyer.',
  ),
  'auth.cancelled': sentence('La connexion a été abandonnée.', nothing, 'Relancez-la quand vous voulez.'),
  'auth.provider-unavailable': sentence(
    'Pro Santé Connect ne répond pas.',
    readable,
    'Réessayez dans quelques minutes.',
  ),
  'auth.mechanism-unavailable': sentence(
    "Le serveur n'accepte aucun des moyens de connexion de SousPli.",
    nothing,
    'Demandez à votre opérateur les moyens acceptés.',
  ),
  'account.address-invalid': sentence(
    "Cette adresse n'est pas complète.",
    nothing,
    'Saisissez-la en entier, par exemple prenom.nom@medecin.mssante.fr.',
  ),
  'account.not-found': sentence("Ce compte n'existe plus.", nothing, 'Choisissez un autre compte.'),
  'account.exists': sentence(
    'Ce compte est déjà dans SousPli.',
    nothing,
    'Ouvrez-le dans la colonne de gauche.',
  ),
  'account.discovery-failed': sentence(
    "Les serveurs de cette adresse n'ont pas été trouvés.",
    nothing,
    'Saisissez les serveurs donnés par votre opérateur.',
  ),
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
  'smtp.failed': sentence("L'envoi a échoué.", notSent, 'SousPli réessaie tout seul.'),
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
  'compose.draft-missing': sentence(
    "Ce brouillon n'existe plus.",
    nothing,
    'Il a peut-être été envoyé ; regardez dans les messages envoyés.',
  ),
  'smime.malformed': sentence(
    'La signature ou le chiffrement de ce message est mal formé.',
    raw,
    "Demandez un nouvel envoi à l'expéditeur.",
  ),
  'smime.limit': sentence(
    'Ce message protégé dépasse les limites de lecture.',
    raw,
    'Demandez un envoi plus petit.',
  ),
  'smime.unsupported': sentence(
    'Ce message utilise une protection que SousPli ne connaît pas.',
    raw,
    "Demandez à l'expéditeur un envoi par MSSanté.",
  ),
  'smime.no-key': sentence(
    "La clé qui déchiffre ce message n'est pas dans SousPli.",
    raw,
    'Importez votre certificat de confidentialité (fichier .p12).',
  ),
  'smime.no-recipient-certificate': sentence(
    "Le certificat d'un destinataire manque pour chiffrer.",
    draft,
    'Importez son certificat ou envoyez sans chiffrer : le transport MSSanté est déjà protégé.',
  ),
  'smime.decrypt-failed': sentence(
    "Le message n'a pas pu être déchiffré.",
    raw,
    "Demandez un nouvel envoi à l'expéditeur.",
  ),
  'smime.sign-failed': sentence(
    "La signature n'a pas pu être faite.",
    notSent,
    'Vérifiez que la carte est en place et recommencez.',
  ),
  'p12.wrong-passphrase': sentence(
    'Le mot de passe de ce fichier est incorrect.',
    nothing,
    'Vérifiez le mot de passe reçu avec le fichier.',
  ),
  'p12.malformed': sentence(
    "Ce fichier n'est pas un certificat .p12 lisible.",
    nothing,
    'Choisissez un autre fichier.',
  ),
  'p12.no-key': sentence(
    'Ce fichier ne contient pas de clé privée.',
    nothing,
    'Choisissez le fichier .p12 complet.',
  ),
  'certificate.malformed': sentence(
    'Ce fichier ne contient pas de certificat lisible.',
    nothing,
    'Choisissez un fichier .cer, .pem ou .p7b.',
  ),
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
}
