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
  'document.unreadable': sentence(
    'This file cannot be read.',
    'Nothing was attached.',
    'Check that it opens in its program, then attach it again.',
  ),
  'document.unsupported': sentence(
    'This kind of file does not become a medical document.',
    'Nothing was attached.',
    'Choose a PDF, a text, a PNG or JPEG picture, or a CDA document; attach others as plain files.',
  ),
  'document.picture-unsupported': sentence(
    'This picture cannot enter an archive document.',
    'Nothing was attached.',
    'Save it as an ordinary PNG or JPEG, then attach it again.',
  ),
  'document.encrypted-pdf': sentence(
    'This PDF is protected by a password or restrictions.',
    'Nothing was attached.',
    'Save a copy without protection, then attach that.',
  ),
  'document.incomplete': sentence(
    'This CDA document lacks part of the header France requires.',
    'Nothing was attached.',
    '{missing, select, none {} other {Missing: {missing}. }}Ask the software that wrote it for a complete document.',
  ),
  'document.other-patient': sentence(
    'A message is about one patient only.',
    'Nothing left and your draft is kept.',
    'Write one message per patient.',
  ),
  'document.author-missing': sentence(
    'The author of the document is not known yet.',
    'Nothing left and your draft is kept.',
    'Complete your document header, then send.',
  ),
  'document.patient-missing': sentence(
    'The patient of the document is not named.',
    'Nothing left and your draft is kept.',
    'Choose the patient of the document, then send.',
  ),
  'document.not-for-recipient': sentence(
    'A recipient may not see this document.',
    'Nothing left and your draft is kept.',
    'Remove that recipient, or change who may see the document.',
  ),
  'document.other-recipient': sentence(
    'The document is about another patient than the one you are writing to.',
    'Nothing was sent, and your draft is kept.',
    'Remove the document, or write to the patient it is about.',
  ),
  'document.not-found': sentence(
    'This document is no longer in the draft.',
    'The rest of the draft is kept.',
    'Open the draft again.',
  ),
  'document.type-unknown': sentence(
    'This type of document is not in the national list.',
    'Nothing was attached.',
    'Choose one of the types offered.',
  ),
}
