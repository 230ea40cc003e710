import { nothing, sentence } from './phrases.ts'

const waits = 'The document stays in the message.'

/** English sentences of what goes wrong on the way to a patient record. */
export const integrationErrors = {
  'integration.target-unknown': sentence(
    'This patient record is no longer set up.',
    waits,
    'Choose another one in the settings.',
  ),
  'integration.target-managed': sentence(
    'This patient record is set by your administrator.',
    nothing,
    'Ask them for the change.',
  ),
  'integration.target-busy': sentence(
    'Documents still wait for this patient record.',
    nothing,
    'Wait, or give them up in “Sent to the record”.',
  ),
  'integration.folder-invalid': sentence(
    'This folder does not fit.',
    nothing,
    'Choose a folder that exists and that you may write to.',
  ),
  'integration.folder-missing': sentence(
    'The watched folder is missing or refuses files.',
    waits,
    'Check that the disk or the share is there.',
  ),
  'integration.anchors-invalid': sentence(
    'These certification authorities cannot be read.',
    nothing,
    'Paste certificates in PEM form.',
  ),
  'integration.document-unknown': sentence(
    'This document is no longer in the message.',
    nothing,
    'Open the message again.',
  ),
  'integration.document-unsuitable': sentence(
    'This patient record does not take this kind of document.',
    waits,
    'Save it, then add it by hand.',
  ),
  'integration.doubts': sentence(
    'This document needs your agreement before it is filed.',
    waits,
    'Read the warnings, then confirm.',
  ),
  'integration.already-filed': sentence(
    'This document is filed already, or on its way.',
    nothing,
    'Look at its state in “Sent to the record”.',
  ),
  'integration.refused': sentence(
    'The record system refused the document.',
    waits,
    'Read why, correct it, then try again.',
  ),
  'integration.unknown-outcome': sentence(
    'The document was handed over, but the record system did not answer.',
    'It may be filed; it will not be filed twice under this number.',
    'Look in the record, then say whether it is there.',
  ),
  'integration.cannot-withdraw': sentence(
    'This document can no longer be taken out from here.',
    nothing,
    'Remove it in the record system.',
  ),
  'integration.filing-unknown': sentence(
    'This handing over no longer exists.',
    nothing,
    'Open the list again.',
  ),
  'integration.too-late': sentence(
    'This handing over has gone further already.',
    nothing,
    'Look at its state in the list.',
  ),
  'integration.too-large': sentence(
    'This document is too heavy for the patient record.',
    waits,
    'Save it, then add it by hand.',
  ),
  'integration.character': sentence(
    'The document has a character that the setting 8859/15 does not allow.',
    waits,
    'Set UTF-8 for this patient record.',
  ),
  'integration.encrypted': sentence(
    'This message is encrypted and cannot be read.',
    waits,
    'Open it with your card or key, then try again.',
  ),
  'integration.rule-unknown': sentence(
    'This rule no longer exists.',
    nothing,
    'Open the list of rules again.',
  ),
  'integration.cannot-undo': sentence(
    'This can no longer be undone.',
    nothing,
    'Remove the document in the record system.',
  ),
  'hl7.malformed': sentence(
    'The answer of the record system cannot be read.',
    'The document may be filed.',
    'Look in the record, then tell the vendor of the system.',
  ),
  'hl7.limit': sentence(
    'The answer of the record system is far too long.',
    'The document may be filed.',
    'Look in the record, then tell the vendor of the system.',
  ),
  'hl7.wrong-answer': sentence(
    'The record system answered about another message.',
    'The document may be filed.',
    'Look in the record, then tell the vendor of the system.',
  ),
}
