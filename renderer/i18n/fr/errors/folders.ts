import { kept, nothing, sentence } from './phrases.ts'

/** French sentences of errors about folders. */
export const foldersErrors = {
  'folder.not-found': sentence(
    'Ce dossier n’existe plus.',
    kept,
    'Relevez le courrier pour voir les dossiers du serveur.',
  ),
  'folder.name-invalid': sentence(
    'Ce nom de dossier n’est pas possible.',
    nothing,
    'Choisissez un nom sans « / », « * » ni « % », sans espace au début ni à la fin.',
  ),
  'folder.exists': sentence('Un dossier porte déjà ce nom.', nothing, 'Choisissez un autre nom.'),
  'folder.special': sentence(
    'Ce dossier a un rôle dans votre messagerie.',
    kept,
    'La réception, les envoyés, les brouillons, la corbeille et les archives ne se renomment ni ne se suppriment.',
  ),
  'folder.not-empty': sentence(
    'Ce dossier en contient d’autres.',
    kept,
    'Supprimez ou déplacez d’abord ses sous-dossiers.',
  ),
  'folder.refused': sentence(
    'Le serveur a refusé ce changement de dossier.',
    kept,
    'Dans une boîte partagée, demandez le droit à son titulaire ; sinon, voyez avec votre opérateur.',
  ),
}
