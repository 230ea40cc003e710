import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components'
import { ClinicalDocument, fail, ok } from '../../app/contract/index.ts'
import type { DocumentSummary, LabResult, Outcome, Section } from '../../app/contract/index.ts'
import { ErrorBanner } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { DocumentFacts, TechnicalFacts } from './document-facts.tsx'
import { LabTable } from './lab-table.tsx'
import { usePart } from './part-bytes.ts'
import { PdfView } from './pdf.tsx'
import { markOf } from './results.ts'
import { StructuredContent } from './structured-content.tsx'

/** The JSON of a document, in bytes: the core's own limit on a CDA is 50 MB, its media are apart. */
const maximumJson = 32 * 1024 * 1024

const readClinicalDocument = (bytes: Uint8Array<ArrayBuffer>): Outcome<ClinicalDocument> => {
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder().decode(bytes))
  } catch (cause) {
    return fail('contract.invalid-reply', { cause })
  }
  const parsed = ClinicalDocument.safeParse(json)
  return parsed.success ? ok(parsed.data) : fail('contract.invalid-reply', { cause: parsed.error })
}

const Skeleton = () => (
  <div className="doc-state" role="status" aria-label={t('documents.loading')}>
    <div className="skeleton-lines" aria-hidden="true">
      <i />
      <i />
      <i />
      <i />
    </div>
  </div>
)

const resultsIn = (sections: readonly Section[]): LabResult[] =>
  sections.flatMap((section) => [...section.results, ...resultsIn(section.sections)])

/** What must not wait behind a PDF: every result outside its range, on top (BIO/va1.01). */
const OutOfRange = ({ sections }: { sections: readonly Section[] }) => {
  const results = resultsIn(sections).filter((result) => markOf(result).level !== 'normal')
  if (results.length === 0) return null
  return (
    <section className="doc-out-of-range">
      <h4>{t('documents.outOfRange')}</h4>
      <LabTable caption={t('documents.outOfRange')} results={results} />
    </section>
  )
}

/** A CDA read in place: the PDF first when it carries one, else its content laid out by us. */
export const ClinicalDocumentView = ({
  summary,
  openLink,
}: {
  summary: DocumentSummary
  openLink: (href: string, text: string) => void
}) => {
  const part = usePart(summary.url, maximumJson, readClinicalDocument)
  if (part.state === 'loading') return <Skeleton />
  if (part.state === 'failed')
    return (
      <div className="doc-state">
        <ErrorBanner error={part.error} />
      </div>
    )
  const clinical = part.value
  const pdfUrl = clinical.pdfUrl ?? summary.pdfUrl
  const hasContent = clinical.sections.length > 0 || clinical.text !== null
  // A PDF the document itself carries is its legal rendering and comes first; one sent beside is offered.
  const pdfFirst = clinical.pdfUrl !== null || !hasContent
  const pdfTab = pdfUrl
    ? [{ id: 'document', label: pdfFirst ? t('documents.tabDocument') : t('documents.tabPdf') }]
    : []
  const contentTab = hasContent
    ? [{ id: 'content', label: pdfFirst ? t('documents.tabContent') : t('documents.tabDocument') }]
    : []
  const tabs = [
    ...(pdfFirst ? [...pdfTab, ...contentTab] : [...contentTab, ...pdfTab]),
    { id: 'facts', label: t('documents.tabFacts') },
    { id: 'technical', label: t('documents.tabTechnical') },
  ]
  return (
    <>
      {pdfFirst && pdfUrl && <OutOfRange sections={clinical.sections} />}
      <Tabs className="doc-tabs">
        <TabList
          className="doc-tab-list"
          aria-label={t('documents.tabs', { title: summary.label })}
          items={tabs}
        >
          {(tab) => (
            <Tab id={tab.id} className="doc-tab">
              {tab.label}
            </Tab>
          )}
        </TabList>
        {pdfUrl && (
          <TabPanel id="document" className="doc-panel">
            <PdfView url={pdfUrl} title={clinical.title || summary.label} />
          </TabPanel>
        )}
        {hasContent && (
          <TabPanel id="content" className="doc-panel">
            <StructuredContent document={clinical} openLink={openLink} />
          </TabPanel>
        )}
        <TabPanel id="facts" className="doc-panel">
          <DocumentFacts document={clinical} />
        </TabPanel>
        <TabPanel id="technical" className="doc-panel">
          <TechnicalFacts document={clinical} summary={summary} />
        </TabPanel>
      </Tabs>
    </>
  )
}
