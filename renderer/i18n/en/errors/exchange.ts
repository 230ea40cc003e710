import { kept, nothing, sentence } from './phrases.ts'

/** English sentences of import and export errors. */
export const exchangeErrors = {
  'exchange.unreadable': sentence(
    'This file or folder cannot be read.',
    'What was imported already is kept.',
    'Check that it is still there and that you have access to it, then resume.',
  ),
  'exchange.nothing-found': sentence(
    'No message was found there.',
    nothing,
    'Choose .eml or mbox files, or a folder that holds some.',
  ),
  'exchange.write-failed': sentence(
    'The export could not be written there.',
    kept,
    'Choose another place, where you may write.',
  ),
  'exchange.too-large': sentence(
    'This selection is too large for one PDF.',
    kept,
    'Export fewer messages at a time, or choose mbox.',
  ),
  'exchange.grant-expired': sentence('The chosen place is no longer valid.', nothing, 'Choose it again.'),
  'traces.not-an-export': sentence(
    'This file is not an export of traces made by SousPli.',
    'Nothing was compared; the traces are untouched.',
    'Choose the CSV file as it was saved, not a copy that a spreadsheet saved again.',
  ),
}
