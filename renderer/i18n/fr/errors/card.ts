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
  'card.module-architecture': sentence(
    'Le composant de la carte CPS n’est pas prévu pour ce type de SousPli (32 ou 64 bits, Intel ou ARM).',
    kept,
    'Installez la Cryptolib CPS de la même architecture que SousPli, ou demandez-le à votre support.',
  ),
  'card.module-too-old': sentence(
    'La Cryptolib CPS de ce poste est trop ancienne.',
    kept,
    'Installez la Cryptolib CPS 5.2 ou plus récente (esante.gouv.fr), puis relancez SousPli.',
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
  'card.mute': sentence(
    'La carte ne répond pas.',
    kept,
    'Retirez-la, vérifiez le sens (puce en avant et vers le haut), essuyez la puce, puis insérez-la à nouveau.',
  ),
  'card.contactless': sentence(
    'La carte est posée sur un lecteur sans contact, qui ne permet pas de vous identifier.',
    kept,
    'Insérez votre carte dans un lecteur à contact, puce en avant.',
  ),
  'card.updating': sentence(
    'La carte est en cours de mise à jour par un autre logiciel.',
    nothing,
    'Laissez la carte dans le lecteur, attendez la fin de la mise à jour, puis recommencez.',
  ),
  'card.pin-format': sentence(
    'Le code porteur a quatre chiffres.',
    "Aucun essai n'a été compté.",
    'Saisissez les quatre chiffres de votre code.',
  ),
  'card.pin-same': sentence(
    'Le nouveau code est le même que l’ancien.',
    'Votre code n’a pas été changé et aucun essai n’a été compté.',
    'Choisissez quatre autres chiffres.',
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
  'card.pin-cancelled': sentence(
    'La saisie sur le lecteur a été annulée, ou le délai est passé.',
    'Aucun essai n’a été compté.',
    'Recommencez, puis tapez votre code sur le clavier du lecteur.',
  ),
  'card.pin-mismatch': sentence(
    'Les deux saisies du nouveau code sur le lecteur sont différentes.',
    'Votre code n’a pas été changé.',
    'Recommencez et tapez deux fois le même nouveau code.',
  ),
  'card.pin-care-elsewhere': sentence(
    'Sur ce poste, le code porteur se change et se débloque dans CPS-Gestion.',
    nothing,
    'Ouvrez CPS-Gestion, installé avec la Cryptolib CPS.',
  ),
  'card.pin-program-missing': sentence(
    'CPS-Gestion est introuvable sur ce poste.',
    nothing,
    'Réinstallez la Cryptolib CPS, ou demandez à votre support.',
  ),
  'card.last-try': sentence(
    'Il reste un seul essai avant le blocage de la carte.',
    "La carte n'est pas bloquée.",
    'Vérifiez votre code avant de le saisir ; en cas de doute, utilisez votre code de secours.',
  ),
  'card.puk-format': sentence(
    'Le code de déblocage a huit chiffres.',
    'Aucun essai n’a été compté.',
    'Saisissez les huit chiffres du courrier de l’ANS.',
  ),
  'card.puk-incorrect': sentence(
    'Code de déblocage incorrect.',
    '{triesLeft, plural, =-1 {La carte peut encore être débloquée.} =1 {Il reste 1 essai avant que la carte soit perdue.} other {Il reste # essais avant que la carte soit perdue.}}',
    'Reprenez le courrier de l’ANS et saisissez à nouveau les huit chiffres.',
  ),
  'card.puk-last-try': sentence(
    'Il reste un seul essai du code de déblocage : s’il est faux, la carte est perdue.',
    'Aucun essai n’a été compté.',
    'Relisez le courrier de l’ANS avant de le saisir ; en cas de doute, appelez l’ANS (0 809 100 001).',
  ),
  'card.puk-locked': sentence(
    'La carte est définitivement bloquée : le code de déblocage ne sert plus.',
    kept,
    'Ouvrez avec votre code de secours et commandez une nouvelle carte auprès de l’ANS (0 809 100 001).',
  ),
  'card.removed': sentence(
    'La carte a été retirée.',
    'Rien n’a été signé ni envoyé ; vos messages restent chiffrés sur ce poste.',
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
  'card.certificate-expired': sentence(
    'Le certificat de votre carte a expiré.',
    'Rien n’a été signé ; vos messages restent lisibles sur ce poste.',
    'Commandez le renouvellement de votre carte auprès de l’ANS (0 809 100 001).',
  ),
  'card.certificate-not-yet-valid': sentence(
    'Le certificat de votre carte n’est pas encore valable.',
    'Rien n’a été signé.',
    'Vérifiez la date et l’heure de ce poste ; si elles sont justes, attendez le début de validité de la carte.',
  ),
  'card.certificate-revoked': sentence(
    'Le certificat de votre carte a été révoqué.',
    'Rien n’a été signé ; vos messages restent lisibles sur ce poste.',
    'Utilisez votre nouvelle carte, ou contactez l’ANS (0 809 100 001).',
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
