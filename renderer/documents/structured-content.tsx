import { ChevronRight, List } from 'lucide-react'
import { memo, useContext, useId, useMemo, useState } from 'react'
import type { Block, ClinicalDocument, Section } from '../../app/contract/index.ts'
import { t } from '../i18n/index.ts'
import { ClinicalContext, ClinicalHeader } from './clinical-header.tsx'
import { useGrowing, WholeDocumentContext } from './growing.ts'
import { LabTable } from './lab/lab-table.tsx'
import { Blocks, numberNotes } from './narrative.tsx'
import type { Media, NarrativeContext } from './narrative.tsx'
import { PdfView } from './pdf/pdf-view.tsx'
import { moment } from './times.ts'

const blocksOf = (sections: readonly Section[]): Block[] =>
  sections.flatMap((section) => [...section.blocks, ...blocksOf(section.sections)])

/** Text the sender wrote beside results we lay out ourselves: it has the legal value, so it stays one click away. */
const OriginalText = ({ section, context }: { section: Section; context: NarrativeContext }) => (
  <details className="doc-original">
    <summary>
      <ChevronRight aria-hidden="true" />
      {t('documents.originalText')}
    </summary>
    <div className="doc-narrative">
      <Blocks blocks={section.blocks} context={context} />
    </div>
  </details>
)

const SectionView = memo(function SectionView({
  section,
  path,
  level,
  context,
}: {
  section: Section
  /** Its id on the page, which the table of contents goes to. */
  path: string
  level: 4 | 5 | 6
  context: NarrativeContext
}) {
  const Heading = `h${level}` as const
  const deeper = level === 4 ? 5 : 6
  const authors = section.authors.filter(({ relation }) => relation !== 'SBJ')
  const subjects = section.authors
    .filter(({ relation }) => relation === 'SBJ')
    .map(({ name, role, date }) =>
      [name, role === name ? null : role, date === null ? null : moment(date)].filter(Boolean).join(', '),
    )
  return (
    <section className="doc-section" data-level={level} id={path}>
      {section.title && (
        <Heading tabIndex={-1} id={`${path}-title`}>
          {section.title}
        </Heading>
      )}
      {subjects.length > 0 && (
        <p className="doc-section-subject">{t('documents.sectionAbout', { who: subjects.join(' · ') })}</p>
      )}
      {authors.length > 0 && (
        <p className="doc-section-authors">
          {authors
            .map(({ name, organisation }) => [name, organisation].filter(Boolean).join(', '))
            .join(' · ')}
        </p>
      )}
      {section.results.length > 0 ? (
        <>
          <LabTable caption={section.title || t('documents.results')} results={section.results} />
          {section.blocks.length > 0 && <OriginalText section={section} context={context} />}
        </>
      ) : (
        section.blocks.length > 0 && (
          <div className="doc-narrative">
            <Blocks blocks={section.blocks} context={context} />
          </div>
        )
      )}
      {section.sections.map((child, index) => (
        <SectionView key={index} section={child} path={`${path}-${index}`} level={deeper} context={context} />
      ))}
    </section>
  )
})

/** From this many titled sections on, a document has a table of contents. */
const longDocument = 5

const Contents = ({
  sections,
  base,
  finish,
}: {
  sections: readonly Section[]
  base: string
  /** Puts on the page what is not there yet. */
  finish: () => void
}) => {
  const titled = sections.flatMap((section, index) =>
    section.title === '' ? [] : [{ title: section.title, path: `${base}-${index}` }],
  )
  if (titled.length < longDocument) return null
  return (
    <nav className="doc-contents" aria-label={t('documents.contents')}>
      <h4>
        <List aria-hidden="true" />
        {t('documents.contents')}
      </h4>
      <ul>
        {titled.map(({ title, path }) => (
          <li key={path}>
            <button
              type="button"
              onClick={() => {
                finish()
                document.getElementById(path)?.scrollIntoView({ block: 'start' })
                document.getElementById(`${path}-title`)?.focus({ preventScroll: true })
              }}
            >
              {title}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  )
}

/** Rows and paragraphs of a section, about what it costs to lay it out. */
const weightOf = (section: Section): number =>
  section.blocks.reduce(
    (sum, block) =>
      sum +
      (block.kind === 'table'
        ? block.head.length + block.body.length + block.foot.length
        : block.kind === 'list'
          ? block.items.length
          : 1),
    1 + 2 * section.results.length,
  ) + section.sections.reduce((sum, child) => sum + weightOf(child), 0)

const hasResults = (sections: readonly Section[]): boolean =>
  sections.some((section) => section.results.length > 0 || hasResults(section.sections))

/** About a screen, and what is added with each frame. */
const firstWeight = 60
const frameWeight = 90

/** A structured (N2, N3) or plain-text document: its head, a table of contents when it is long, results as tables, narrative as text. */
export const StructuredContent = ({
  document: clinical,
  openLink,
}: {
  document: ClinicalDocument
  openLink: (href: string, text: string) => void
}) => {
  const base = useId()
  const weights = useMemo(() => clinical.sections.map(weightOf), [clinical])
  const whole = useContext(WholeDocumentContext)
  // On paper the head comes first, whatever it is about.
  const valuesFirst = !whole && hasResults(clinical.sections)
  const { count, finish } = useGrowing(weights, firstWeight, frameWeight)
  const [pdf, setPdf] = useState<Media | null>(null)
  const context = useMemo<NarrativeContext>(
    () => ({
      media: new Map(clinical.media.map((media) => [media.id, media])),
      notes: numberNotes(blocksOf(clinical.sections)),
      openLink,
      showPdf: setPdf,
    }),
    [clinical, openLink],
  )
  return (
    <div className={count < weights.length ? 'doc-structured' : 'doc-structured doc-whole'}>
      <ClinicalHeader document={clinical} valuesFirst={valuesFirst} />
      <Contents sections={clinical.sections} base={base} finish={finish} />
      {clinical.text !== null && <pre className="doc-plain">{clinical.text}</pre>}
      {clinical.sections.slice(0, count).map((section, index) => (
        <SectionView key={index} section={section} path={`${base}-${index}`} level={4} context={context} />
      ))}
      {valuesFirst && count >= weights.length && (
        <div className="doc-sheet doc-sheet-after">
          <ClinicalContext document={clinical} />
        </div>
      )}
      {pdf?.url && (
        <section className="doc-section" aria-label={pdf.description ?? t('documents.tabPdf')}>
          <h4>{pdf.description ?? t('documents.tabPdf')}</h4>
          <PdfView url={pdf.url} title={pdf.description ?? t('documents.tabPdf')} openLink={openLink} />
        </section>
      )}
    </div>
  )
}
