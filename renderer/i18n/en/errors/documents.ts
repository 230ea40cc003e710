import { raw, resend, sentence } from './phrases.ts'

/** English sentences of documents errors. */
export const documentsErrors = {
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
  'hl7.malformed': sentence('The HL7 message is malformed.', raw, resend),
  'hl7.limit': sentence(
    'The HL7 message exceeds the reading limits.',
    raw,
    'Ask the sender for a smaller one.',
  ),
  'hprim.malformed': sentence('The HPRIM file is malformed.', raw, resend),
  'dicom.malformed': sentence('The DICOM file is malformed.', raw, resend),
  'dicom.limit': sentence(
    'The DICOM file exceeds the reading limits.',
    raw,
    'Save it to open it with a viewer.',
  ),
}
