import { fail, ok, type AppError, type Outcome, type PdfaFinding } from '../../contract/index.ts'
import { readCda } from '../cda/index.ts'
import { writeArchive, type Product } from './archive.ts'
import { writeCda, type CdaRequest } from './cda.ts'
import { readFacts, type CdaFacts } from './facts.ts'
import { newOid, newUuidUrn } from './identifiers.ts'
import type { ArchivedDocument } from './metadata.ts'
import type { Typefaces } from './pdf/archive-pdf.ts'
import { checkPdfa } from './pdf/check.ts'
import { documentPdf } from './pdf/document.ts'
import { letterPdf, pagePicturesPdf, picturePdf, type LetterHead } from './pdf/letter.ts'

/** A PDF as it goes beside the archive, and what is known of it. */
export interface MadePdf {
  bytes: Uint8Array
  pages: number
  state: 'written' | 'conforming' | 'not-pdfa'
  findings: PdfaFinding[]
}

/** A document of the archive: one we write around its PDF, or a CDA written elsewhere, byte for byte. */
export interface DocumentToSend {
  content: { kind: 'own'; request: CdaRequest; pdf: Uint8Array } | { kind: 'foreign'; bytes: Uint8Array }
  replacedEntryId: string | null
  maskedFromProfessionals: boolean
  hiddenFromPatient: boolean
  hiddenFromRepresentatives: boolean
}

export type WritingJob =
  | { kind: 'letter'; head: LetterHead; text: string }
  | { kind: 'picture'; head: LetterHead; bytes: Uint8Array }
  | { kind: 'page-pictures'; title: string; madeAt: number; pictures: Uint8Array[] }
  | { kind: 'pdf'; bytes: Uint8Array }
  | { kind: 'cda'; bytes: Uint8Array; madeAt: number }
  | {
      kind: 'archive'
      documents: DocumentToSend[]
      source: string
      title: string
      at: number
      classes: Record<string, string>
      product: Product
    }

export interface WritingResults {
  letter: MadePdf
  picture: MadePdf
  'page-pictures': MadePdf
  pdf: MadePdf
  /** The header of a CDA written elsewhere, and its PDF: the one within (N1), or one made of it (N3). */
  cda: { facts: CdaFacts; pdf: MadePdf }
  archive: { zip: Uint8Array; facts: CdaFacts[] }
}

/** Random bytes of the platform, injected where tests want them known. */
export type Random = (length: number) => Uint8Array

const written = (pdf: { bytes: Uint8Array; pages: number }): MadePdf => ({
  ...pdf,
  state: 'written',
  findings: [],
})

const judged = (bytes: Uint8Array): Outcome<MadePdf> => {
  const { findings, pages } = checkPdfa(bytes)
  if (findings.includes('not-a-pdf')) return fail('document.unreadable')
  if (findings.includes('encrypted')) return fail('document.encrypted-pdf', { retry: 'after-change' })
  return ok({ bytes, pages, findings, state: findings.length === 0 ? 'conforming' : 'not-pdfa' })
}

const ofCda = async (
  job: Extract<WritingJob, { kind: 'cda' }>,
  fonts: Typefaces,
): Promise<Outcome<WritingResults['cda']>> => {
  const facts = readFacts(job.bytes)
  if (!facts.ok) return facts
  const cda = readCda(job.bytes)
  if (!cda.ok) return cda
  const { document, media, pdf } = cda.value
  if (facts.value.level === 'N1' && document.text === null) {
    const inside = pdf === null ? undefined : media.get(pdf)
    if (!inside) return fail('document.unsupported')
    const judgement = judged(inside.bytes)
    return judgement.ok ? ok({ facts: facts.value, pdf: judgement.value }) : judgement
  }
  const made = await documentPdf(document, (id) => media.get(id)?.bytes ?? null, fonts, job.madeAt)
  return ok({ facts: facts.value, pdf: written(made) })
}

const archive = (
  job: Extract<WritingJob, { kind: 'archive' }>,
  random: Random,
): Outcome<WritingResults['archive']> => {
  const documents: ArchivedDocument[] = []
  for (const document of job.documents) {
    const { content, ...rest } = document
    const bytes = content.kind === 'own' ? writeCda(content.request, content.pdf) : content.bytes
    const facts = readFacts(bytes)
    if (!facts.ok) return facts
    documents.push({ ...rest, bytes, facts: facts.value, entryId: newUuidUrn(random) })
  }
  const zip = writeArchive(
    {
      documents,
      setId: newUuidUrn(random),
      uniqueId: newOid(random),
      source: job.source,
      title: job.title,
      at: job.at,
      classes: job.classes,
      newId: () => newUuidUrn(random),
    },
    job.product,
  )
  return ok({ zip, facts: documents.map(({ facts }) => facts) })
}

/** Does one piece of the work of writing documents; what takes time and memory is done in a worker thread. */
export const doJob = async (
  job: WritingJob,
  fonts: Typefaces,
  random: Random,
): Promise<Outcome<WritingResults[WritingJob['kind']]>> => {
  try {
    switch (job.kind) {
      case 'letter':
        return ok(written(await letterPdf(job.head, job.text, fonts)))
      case 'picture': {
        const made = await picturePdf(job.head, job.bytes, fonts)
        return made.ok ? ok(written(made.value)) : made
      }
      case 'page-pictures': {
        const made = await pagePicturesPdf(job, job.pictures, fonts)
        return made.ok ? ok(written(made.value)) : made
      }
      case 'pdf':
        return judged(job.bytes)
      case 'cda':
        return await ofCda(job, fonts)
      case 'archive':
        return archive(job, random)
    }
  } catch (cause) {
    // Fonts, pictures and pages come from outside: what their libraries cannot do is said, and the worker lives.
    return fail('document.unreadable', { cause })
  }
}

/** What crosses the thread: causes stay where they are. */
export type JobAnswer = { ok: true; value: unknown } | { ok: false; error: Omit<AppError, 'cause'> }
