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
  'card.module-architecture': sentence(
    'The card component is not made for this kind of SousPli (32 or 64 bits, Intel or ARM).',
    kept,
    'Install Cryptolib CPS for the same architecture as SousPli, or ask your support.',
  ),
  'card.module-too-old': sentence(
    'Cryptolib CPS is too old on this computer.',
    kept,
    'Install Cryptolib CPS 5.2 or later (esante.gouv.fr), then start SousPli again.',
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
  'card.mute': sentence(
    'The card does not answer.',
    kept,
    'Take it out, check which way round it is (chip first, facing up), wipe the chip and insert it again.',
  ),
  'card.contactless': sentence(
    'The card lies on a contactless reader, which cannot tell who you are.',
    kept,
    'Insert your card into a contact reader, chip first.',
  ),
  'card.updating': sentence(
    'Another program is updating the card.',
    nothing,
    'Leave the card in the reader until the update is finished, then start again.',
  ),
  'card.pin-format': sentence(
    'The PIN has four digits.',
    'No try was counted.',
    'Type the four digits of your PIN.',
  ),
  'card.pin-same': sentence(
    'The new PIN is the same as the old one.',
    'Your PIN was not changed and no try was counted.',
    'Choose four other digits.',
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
  'card.pin-cancelled': sentence(
    'Typing on the reader was cancelled or took too long.',
    'No try was counted.',
    'Start again, then type your PIN on the reader’s keys.',
  ),
  'card.pin-mismatch': sentence(
    'The new PIN was not typed twice alike on the reader.',
    'Your PIN was not changed.',
    'Start again and type the same new PIN twice.',
  ),
  'card.pin-care-elsewhere': sentence(
    'On this computer the PIN is changed and unblocked in CPS-Gestion.',
    nothing,
    'Open CPS-Gestion, installed with Cryptolib CPS.',
  ),
  'card.pin-program-missing': sentence(
    'CPS-Gestion is not on this computer.',
    nothing,
    'Install Cryptolib CPS again, or ask your support.',
  ),
  'card.last-try': sentence(
    'A single try is left before the card blocks.',
    'The card is not blocked.',
    'Check your PIN before typing it; if in doubt, use your recovery code.',
  ),
  'card.puk-format': sentence(
    'The unblocking code has eight digits.',
    'No try was counted.',
    'Type the eight digits from the letter of ANS.',
  ),
  'card.puk-incorrect': sentence(
    'Wrong unblocking code.',
    '{triesLeft, plural, =-1 {The card can still be unblocked.} =1 {1 try is left before the card is lost.} other {# tries are left before the card is lost.}}',
    'Look at the letter of ANS and type the eight digits again.',
  ),
  'card.puk-last-try': sentence(
    'A single try of the unblocking code is left: if it is wrong, the card is lost.',
    'No try was counted.',
    'Read the letter of ANS again before typing it; if in doubt, call ANS (0 809 100 001).',
  ),
  'card.puk-locked': sentence(
    'The card is blocked for good: the unblocking code no longer works.',
    kept,
    'Open with your recovery code and order a new card from ANS (0 809 100 001).',
  ),
  'card.removed': sentence(
    'The card was removed.',
    'Nothing was signed or sent; your messages stay encrypted on this computer.',
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
  'card.certificate-expired': sentence(
    'The certificate of your card has expired.',
    'Nothing was signed; your messages stay readable on this computer.',
    'Order a new card from ANS (0 809 100 001).',
  ),
  'card.certificate-not-yet-valid': sentence(
    'The certificate of your card is not valid yet.',
    'Nothing was signed.',
    'Check the date and time of this computer; if they are right, wait until the card becomes valid.',
  ),
  'card.certificate-revoked': sentence(
    'The certificate of your card was revoked.',
    'Nothing was signed; your messages stay readable on this computer.',
    'Use your new card, or call ANS (0 809 100 001).',
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
