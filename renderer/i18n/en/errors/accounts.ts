import { nothing, notSent, draft, sentence } from './phrases.ts'

/** English sentences about mailboxes, their servers and the trust space. */
export const accountErrors = {
  'account.outside-trust-space': sentence(
    '{domain, select, none {This address} other {The domain {domain}}} is not in the MSSanté trust space.',
    nothing,
    'Check the address. An ordinary mailbox can only be added where your administrator allows it.',
  ),
  'account.host-outside': sentence(
    '{host, select, none {The announced server} other {The server {host}}} does not belong to the MSSanté trust space.',
    'No connection was tried, nothing was sent.',
    'Check the name of the server with your operator; your administrator can allow it.',
  ),
  'account.label-invalid': sentence(
    'The name shown to recipients is incomplete.',
    nothing,
    'A personal mailbox needs a first name and a name, a service’s mailbox the name of the service.',
  ),
  'account.certificate-expired': sentence(
    'The certificate (.p12) of this mailbox is no longer valid.',
    'Messages already received can still be read.',
    'Ask your organisation for a new certificate, then replace it in the settings.',
  ),
  'account.p12-gone': sentence(
    'The certificate file must be read again.',
    nothing,
    'Choose the .p12 file again and type its password.',
  ),
  'net.private-host': sentence(
    '{host, select, none {The server} other {The server {host}}} has an address that is not public.',
    'No connection was tried, nothing was sent.',
    'Check the name of the server; if your institution has its own, your administrator can allow it.',
  ),
  'trust-space.malformed': sentence(
    'This list of the trust space does not have the expected form.',
    'The last good copy stays in use.',
    'Check the file or the address of the list with your administrator.',
  ),
  'trust-space.empty': sentence(
    'This list of the trust space holds no domain.',
    'The last good copy stays in use.',
    'Check the file or the address of the list with your administrator.',
  ),
  'trust-space.older': sentence(
    'This list of the trust space is older than the one here.',
    'The most recent copy stays in use.',
    'Choose a more recent file.',
  ),
  'trust-space.shrunk': sentence(
    'This list of the trust space has lost more than half of its domains{before, plural, =0 {} other { ({before, number} before, {after, number} now)}}.',
    'The last good copy stays in use.',
    'The list is most likely incomplete: wait for the next one, or take it all the same if your operator confirms it.',
  ),
  'trust-space.no-server': sentence(
    'This computer does not fetch the list of the trust space by itself.',
    'The last good copy stays in use.',
    'Import the list from a file.',
  ),
  'compose.generic-to-trust-space': sentence(
    'An ordinary mailbox does not write into the MSSanté trust space.',
    notSent + ' ' + draft,
    'Choose your MSSanté mailbox as sender.',
  ),
  'compose.generic-health-document': sentence(
    'A health document does not leave from an ordinary mailbox.',
    notSent + ' ' + draft,
    'Choose your MSSanté mailbox as sender.',
  ),
}
