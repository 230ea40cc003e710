import { kept, nothing, sentence } from './phrases.ts'

/** French sentences of import and export errors. */
export const exchangeErrors = {
  'exchange.unreadable': sentence(
    'Ce fichier ou ce dossier ne peut pas être lu.',
    'Ce qui a déjà été importé est gardé.',
    'Vérifiez qu’il est toujours là et que vous y avez accès, puis reprenez.',
  ),
  'exchange.nothing-found': sentence(
    'Aucun message n’a été trouvé à cet endroit.',
    nothing,
    'Choisissez des fichiers .eml ou mbox, ou un dossier qui en contient.',
  ),
  'exchange.write-failed': sentence(
    'L’export n’a pas pu être écrit à cet endroit.',
    kept,
    'Choisissez un autre emplacement, où vous avez le droit d’écrire.',
  ),
  'exchange.too-large': sentence(
    'Cette sélection est trop volumineuse pour un seul PDF.',
    kept,
    'Exportez moins de messages à la fois, ou choisissez mbox.',
  ),
  'exchange.grant-expired': sentence(
    'L’emplacement choisi n’est plus valable.',
    nothing,
    'Choisissez-le à nouveau.',
  ),
  'traces.not-an-export': sentence(
    'Ce fichier n’est pas un export des traces de SousPli.',
    'Rien n’a été comparé ; les traces ne sont pas touchées.',
    'Choisissez le fichier CSV tel qu’il a été enregistré, pas une copie réenregistrée par un tableur.',
  ),
}
