import { readable, secret, retries, sentence } from './phrases.ts'

/** English sentences of network errors. */
export const networkErrors = {
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
  'net.proxy-invalid': sentence(
    'The address of this computer’s proxy cannot be used.',
    readable,
    'Have your support correct the address: only “http://name:port” will do.',
  ),
  'net.proxy-unreachable': sentence(
    'The establishment’s proxy{proxy, select, none {} other { ({proxy})}} does not answer.',
    readable,
    'Check the computer’s connection; if it lasts, tell your support.',
  ),
  'net.proxy-login': sentence(
    'The establishment’s proxy{proxy, select, none {} other { ({proxy})}} asks for an identification that SousPli does not have.',
    readable,
    'Ask your support to let {host, select, none {this server} other {{host}}} through, or to enter the proxy’s identification.',
  ),
  'net.proxy-refused': sentence(
    'The establishment’s proxy{proxy, select, none {} other { ({proxy})}} does not let SousPli through to {host, select, none {this server} other {{host}}}.',
    readable,
    'Ask your support to allow this address in the proxy.',
  ),
  'tls.intercepted': sentence(
    'The establishment’s proxy{proxy, select, none {} other { ({proxy})}} opens the encrypted connection to {host, select, none {this server} other {{host}}}: the certificate received is not the server’s.',
    secret,
    'Ask your support not to decrypt exchanges with this address (an exception in the proxy).',
  ),
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
  'tls.client-certificate-refused': sentence(
    '{alert, select, certificate_required {{host, select, none {The server} other {The server {host}}} takes logins with a card only.} certificate_expired {{host, select, none {The server} other {The server {host}}} refused your card’s certificate: it says it has expired.} certificate_revoked {{host, select, none {The server} other {The server {host}}} refused your card’s certificate: it says it was revoked.} unknown_ca {{host, select, none {The server} other {The server {host}}} refused your card’s certificate: it does not know its authority.} other {{host, select, none {The server} other {The server {host}}} refused your card’s certificate.}}',
    'Your card opened no mailbox; no message was sent.',
    'Check that your card is still valid, then ask your operator whether logging in with the card is accepted.',
  ),
  'tls.signature-unsupported': sentence(
    '{host, select, none {The server} other {The server {host}}} demands a signature your card cannot make.',
    'The connection stopped before any signature.',
    'A CPS3 signs in TLS 1.2 with RSA PKCS#1 only; tell your operator, or log in by another means.',
  ),
  'tls.card-module-missing': sentence(
    'The part of SousPli that connects with the card is missing on this computer.',
    'Nothing was sent; the card still opens the mailbox and signs.',
    'Install SousPli again, or ask your support to install the “card-tls” module; meanwhile, log in by another means.',
  ),
}
