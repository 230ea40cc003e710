import { nothing, kept, sentence } from './phrases.ts'

/** English sentences of card errors. */
export const cardErrors = {
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
}
