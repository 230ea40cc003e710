import { nothing, notSent, draft, raw, sentence } from './phrases.ts'

/** French sentences of protection errors. */
export const protectionErrors = {
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
  'smime.certificate-changed': sentence(
    "Le certificat d'un destinataire a changé et vous ne l'avez pas encore confirmé.",
    draft,
    'Dans le message, regardez les deux certificats, puis gardez l’ancien ou prenez le nouveau.',
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
  'p12.too-large': sentence(
    'Ce fichier est trop grand pour un certificat .p12 (1 Mo au plus).',
    nothing,
    'Choisissez le fichier .p12 reçu avec votre certificat.',
  ),
  'p12.unsupported': sentence(
    'Ce fichier .p12 est protégé, ou contient une clé, d’une sorte que SousPli ne lit pas.',
    nothing,
    'Demandez un certificat RSA, ou à courbe elliptique nommée, dans un fichier .p12 protégé par mot de passe.',
  ),
  'certificate.malformed': sentence(
    'Ce fichier ne contient pas de certificat lisible.',
    nothing,
    'Choisissez un fichier .cer, .pem ou .p7b.',
  ),
}
