import { nothing, kept, readable, support, sentence } from './phrases.ts'

/** English sentences of session errors. */
export const sessionErrors = {
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
  'auth.refused': sentence(
    'The request was refused on your phone or with your card.',
    readable,
    'If that was you, start again. Otherwise somebody else may have got the request: tell your support.',
  ),
  'auth.timeout': sentence(
    'Nobody answered the request in time.',
    readable,
    'Start again with your phone or card at hand.',
  ),
  'auth.answer-invalid': sentence(
    '{what, select, clock {The time of this computer is not that of Pro Santé Connect.} professional {Pro Santé Connect did not say who has just identified.} other {The answer of Pro Santé Connect is not genuine, or not for this computer.}}',
    'It was not used. Your messages stay readable.',
    '{what, select, clock {Set the date and time of this computer, then start again.} professional {Start again in a few minutes; if it happens again, tell your support.} other {Check the date and time of this computer; if it happens again, tell your support.}}',
  ),
  'auth.unknown-professional': sentence(
    'Pro Santé Connect does not know this number.',
    readable,
    'Check your RPPS: 11 digits.',
  ),
  'auth.other-professional': sentence(
    '{what, select, asked {The person who has just identified is not the one whose number was given.} other {This mailbox belongs to somebody else than the person who has just identified.}}',
    'The session that had just opened was closed again. Nothing was read or sent in their name.',
    '{what, select, asked {Check the number, then start again.} other {Identify with your own card or e-CPS, or open your colleague’s mailbox.}}',
  ),
  'auth.code-wrong': sentence('This is not the right code.', readable, 'Check it, or ask for another.'),
  'auth.code-expired': sentence('This code is no longer valid.', readable, 'Ask for another.'),
  'auth.provider-unavailable': sentence(
    '{reason, select, intercepted {The establishment’s proxy opens the encrypted connection to {what, select, operator {your operator} other {Pro Santé Connect}}: the certificate received is not the right one, the connection was refused.} certificate {The certificate received from {what, select, operator {your operator} other {Pro Santé Connect}} is not the right one: the connection was refused.} away {The establishment’s proxy does not answer: {what, select, operator {your operator} other {Pro Santé Connect}} cannot be reached.} login {The establishment’s proxy asks for an identification: {what, select, operator {your operator} other {Pro Santé Connect}} cannot be reached.} refused {The establishment’s proxy does not let SousPli through to {what, select, operator {your operator} other {Pro Santé Connect}}.} invalid {The address of this computer’s proxy cannot be used.} other {{what, select, operator {Your operator} other {Pro Santé Connect}} does not answer.}}',
    readable,
    '{reason, select, intercepted {Ask your support not to decrypt exchanges with {host} (an exception in the proxy).} certificate {Check the computer’s date and network; if it lasts, tell your support.} login {Ask your support to let {host} through, or to enter the proxy’s identification.} refused {Ask your support to allow {host} in the proxy.} invalid {Have your support correct the address.} other {Try again in a few minutes.}}',
  ),
  'auth.mechanism-unavailable': sentence(
    'The server accepts none of the ways SousPli can log in.',
    nothing,
    'Ask your operator which ways it accepts.',
  ),
  'auth.external-refused': sentence(
    '{host, select, none {The server} other {The server {host}}} does not open this mailbox to your card.',
    readable,
    'Check the address and that your card is still valid; else ask your operator to open this mailbox to your card.',
  ),
  'auth.other-card': sentence(
    'The card inserted is not the one of this mailbox{serial, select, none {} other { (card no. {serial})}}.',
    readable,
    'Insert the card this mailbox was added with, or add it again with this one.',
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
}
