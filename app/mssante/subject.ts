/**
 * A subject as shown: the technical prefix `XDM/1.0/DDM…+` is hidden wherever it stands (after `Re:` too), the stored
 * message keeps it (ECO.3.1.3, clinical-documents.md §2.3).
 */
export const displaySubject = (subject: string): string =>
  subject
    .replace(/XDM\/1\.0\/DDM(?:\+DICOM-ZIP)?\s*\+?\s*/i, '')
    .replace(/\s+/g, ' ')
    .trim()
