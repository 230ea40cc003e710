import { nothing, sentence } from './phrases.ts'

const base = 'L’annuaire déjà présent sur ce poste reste utilisable.'

/** French sentences of errors of the directory and of distribution lists. */
export const directoryErrors = {
  'directory.not-configured': sentence(
    'Ce service de l’annuaire n’est pas configuré sur ce poste.',
    base,
    'Demandez à votre administrateur de le renseigner dans la configuration de SousPli.',
  ),
  'directory.not-found': sentence(
    'L’Annuaire Santé ne connaît pas cette personne.',
    base,
    'Vérifiez le numéro RPPS, ou cherchez par le nom.',
  ),
  'directory.key-refused': sentence(
    'L’Annuaire Santé a refusé la clé d’accès de votre établissement.',
    base,
    'Demandez à votre administrateur de vérifier la clé de l’API Annuaire Santé.',
  ),
  'directory.busy': sentence(
    'L’Annuaire Santé reçoit trop de demandes en ce moment.',
    base,
    'Réessayez dans une minute.',
  ),
  'directory.api-failed': sentence(
    'L’Annuaire Santé a répondu par une erreur.',
    base,
    'Réessayez plus tard ; la recherche hors ligne fonctionne toujours.',
  ),
  'directory.extraction-malformed': sentence(
    'Ce fichier n’est pas une extraction de l’Annuaire Santé.',
    base,
    'Choisissez le fichier « Extraction_Correspondance_MSSante » (.zip ou .txt) tel qu’il a été téléchargé.',
  ),
  'directory.extraction-truncated': sentence(
    'L’extraction de l’annuaire est incomplète ou abîmée.',
    base,
    'Reprenez le téléchargement, ou choisissez une autre copie du fichier.',
  ),
  'directory.extraction-too-large': sentence(
    'Ce fichier est bien plus grand qu’une extraction de l’annuaire.',
    base,
    'Vérifiez d’où il vient avant de réessayer.',
  ),
  'directory.extraction-older': sentence(
    'L’extraction de l’annuaire choisie est plus ancienne que celle de ce poste.',
    base,
    'Choisissez un fichier plus récent, ou attendez la prochaine mise à jour.',
  ),
  'directory.damaged': sentence(
    'L’annuaire gardé sur ce poste était abîmé : il a été retiré.',
    'Vos messages, vos favoris et vos listes ne sont pas touchés.',
    'Téléchargez l’annuaire de nouveau, ou importez un fichier d’extraction.',
  ),
  'directory.ldap-failed': sentence(
    'L’annuaire des certificats ne répond pas comme prévu.',
    'Les certificats déjà connus restent utilisables.',
    'Réessayez plus tard, ou demandez au correspondant un message signé.',
  ),
  'directory.list-exists': sentence(
    'Une autre liste porte déjà ce nom.',
    nothing,
    'Choisissez un autre nom.',
  ),
  'directory.list-unreadable': sentence(
    'Aucune adresse n’a été trouvée dans ce fichier.',
    nothing,
    'Choisissez un fichier CSV avec une adresse par ligne, précédée ou non d’un nom.',
  ),
}
