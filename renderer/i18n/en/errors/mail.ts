import { nothing, readable, raw, resend, retries, sentence } from './phrases.ts'

/** English sentences of mail errors. */
export const mailErrors = {
  'imap.failed': sentence(
    'The server refused this action.',
    readable,
    'The action will be tried again; else tell your operator.',
  ),
  'imap.protocol': sentence('The server answered in an unexpected way.', readable, retries),
  'imap.quota': sentence(
    'Your mailbox is full at the operator.',
    readable,
    'Delete or archive messages, then empty the trash.',
  ),
  'imap.busy': sentence(
    'The server is too busy, or has too many connections open.',
    readable,
    'SousPli waits a while, then tries again by itself.',
  ),
  'imap.no-permission': sentence(
    'Your rights on this folder do not allow this action.',
    'The messages are back where they were.',
    'Ask the owner of the mailbox for these rights.',
  ),
  'imap.folder-gone': sentence(
    'This folder no longer exists on the server.',
    'The messages are back where they were.',
    'Choose another folder.',
  ),
  'mail.changed-elsewhere': sentence(
    'These messages were changed by another device in the meantime.',
    'They stay as the server has them.',
    'Check them, then do the action again if needed.',
  ),
  'mail.cannot-undo': sentence(
    'This action can no longer be undone.',
    nothing,
    'A permanent deletion cannot be taken back once the server was told.',
  ),
  'mail.not-found': sentence(
    'This message is no longer in the mailbox.',
    nothing,
    'It was moved or deleted elsewhere; look in the other folders.',
  ),
  'mail.body-unavailable': sentence(
    'The content of this message is not on this computer yet.',
    'Its header is kept.',
    'It loads at the next connection.',
  ),
  'mail.quarantined': sentence(
    'Reading this message takes too much time or memory: it is set aside.',
    raw,
    resend,
  ),
  'mime.malformed': sentence('This message is malformed.', raw, resend),
  'mime.limit': sentence('This message exceeds the reading limits.', raw, resend),
  'part.expired': sentence('The link to this part is no longer valid.', nothing, 'Open the message again.'),
  'part.unavailable': sentence(
    'This part is not on this computer yet.',
    'The message is kept.',
    'It loads at the next connection.',
  ),
}
