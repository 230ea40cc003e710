import { plainLetters } from './names.ts'
import { fileNameOf, writeMetadata, type Submission } from './metadata.ts'
import { writeZip } from './zip.ts'

export interface Product {
  name: string
  version: string
}

/** Characters beyond ASCII as references: the page is the same whatever charset a reader supposes. */
const reference = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}]/gu, ' ')
    .replace(/[&<>"]/g, (one) => `&#${one.codePointAt(0)};`)
    .replace(/[^\x20-\x7e]/gu, (one) => `&#${one.codePointAt(0)};`)

const day = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 10)

/** INDEX.HTM: who made the archive and what is in it (ITI-32), in XHTML Basic, without the patient’s identity. */
const indexPage = (submission: Submission, product: Product): string => {
  const institution = submission.documents[0]?.facts.authors[0]?.organisation?.name ?? ''
  const rows = submission.documents.map(
    ({ facts }, index) =>
      `<tr><td><a href="IHE_XDM/SUBSET01/${fileNameOf(index)}">IHE_XDM/SUBSET01/${fileNameOf(index)}</a></td><td>${reference(facts.code.display)}</td><td>${reference(facts.title)}</td></tr>`,
  )
  return `<?xml version="1.0" encoding="US-ASCII"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML Basic 1.1//EN" "http://www.w3.org/TR/xhtml-basic/xhtml-basic11.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="fr">
<head><title>Documents de sant&#233;</title></head>
<body>
<h1>Documents de sant&#233;</h1>
<p>${reference(institution)}</p>
<p>Archive IHE XDM du ${day(submission.at)}, faite par ${reference(product.name)} ${reference(product.version)}.</p>
<table>
<tr><th>Fichier</th><th>Type</th><th>Titre</th></tr>
${rows.join('\n')}
</table>
<p><a href="README.TXT">README.TXT</a></p>
</body>
</html>
`
}

const ascii = (text: string): string => plainLetters(text).replace(/[^\x20-\x7e]/g, '?')

/** README.TXT: who made the archive and with what (ITI-32), in ASCII. */
const readMe = (submission: Submission, product: Product): string =>
  [
    "Archive IHE XDM (ITI-32) : documents de sante d'un patient.",
    '',
    `Structure : ${ascii(submission.documents[0]?.facts.authors[0]?.organisation?.name ?? '')}`,
    `Date : ${day(submission.at)}`,
    `Logiciel : ${ascii(product.name)} ${ascii(product.version)}`,
    '',
    "INDEX.HTM                     page d'accueil",
    'IHE_XDM/SUBSET01/METADATA.XML description des documents (ebRIM 3.0)',
    ...submission.documents.map(
      ({ facts }, index) => `IHE_XDM/SUBSET01/${fileNameOf(index)} ${ascii(facts.code.display)} (CDA R2)`,
    ),
    '',
  ].join('\r\n')

/** IHE_XDM.zip (ITI-32, clinical-documents.md §2.1, §2.9): 8.3 names in ASCII, deflated, the documents byte for byte. */
export const writeArchive = (submission: Submission, product: Product): Uint8Array =>
  writeZip(
    [
      { path: 'INDEX.HTM', bytes: Buffer.from(indexPage(submission, product), 'latin1') },
      { path: 'README.TXT', bytes: Buffer.from(readMe(submission, product), 'latin1') },
      { path: 'IHE_XDM/SUBSET01/METADATA.XML', bytes: writeMetadata(submission) },
      ...submission.documents.map(({ bytes }, index) => ({
        path: `IHE_XDM/SUBSET01/${fileNameOf(index)}`,
        bytes,
      })),
    ],
    submission.at,
  )
