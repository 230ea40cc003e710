import { nothing, kept, readable, support, sentence } from './phrases.ts'

/** French sentences of session errors. */
export const sessionErrors = {
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
  'auth.refused': sentence(
    'La demande a été refusée sur votre téléphone ou avec votre carte.',
    readable,
    'Si c’était vous, recommencez. Sinon, quelqu’un d’autre a peut-être reçu la demande : prévenez votre support.',
  ),
  'auth.timeout': sentence(
    'Personne n’a répondu à temps à la demande d’identification.',
    readable,
    'Recommencez, votre téléphone ou votre carte à portée de main.',
  ),
  'auth.answer-invalid': sentence(
    '{what, select, clock {L’heure de ce poste n’est pas celle de Pro Santé Connect.} professional {Pro Santé Connect n’a pas dit qui vient de s’identifier.} other {La réponse de Pro Santé Connect n’est pas authentique, ou pas pour ce poste.}}',
    'Elle n’a pas été utilisée. Vos messages restent lisibles.',
    '{what, select, clock {Mettez la date et l’heure de ce poste à jour, puis recommencez.} professional {Recommencez dans quelques minutes ; si cela se reproduit, prévenez votre support.} other {Vérifiez la date et l’heure du poste ; si cela se reproduit, prévenez votre support.}}',
  ),
  'auth.unknown-professional': sentence(
    'Pro Santé Connect ne connaît pas ce numéro.',
    readable,
    'Vérifiez votre RPPS : 11 chiffres.',
  ),
  'auth.other-professional': sentence(
    '{what, select, asked {La personne qui vient de s’identifier n’est pas celle dont le numéro a été donné.} other {Cette messagerie est celle d’une autre personne que celle qui vient de s’identifier.}}',
    'La session qui venait de s’ouvrir a été refermée. Rien n’a été lu ni envoyé en son nom.',
    '{what, select, asked {Vérifiez le numéro, puis recommencez.} other {Identifiez-vous avec votre propre carte ou e-CPS, ou ouvrez la messagerie de votre collègue.}}',
  ),
  'auth.code-wrong': sentence('Ce code n’est pas le bon.', readable, 'Vérifiez-le, ou demandez-en un autre.'),
  'auth.code-expired': sentence('Ce code n’est plus valable.', readable, 'Demandez-en un autre.'),
  'auth.provider-unavailable': sentence(
    '{reason, select, intercepted {Le proxy de l’établissement ouvre la connexion chiffrée à {what, select, operator {votre opérateur} other {Pro Santé Connect}} : le certificat reçu n’est pas le bon, la connexion a été refusée.} certificate {Le certificat reçu de {what, select, operator {votre opérateur} other {Pro Santé Connect}} n’est pas le bon : la connexion a été refusée.} away {Le proxy de l’établissement ne répond pas : {what, select, operator {votre opérateur} other {Pro Santé Connect}} n’est pas joignable.} login {Le proxy de l’établissement demande une identification : {what, select, operator {votre opérateur} other {Pro Santé Connect}} n’est pas joignable.} refused {Le proxy de l’établissement ne laisse pas passer vers {what, select, operator {votre opérateur} other {Pro Santé Connect}}.} invalid {L’adresse du proxy de ce poste n’est pas utilisable.} other {{what, select, operator {Votre opérateur} other {Pro Santé Connect}} ne répond pas.}}',
    readable,
    '{reason, select, intercepted {Demandez à votre support de ne pas déchiffrer les échanges avec {host} (exception dans le proxy).} certificate {Vérifiez la date du poste et le réseau ; si cela dure, prévenez votre support.} login {Demandez à votre support de laisser passer {host}, ou de renseigner l’identification du proxy.} refused {Demandez à votre support d’autoriser {host} dans le proxy.} invalid {Faites corriger l’adresse par votre support.} other {Réessayez dans quelques minutes.}}',
  ),
  'auth.mechanism-unavailable': sentence(
    "Le serveur n'accepte aucun des moyens de connexion de SousPli.",
    nothing,
    'Demandez à votre opérateur les moyens acceptés.',
  ),
  'auth.external-refused': sentence(
    '{host, select, none {Le serveur} other {Le serveur {host}}} n’ouvre pas cette boîte à votre carte.',
    readable,
    'Vérifiez l’adresse et la validité de votre carte ; sinon, demandez à votre opérateur d’ouvrir cette boîte à votre carte.',
  ),
  'auth.other-card': sentence(
    'La carte insérée n’est pas celle de cette boîte{serial, select, none {} other { (carte n° {serial})}}.',
    readable,
    'Insérez la carte avec laquelle cette boîte a été ajoutée, ou ajoutez-la à nouveau avec celle-ci.',
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
}
