import { nothing, notSent, draft, raw, resend, sentence } from './phrases.ts'

/** English sentences of protection errors. */
export const protectionErrors = {
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
  'smime.certificate-changed': sentence(
    'The certificate of a recipient changed and you have not confirmed it yet.',
    draft,
    'In the message, look at both certificates, then keep the former or take the new one.',
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
  'p12.too-large': sentence(
    'This file is too large for a .p12 certificate (1 MB at most).',
    nothing,
    'Choose the .p12 file that came with your certificate.',
  ),
  'p12.unsupported': sentence(
    'This .p12 file is protected, or holds a key, of a kind that SousPli does not read.',
    nothing,
    'Ask for an RSA certificate, or one with a named elliptic curve, in a .p12 file protected by a password.',
  ),
  'certificate.malformed': sentence(
    'This file holds no readable certificate.',
    nothing,
    'Choose a .cer, .pem or .p7b file.',
  ),
}
