import { nothing, sentence } from './phrases.ts'

const base = 'The directory already on this computer goes on working.'

/** English sentences of errors of the directory and of distribution lists. */
export const directoryErrors = {
  'directory.not-configured': sentence(
    'This directory service is not set up on this computer.',
    base,
    'Ask your administrator to fill it in in the configuration of SousPli.',
  ),
  'directory.not-found': sentence(
    'The Annuaire Santé does not know this person.',
    base,
    'Check the RPPS number, or search by name.',
  ),
  'directory.key-refused': sentence(
    'The Annuaire Santé refused the access key of your organisation.',
    base,
    'Ask your administrator to check the key of the Annuaire Santé API.',
  ),
  'directory.busy': sentence(
    'The Annuaire Santé receives too many requests at the moment.',
    base,
    'Try again in a minute.',
  ),
  'directory.api-failed': sentence(
    'The Annuaire Santé answered with an error.',
    base,
    'Try again later; the offline search still works.',
  ),
  'directory.extraction-malformed': sentence(
    'This file is not an extraction of the Annuaire Santé.',
    base,
    'Choose the file “Extraction_Correspondance_MSSante” (.zip or .txt) as it was downloaded.',
  ),
  'directory.extraction-truncated': sentence(
    'The extraction of the directory is incomplete or damaged.',
    base,
    'Resume the download, or choose another copy of the file.',
  ),
  'directory.extraction-too-large': sentence(
    'This file is far larger than an extraction of the directory.',
    base,
    'Check where it comes from before trying again.',
  ),
  'directory.extraction-older': sentence(
    'This directory extraction is older than the one on this computer.',
    base,
    'Choose a more recent file, or wait for the next update.',
  ),
  'directory.damaged': sentence(
    'The directory kept on this computer was damaged: it has been removed.',
    'Your messages, favourites and lists are not affected.',
    'Download the directory again, or import an extraction file.',
  ),
  'directory.ldap-failed': sentence(
    'The certificate directory does not answer as expected.',
    'The certificates already known can still be used.',
    'Try again later, or ask the correspondent for a signed message.',
  ),
  'directory.list-exists': sentence('Another list already has this name.', nothing, 'Choose another name.'),
  'directory.list-unreadable': sentence(
    'No address was found in this file.',
    nothing,
    'Choose a CSV file with one address per line, with or without a name before it.',
  ),
}
