import { nothing, kept, readable, sentence } from './phrases.ts'

/** English sentences of vault errors. */
export const vaultErrors = {
  'vault.missing': sentence(
    'No mailbox is set up on this computer.',
    nothing,
    'Follow the set-up step by step.',
  ),
  'vault.exists': sentence(
    'A mailbox already exists on this computer.',
    kept,
    'Open it with your card, your passphrase or the recovery code.',
  ),
  'vault.locked': sentence('The mailbox is locked.', kept, 'Unlock it to go on.'),
  'vault.no-slot': sentence(
    'This way of opening is not registered for this mailbox.',
    kept,
    'Use the other way offered or your recovery code.',
  ),
  'vault.wrong-key': sentence(
    'The key obtained does not open this mailbox.',
    kept,
    'Check that it is the right card, or use your recovery code.',
  ),
  'vault.passphrase-weak': sentence(
    'This passphrase is too easy to guess.',
    nothing,
    'Choose at least four unrelated words.',
  ),
  'vault.passphrase-wrong': sentence(
    'Wrong passphrase.',
    kept,
    'Check capitals and keyboard, then start again.',
  ),
  'vault.recovery-wrong': sentence(
    'This recovery code is not the right one.',
    kept,
    'Read the sheet printed at creation again; dashes do not count.',
  ),
  'vault.device-secret-lost': sentence(
    'The secret of this computer is gone (session recreated or profile moved).',
    kept,
    'Open with the recovery code; the card will be registered again.',
  ),
  'vault.card-not-deterministic': sentence(
    'This card cannot protect the mailbox.',
    nothing,
    'Choose a passphrase.',
  ),
  'vault.corrupt': sentence(
    'The message store is damaged.',
    'Nothing was deleted; your messages are also at your operator.',
    'Restore a backup, or rebuild from the server; when in doubt, tell your support.',
  ),
  'vault.read-only': sentence(
    'SousPli cannot write in its folder.',
    readable,
    'Have your support check the rights of your session.',
  ),
  'vault.in-use': sentence(
    'Another SousPli has this mailbox open.',
    kept,
    'Close the other window or session, then try again.',
  ),
  'vault.disk-full': sentence('The disk is full.', readable, 'Free some space; receiving resumes by itself.'),
  'vault.from-future': sentence(
    'This mailbox was opened by a newer version of SousPli.',
    kept,
    'Update SousPli on this computer.',
  ),
  'vault.not-found': sentence('This item is no longer in the mailbox.', nothing, 'Refresh the list.'),
  'vault.cancelled': sentence('The operation was cancelled.', nothing, 'Start it again whenever you like.'),
  'vault.busy': sentence(
    'Another operation on the message store is under way.',
    nothing,
    'Wait until it ends, then start again.',
  ),
  'vault.backup-unknown': sentence(
    'This file is not a SousPli backup.',
    nothing,
    'Choose a file that ends in “.souspli”.',
  ),
  'vault.backup-damaged': sentence(
    'This backup is incomplete or damaged.',
    'Nothing was changed on this computer.',
    'Copy it again from where it is kept, or choose another backup.',
  ),
}
