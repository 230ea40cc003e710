import { useMemo, useState } from 'react'
import { ChevronRight } from 'lucide-react'
import type { Block, ClinicalDocument, Section } from '../../app/contract/index.ts'
import { t } from '../i18n/index.ts'
import { LabTable } from './lab-table.tsx'
import { Blocks, numberNotes } from './narrative.tsx'
import type { Media, NarrativeContext } from './narrative.tsx'
import { PdfView } from './pdf.tsx'

const blocksOf = (sections: readonly Section[]): Block[] =>
  sections.flatMap((section) => [...section.blocks, ...blocksOf(section.sections)])

/** Text the sender wrote beside results we lay out ourselves: it has the legal value, so it stays one click away. */
const OriginalText = ({ section, context }: { section: Section; context: NarrativeContext }) => {
  const [open, setOpen] = useState(false)
  if (section.blocks.length === 0) return null
  return (
    <details className="doc-original" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <ChevronRight aria-hidden="true" />
        {t('documents.originalText')}
      </summary>
      {open && (
        <div className="doc-narrative">
          <Blocks blocks={section.blocks} context={context} />
        </div>
      )}
    </details>
  )
}

const SectionView = ({
  section,
  level,
  context,
}: {
  section: Section
  level: 3 | 4 | 5
  context: NarrativeContext
}) => {
  const Heading = `h${level}` as const
  const deeper = level === 3 ? 4 : 5
  return (
    <section className="doc-section" data-level={level}>
      {section.title && <Heading>{section.title}</Heading>}
      {section.results.length > 0 ? (
        <>
          <LabTable caption={section.title || t('documents.results')} results={section.results} />
          <OriginalText section={section} context={context} />
        </>
      ) : (
        section.blocks.length > 0 && (
          <div className="doc-narrative">
            <Blocks blocks={section.blocks} context={context} />
          </div>
        )
      )}
      {section.sections.map((child, index) => (
        <SectionView key={index} section={child} level={deeper} context={context} />
      ))}
    </section>
  )
}

/** Sections of a structured (N3) document: results as tables, narrative as text. */
export const StructuredContent = ({
  document: clinical,
  openLink,
}: {
  document: ClinicalDocument
  openLink: (href: string, text: string) => void
}) => {
  const [pdf, setPdf] = useState<Media | null>(null)
  const notes = useMemo(() => numberNotes(blocksOf(clinical.sections)), [clinical])
  const context: NarrativeContext = { media: clinical.media, notes, openLink, showPdf: setPdf }
  return (
    <div className="doc-structured">
      {clinical.text !== null && <pre className="doc-plain">{clinical.text}</pre>}
      {clinical.sections.map((section, index) => (
        <SectionView key={index} section={section} level={3} context={context} />
      ))}
      {pdf?.url && <PdfView url={pdf.url} title={pdf.description ?? 'PDF'} />}
    </div>
  )
}
