import { nothing, kept, readable, sentence } from './phrases.ts'

/** French sentences of vault errors. */
export const vaultErrors = {
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
    'Restaurez une sauvegarde, ou reconstruisez depuis le serveur ; au moindre doute, prévenez votre support.',
  ),
  'vault.read-only': sentence(
    'SousPli ne peut pas écrire dans son dossier.',
    readable,
    'Vérifiez les droits de votre session auprès de votre support.',
  ),
  'vault.in-use': sentence(
    'Cette boîte est déjà ouverte par un autre SousPli.',
    kept,
    "Fermez l'autre fenêtre ou l'autre session, puis réessayez.",
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
  'vault.cancelled': sentence(
    "L'opération a été annulée.",
    nothing,
    'Vous pourrez la relancer quand vous voudrez.',
  ),
  'vault.busy': sentence(
    'Une autre opération sur le coffre est en cours.',
    nothing,
    "Attendez qu'elle se termine, puis recommencez.",
  ),
  'vault.backup-unknown': sentence(
    "Ce fichier n'est pas une sauvegarde SousPli.",
    nothing,
    'Choisissez un fichier se terminant par « .souspli ».',
  ),
  'vault.backup-damaged': sentence(
    'Cette sauvegarde est incomplète ou endommagée.',
    "Rien n'a été modifié sur ce poste.",
    'Recopiez-la depuis son support, ou choisissez une autre sauvegarde.',
  ),
}
