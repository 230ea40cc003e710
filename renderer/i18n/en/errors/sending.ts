import { nothing, notSent, draft, retries, sentence } from './phrases.ts'

/** English sentences of sending errors. */
export const sendingErrors = {
  'smtp.failed': sentence('Sending failed.', notSent, retries),
  'smtp.busy': sentence('The server is busy.', notSent, 'SousPli tries again by itself, a little later.'),
  'smtp.recipient-refused': sentence(
    '{address, select, none {A recipient} other {{address}}} was refused by the server.',
    'The other recipients were accepted.',
    'Check the address and send again to this recipient.',
  ),
  'smtp.all-recipients-refused': sentence(
    'All recipients were refused by the server.',
    notSent,
    'Check the addresses and send again.',
  ),
  'smtp.sender-refused': sentence(
    'The server does not accept this sender address.',
    notSent,
    'Choose another mailbox to send from.',
  ),
  'smtp.too-large': sentence(
    'The message is too large for the server.',
    notSent,
    'Remove an attachment or send two messages.',
  ),
  'smtp.rejected': sentence(
    'The server refused the message.',
    notSent,
    'Read its answer in the outbox, correct and send again.',
  ),
  'outbox.unknown-outcome': sentence(
    'The connection was cut while sending.',
    'The message is not sent again, to avoid a duplicate.',
    'SousPli checks the sent messages as soon as it reconnects.',
  ),
  'outbox.too-late': sentence(
    'Too late: this message has left or is leaving.',
    nothing,
    'If need be, send a message that cancels and replaces it.',
  ),
  'receipt.not-asked': sentence(
    'No read receipt is expected for this message.',
    nothing,
    'You may have answered already.',
  ),
  'outbox.not-found': sentence('This message is no longer waiting.', nothing, 'Look in the sent messages.'),
  'compose.no-recipient': sentence('The message has no recipient.', draft, 'Add at least one recipient.'),
  'compose.address-invalid': sentence(
    'An address is not complete.',
    draft,
    'Correct or remove this address.',
  ),
  'compose.recipient-outside': sentence(
    'A recipient is outside the MSSanté trust space.',
    draft,
    'Remove it or choose its MSSanté address.',
  ),
  'compose.too-large': sentence('The message exceeds the size allowed.', draft, 'Remove an attachment.'),
  'compose.date-past': sentence('This date is over.', draft, 'Choose a date to come.'),
  'compose.draft-missing': sentence(
    'This draft no longer exists.',
    nothing,
    'It may have been sent; look in the sent messages.',
  ),
}
