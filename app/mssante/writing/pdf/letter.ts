import type { DocumentAuthor, DocumentDetails, DocumentPatient, Outcome } from '../../../contract/index.ts'
import { ok } from '../../../contract/index.ts'
import { specialty } from '../coded.ts'
import { insState } from '../identifiers.ts'
import { documentType } from '../type-codes.ts'
import { beginArchivePdf, column, ink, page, type Typefaces } from './archive-pdf.ts'
import { createFlow, type Flow } from './flow.ts'
import { archivePicture } from './picture.ts'
import { frenchDate, words } from './words.ts'

/** Who and what a letter of ours is about. */
export interface LetterHead {
  patient: DocumentPatient
  details: DocumentDetails
  /** Null while it is not known: the letter leaves with it alone. */
  author: DocumentAuthor | null
  version: number
  /** Milliseconds. */
  madeAt: number
}

export interface FinishedPdf {
  bytes: Uint8Array
  pages: number
}

const patientName = (patient: DocumentPatient): string =>
  `${patient.birthName.toUpperCase()} ${patient.firstName}`

const patientLines = (patient: DocumentPatient): string[] => [
  [
    patient.birthDate === null ? '' : `${words.born[patient.sex]} ${frenchDate(patient.birthDate)}`,
    words.sex[patient.sex],
    patient.usedName ? `${words.usedName} ${patient.usedName.toUpperCase()}` : '',
  ]
    .filter((one) => one !== '')
    .join(' · '),
  patient.ins && insState(patient) === 'sent' ? `${words.ins} ${patient.ins.matricule}` : '',
]

const authorName = (author: DocumentAuthor): string =>
  [
    author.title === 'DR' ? 'Dr' : author.title === 'PR' ? 'Pr' : '',
    author.givenName,
    author.familyName.toUpperCase(),
  ]
    .filter((one) => one !== '')
    .join(' ')

const heading = (flow: Flow, head: LetterHead): void => {
  const { author, details, patient } = head
  if (author) {
    const of = author.organisation
    flow.text(authorName(author), { bold: true, size: 11 })
    flow.text((specialty(author.specialty)?.display ?? '').replace(/ \((?:SM)\)$/, ''), {
      size: 9.5,
      color: ink.muted,
    })
    flow.text(
      [
        of.name,
        of.street ?? '',
        `${of.postalCode ?? ''} ${of.city ?? ''}`.trim(),
        author.phone ?? of.phone ?? '',
      ]
        .filter((line) => line !== '')
        .join('\n'),
      { size: 9.5, color: ink.muted },
    )
    flow.gap(10)
  }
  flow.box(patientName(patient), patientLines(patient))
  flow.gap(4)
  flow.text(details.title, { bold: true, size: 15 })
  const label = documentType(details.typeCode)?.display ?? ''
  flow.text(
    [
      label === details.title ? '' : label,
      `${words.act} : ${frenchDate(details.actDate)}`,
      head.version > 1 ? `${words.version} ${head.version}, ${words.replaces}` : '',
      words.confidentiality[details.confidentiality],
    ]
      .filter((one) => one !== '')
      .join(' · '),
    { size: 9.5, color: ink.muted },
  )
  flow.gap(6)
  flow.rule()
  flow.gap(4)
}

const footOf = (head: LetterHead): string =>
  `${patientName(head.patient)} · ${head.details.title.slice(0, 70)} · ${words.page} `

const finish = async (flow: Flow, written: Promise<Uint8Array>): Promise<FinishedPdf> => {
  flow.doc.end()
  return { bytes: await written, pages: flow.pages() }
}

/** A typed letter as PDF/A-1b: its author, its patient, its title, its text. */
export const letterPdf = async (head: LetterHead, text: string, fonts: Typefaces): Promise<FinishedPdf> => {
  const pdf = beginArchivePdf({ title: head.details.title, made: new Date(head.madeAt), fonts })
  const flow = createFlow(pdf, footOf(head))
  heading(flow, head)
  flow.text(text.replace(/\r\n?/g, '\n'), { size: 11 })
  if (head.author) {
    flow.gap(16)
    flow.text(authorName(head.author), { bold: true })
  }
  return await finish(flow, pdf.written)
}

/** A picture as PDF/A-1b, under the same heading. Errors: `document.picture-unsupported`. */
export const picturePdf = async (
  head: LetterHead,
  picture: Uint8Array,
  fonts: Typefaces,
): Promise<Outcome<FinishedPdf>> => {
  const usable = archivePicture(picture)
  if (!usable.ok) return usable
  const pdf = beginArchivePdf({ title: head.details.title, made: new Date(head.madeAt), fonts })
  const flow = createFlow(pdf, footOf(head))
  heading(flow, head)
  flow.picture(usable.value, { width: column, height: page.bottom - flow.doc.y - 4 })
  return ok(await finish(flow, pdf.written))
}

/** Pictures of pages as PDF/A-1b, one a page and nothing else: what a PDF becomes that is not PDF/A-1. */
export const pagePicturesPdf = async (
  of: { title: string; madeAt: number },
  pictures: readonly Uint8Array[],
  fonts: Typefaces,
): Promise<Outcome<FinishedPdf>> => {
  const pdf = beginArchivePdf({ title: of.title, made: new Date(of.madeAt), fonts })
  for (const bytes of pictures) {
    const usable = archivePicture(bytes)
    if (!usable.ok) return usable
    const { doc } = pdf
    const { width, height, drawn } = pdf.openPicture(usable.value)
    const size: [number, number] =
      width > height
        ? [page.height, (page.height * height) / width]
        : [page.width, (page.width * height) / width]
    doc.addPage({ size, margin: 0 })
    doc.image(drawn, 0, 0, { width: size[0], height: size[1] })
  }
  pdf.doc.end()
  return ok({ bytes: await pdf.written, pages: pictures.length })
}
