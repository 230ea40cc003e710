import { nothing, kept, sentence } from './phrases.ts'

/** French sentences of card errors. */
export const cardErrors = {
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
}
