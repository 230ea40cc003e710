import type { ErrorCode } from '../../../app/contract/index.ts'
import type { ErrorSentence } from '../error-sentence.ts'

const nothing = 'Nothing was changed.'
const kept = 'Your messages stay encrypted on this computer.'
const readable = 'Messages already received stay readable.'
const notSent = 'Nothing has left, your message is kept.'
const draft = 'Your draft is saved.'
const raw = 'The original message is kept as it came.'
const secret = 'No password was sent.'
const support = 'If it happens again, close and reopen SousPli and tell your support.'
const resend = 'Ask the sender to send it again.'
const retries = 'SousPli tries again by itself.'

const sentence = (what: string, safe: string, todo: string): ErrorSentence => ({ what, safe, todo })

/** Each error code in English: what happened, what is safe, what to do. */
export const errors: Record<ErrorCode, ErrorSentence> = {
  'contract.invalid-request': sentence(
    'The window asked something SousPli does not accept.',
    nothing,
    support,
  ),
  'contract.invalid-reply': sentence('The answer received makes no sense.', nothing, support),
  'contract.unknown-method': sentence(
    'This action does not exist in this version.',
    nothing,
    'Update SousPli.',
  ),
  'contract.forbidden-sender': sentence(
    'A page was not allowed to ask this.',
    'The request was ignored.',
    support,
  ),
  'core.unavailable': sentence(
    'The engine of SousPli does not answer.',
    kept,
    'It restarts by itself; wait a few seconds and try again.',
  ),
  'core.internal': sentence('Something unexpected went wrong.', nothing, support),
  'core.algorithm-missing': sentence(
    'A cryptographic algorithm that is needed is missing on this computer.',
    kept,
    'Reinstall SousPli; else tell your support.',
  ),
  'card.no-module': sentence(
    'The CPS card components (Cryptolib CPS) are not on this computer.',
    kept,
    'Install “Cryptolib CPS” from ANS, or ask your support, then try again.',
  ),
  'card.module-failed': sentence(
    'The card component did not start.',
    kept,
    'Unplug the reader and plug it in again; else reinstall Cryptolib CPS.',
  ),
  'card.no-reader': sentence(
    'No card reader is plugged in.',
    kept,
    'Plug in your reader; it is recognised by itself.',
  ),
  'card.no-card': sentence('No card is in the reader.', kept, 'Insert your CPS card, chip first.'),
  'card.unknown-card': sentence(
    'The card is not of the CPS family.',
    kept,
    'Insert your CPS, CPF or CPE card.',
  ),
  'card.pin-format': sentence(
    'The PIN has four digits.',
    'No try was counted.',
    'Type the four digits of your PIN.',
  ),
  'card.pin-incorrect': sentence(
    'Wrong PIN.',
    '{triesLeft, plural, =-1 {The card is not blocked.} =1 {1 try is left before the card blocks.} other {# tries are left before the card blocks.}}',
    'Type your PIN again.',
  ),
  'card.pin-locked': sentence(
    'The card is blocked after three wrong PINs.',
    kept,
    'Unblock it with your unblocking code (letter from ANS), or open with your recovery code.',
  ),
  'card.last-try': sentence(
    'A single try is left before the card blocks.',
    'The card is not blocked.',
    'Check your PIN before typing it; if in doubt, use your recovery code.',
  ),
  'card.removed': sentence(
    'The card was removed.',
    'Your mailbox is closed and encrypted.',
    'Insert your card to go on.',
  ),
  'card.login-required': sentence('The card asks for your PIN.', nothing, 'Type your PIN and start again.'),
  'card.other-card': sentence(
    'This is not the card that opens this mailbox.',
    kept,
    'Insert the card used at creation, or open with the recovery code.',
  ),
  'card.no-certificate': sentence(
    'The card does not hold the certificate needed.',
    nothing,
    'Check with ANS that your card is valid (0 809 100 001).',
  ),
  'card.mechanism-unavailable': sentence(
    'The card does not offer the kind of signature needed.',
    nothing,
    'Update Cryptolib CPS or use a passphrase.',
  ),
  'card.timeout': sentence(
    'The card did not answer in time.',
    nothing,
    'Take it out, insert it again and start again.',
  ),
  'card.process-lost': sentence(
    'Reading the card was interrupted.',
    'SousPli restarts it by itself.',
    'Wait a few seconds and start again.',
  ),
  'card.operation-failed': sentence(
    'The card refused the operation.',
    nothing,
    'Take it out, insert it again and start again.',
  ),
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
    'Tell your support before doing anything.',
  ),
  'vault.read-only': sentence(
    'SousPli cannot write in its folder.',
    readable,
    'Have your support check the rights of your session.',
  ),
  'vault.disk-full': sentence('The disk is full.', readable, 'Free some space; receiving resumes by itself.'),
  'vault.from-future': sentence(
    'This mailbox was opened by a newer version of SousPli.',
    kept,
    'Update SousPli on this computer.',
  ),
  'vault.not-found': sentence('This item is no longer in the mailbox.', nothing, 'Refresh the list.'),
  'net.unreachable': sentence(
    '{host, select, none {The server} other {The server {host}}} cannot be reached.',
    readable,
    'Check the computer’s connection; SousPli tries again by itself.',
  ),
  'net.timeout': sentence(
    '{host, select, none {The server} other {The server {host}}} takes too long to answer.',
    readable,
    retries,
  ),
  'net.dns': sentence(
    'The address of {host, select, none {the server} other {{host}}} was not found.',
    readable,
    'Check the computer’s connection and the server’s address.',
  ),
  'net.closed': sentence('The server closed the connection.', readable, 'SousPli reconnects by itself.'),
  'tls.starttls-missing': sentence(
    'The server offers no encrypted connection.',
    secret,
    'Check the account’s settings with your operator.',
  ),
  'tls.handshake': sentence(
    'The encrypted connection could not be made.',
    secret,
    'Try again; if it lasts, tell your operator.',
  ),
  'tls.untrusted-authority': sentence(
    'The certificate of {host, select, none {the server} other {{host}}} does not come from the IGC-Santé authority.',
    'The connection was refused: no password or message was sent.',
    'Do not change network to get around this; tell your operator or your support.',
  ),
  'tls.expired': sentence(
    'The server’s certificate has expired.',
    secret,
    'Check the computer’s date and time, then tell your operator.',
  ),
  'tls.host-mismatch': sentence(
    'The certificate shown is not that of {host, select, none {this server} other {{host}}}.',
    secret,
    'Check the server’s name in the account’s settings.',
  ),
  'tls.wrong-usage': sentence(
    'The server’s certificate is not meant for this use.',
    secret,
    'Tell your operator.',
  ),
  'tls.revoked': sentence('The server’s certificate was revoked.', secret, 'Tell your operator.'),
  'tls.revocation-unknown': sentence(
    'The validity of the server’s certificate could not be checked.',
    secret,
    'Try later; check that the computer reaches the IGC-Santé lists.',
  ),
  'auth.failed': sentence(
    'The server refused the login.',
    readable,
    'Check your identifier and log in again.',
  ),
  'auth.login-required': sentence(
    'Your session at the operator has expired.',
    readable,
    'Log in again to receive and send.',
  ),
  'auth.cancelled': sentence('The login was given up.', nothing, 'Start it again whenever you like.'),
  'auth.provider-unavailable': sentence(
    'Pro Santé Connect does not answer.',
    readable,
    'Try again in a few minutes.',
  ),
  'auth.mechanism-unavailable': sentence(
    'The server accepts none of the ways SousPli can log in.',
    nothing,
    'Ask your operator which ways it accepts.',
  ),
  'account.address-invalid': sentence(
    'This address is not complete.',
    nothing,
    'Type it in full, for example first.last@medecin.mssante.fr.',
  ),
  'account.not-found': sentence('This account no longer exists.', nothing, 'Choose another account.'),
  'account.exists': sentence('This account is already in SousPli.', nothing, 'Open it in the left column.'),
  'account.discovery-failed': sentence(
    'The servers of this address were not found.',
    nothing,
    'Type the servers given by your operator.',
  ),
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
  'mime.malformed': sentence('This message is malformed.', raw, resend),
  'mime.limit': sentence('This message exceeds the reading limits.', raw, resend),
  'part.expired': sentence('The link to this part is no longer valid.', nothing, 'Open the message again.'),
  'part.unavailable': sentence(
    'This part is not on this computer yet.',
    'The message is kept.',
    'It loads at the next connection.',
  ),
  'smtp.failed': sentence('Sending failed.', notSent, retries),
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
  'compose.draft-missing': sentence(
    'This draft no longer exists.',
    nothing,
    'It may have been sent; look in the sent messages.',
  ),
  'smime.malformed': sentence('The signature or encryption of this message is malformed.', raw, resend),
  'smime.limit': sentence(
    'This protected message exceeds the reading limits.',
    raw,
    'Ask for a smaller message.',
  ),
  'smime.unsupported': sentence(
    'This message uses a protection SousPli does not know.',
    raw,
    'Ask the sender to use MSSanté.',
  ),
  'smime.no-key': sentence(
    'The key that decrypts this message is not in SousPli.',
    raw,
    'Import your confidentiality certificate (.p12 file).',
  ),
  'smime.no-recipient-certificate': sentence(
    'A recipient’s certificate is missing for encryption.',
    draft,
    'Import the certificate or send without encryption: MSSanté transport is already protected.',
  ),
  'smime.decrypt-failed': sentence('The message could not be decrypted.', raw, resend),
  'smime.sign-failed': sentence(
    'The signature could not be made.',
    notSent,
    'Check that the card is in place and start again.',
  ),
  'p12.wrong-passphrase': sentence(
    'The password of this file is wrong.',
    nothing,
    'Check the password received with the file.',
  ),
  'p12.malformed': sentence('This file is not a readable .p12 certificate.', nothing, 'Choose another file.'),
  'p12.no-key': sentence('This file holds no private key.', nothing, 'Choose the complete .p12 file.'),
  'certificate.malformed': sentence(
    'This file holds no readable certificate.',
    nothing,
    'Choose a .cer, .pem or .p7b file.',
  ),
  'zip.malformed': sentence('The archive of the document is damaged.', raw, resend),
  'zip.limit': sentence('The archive is abnormally large.', 'It was not opened.', 'Check with the sender.'),
  'zip.unsafe': sentence('The archive holds forbidden paths.', 'It was not opened.', 'Tell the sender.'),
  'xml.malformed': sentence('The document is malformed.', raw, resend),
  'xml.limit': sentence('The document exceeds the reading limits.', raw, 'Ask the sender for a smaller one.'),
  'xml.forbidden': sentence(
    'The document holds forbidden elements.',
    'It was not interpreted.',
    'Tell the sender.',
  ),
  'xdm.no-metadata': sentence(
    'The archive lacks the description of the document.',
    raw,
    'The document opens all the same; tell the sender.',
  ),
  'cda.not-a-cda': sentence(
    'The file is not a health document of the expected format.',
    raw,
    'Open it as an ordinary attachment.',
  ),
  'cda.no-body': sentence('The document holds no text.', raw, resend),
}
