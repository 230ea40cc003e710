import { nothing, notSent, draft, sentence } from './phrases.ts'

/** French sentences about mailboxes, their servers and the trust space. */
export const accountErrors = {
  'account.outside-trust-space': sentence(
    '{domain, select, none {Cette adresse} other {Le domaine {domain}}} n’est pas dans l’espace de confiance MSSanté.',
    nothing,
    'Vérifiez l’adresse. Une boîte ordinaire ne peut être ajoutée que si votre administrateur l’autorise.',
  ),
  'account.host-outside': sentence(
    '{host, select, none {Le serveur annoncé} other {Le serveur {host}}} n’appartient pas à l’espace de confiance MSSanté.',
    'Aucune connexion n’a été tentée, rien n’a été transmis.',
    'Vérifiez le nom du serveur avec votre opérateur ; votre administrateur peut l’autoriser.',
  ),
  'account.label-invalid': sentence(
    'Le nom affiché aux destinataires est incomplet.',
    nothing,
    'Une boîte nominative demande un prénom et un nom, une boîte de service le nom du service.',
  ),
  'account.certificate-expired': sentence(
    'Le certificat (.p12) de cette boîte n’est plus valable.',
    'Les messages déjà reçus restent lisibles.',
    'Demandez un nouveau certificat à votre organisation, puis remplacez-le dans les réglages.',
  ),
  'account.p12-gone': sentence(
    'Le fichier de certificat doit être relu.',
    nothing,
    'Choisissez à nouveau le fichier .p12 et saisissez son mot de passe.',
  ),
  'net.private-host': sentence(
    '{host, select, none {Le serveur} other {Le serveur {host}}} a une adresse qui n’est pas publique.',
    'Aucune connexion n’a été tentée, rien n’a été transmis.',
    'Vérifiez le nom du serveur ; si votre établissement a son propre serveur, votre administrateur peut l’autoriser.',
  ),
  'trust-space.malformed': sentence(
    'Cette liste de l’espace de confiance n’a pas la forme attendue.',
    'La dernière bonne copie reste utilisée.',
    'Vérifiez le fichier ou l’adresse de la liste avec votre administrateur.',
  ),
  'trust-space.empty': sentence(
    'Cette liste de l’espace de confiance ne contient aucun domaine.',
    'La dernière bonne copie reste utilisée.',
    'Vérifiez le fichier ou l’adresse de la liste avec votre administrateur.',
  ),
  'trust-space.older': sentence(
    'Cette liste de l’espace de confiance est plus ancienne que celle de ce poste.',
    'La copie la plus récente reste utilisée.',
    'Choisissez un fichier plus récent.',
  ),
  'trust-space.shrunk': sentence(
    'Cette liste de l’espace de confiance a perdu plus de la moitié de ses domaines{before, plural, =0 {} other { ({before, number} auparavant, {after, number} maintenant)}}.',
    'La dernière bonne copie reste utilisée.',
    'La liste est sans doute incomplète : attendez la suivante, ou prenez-la quand même si votre opérateur le confirme.',
  ),
  'trust-space.no-server': sentence(
    'Ce poste ne va pas chercher la liste de l’espace de confiance lui-même.',
    'La dernière bonne copie reste utilisée.',
    'Importez la liste depuis un fichier.',
  ),
  'compose.generic-to-trust-space': sentence(
    'Une boîte ordinaire n’écrit pas à l’espace de confiance MSSanté.',
    notSent + ' ' + draft,
    'Choisissez votre boîte MSSanté comme expéditeur.',
  ),
  'compose.generic-health-document': sentence(
    'Un document de santé ne part pas d’une boîte ordinaire.',
    notSent + ' ' + draft,
    'Choisissez votre boîte MSSanté comme expéditeur.',
  ),
}
