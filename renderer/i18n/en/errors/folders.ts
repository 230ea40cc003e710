import { kept, nothing, sentence } from './phrases.ts'

/** English sentences of errors about folders. */
export const foldersErrors = {
  'folder.not-found': sentence(
    'This folder no longer exists.',
    kept,
    'Check for mail to see the folders of the server.',
  ),
  'folder.name-invalid': sentence(
    'This folder name is not possible.',
    nothing,
    'Choose a name without “/”, “*” or “%”, and without a space at either end.',
  ),
  'folder.exists': sentence('There is already a folder of this name.', nothing, 'Choose another name.'),
  'folder.special': sentence(
    'This folder has a part in your mailbox.',
    kept,
    'Inbox, sent, drafts, trash and archive cannot be renamed or deleted.',
  ),
  'folder.not-empty': sentence(
    'There are folders in this folder.',
    kept,
    'First delete or move the folders below it.',
  ),
  'folder.refused': sentence(
    'The server refused this change of a folder.',
    kept,
    'In a shared mailbox, ask its owner for the right; otherwise ask your operator.',
  ),
}
