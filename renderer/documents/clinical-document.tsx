import { useMemo, useRef, useState } from 'react'
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components'
import { ClinicalDocument } from '../../app/contract/index.ts'
import type { DocumentSummary, LabResult, Section } from '../../app/contract/index.ts'
import { t } from '../i18n/index.ts'
import { useDocumentCommands } from './commands.ts'
import { DocumentFacts } from './document-facts.tsx'
import { ResultHistoryContext, useResultHistory } from './lab/history.ts'
import { ResultsHead } from './lab/results-head.tsx'
import { partReader } from './part-reader.ts'
import { PartState } from './part-state.tsx'
import { usePart } from './part-bytes.ts'
import { PdfView } from './pdf/pdf-view.tsx'
import { printDocument } from './print-document.tsx'
import { StructuredContent } from './structured-content.tsx'
import { TechnicalFacts } from './technical-facts.tsx'

/** The JSON of a document, in bytes: the core's own limit on a CDA is 50 MB, its media are apart. */
const maximumJson = 32 * 1024 * 1024
const readClinicalDocument = partReader(ClinicalDocument)

const resultsIn = (sections: readonly Section[]): LabResult[] =>
  sections.flatMap((section) => [...section.results, ...resultsIn(section.sections)])

type View = 'pdf' | 'content' | 'facts' | 'technical'

/** Which views there are, in order; the first is shown. A PDF the document itself carries is its legal rendering (SC.CDA/VISU.03). */
const viewsOf = (clinical: ClinicalDocument, pdfUrl: string | null): { id: View; label: string }[] => {
  const hasContent = clinical.sections.length > 0 || clinical.text !== null
  const pdfFirst = clinical.pdfUrl !== null || !hasContent
  const pdf = pdfUrl
    ? [{ id: 'pdf' as const, label: t(pdfFirst ? 'documents.tabDocument' : 'documents.tabPdf') }]
    : []
  // Without either there is still the header to show.
  const content =
    hasContent || !pdfUrl
      ? [
          {
            id: 'content' as const,
            label: t(pdfFirst && pdfUrl ? 'documents.tabContent' : 'documents.tabDocument'),
          },
        ]
      : []
  return [
    ...(pdfFirst ? [...pdf, ...content] : [...content, ...pdf]),
    { id: 'facts', label: t('documents.tabFacts') },
    { id: 'technical', label: t('documents.tabTechnical') },
  ]
}

const ClinicalViews = ({
  clinical,
  summary,
  openLink,
  openMessage,
  sent,
}: {
  clinical: ClinicalDocument
  summary: DocumentSummary
  openLink: (href: string, text: string) => void
  openMessage: ((id: number) => void) | null
  sent: boolean
}) => {
  const pdfUrl = clinical.pdfUrl ?? summary.pdfUrl
  const views = viewsOf(clinical, pdfUrl)
  const [view, setView] = useState<View>(views[0]?.id ?? 'facts')
  const box = useRef<HTMLDivElement>(null)
  const results = useMemo(() => resultsIn(clinical.sections), [clinical])
  const history = useResultHistory(
    clinical.patient,
    results,
    {
      date: clinical.date,
      except: { documentId: clinical.id.slice(0, 500), setId: clinical.setId },
    },
    openMessage,
  )
  useDocumentCommands(box, (command) => {
    if (command === 'document-view') {
      const main = views.filter(({ id }) => id === 'pdf' || id === 'content')
      const cycle = main.length > 1 ? main : views
      const next = cycle[(cycle.findIndex(({ id }) => id === view) + 1) % cycle.length]
      if (next) setView(next.id)
      return true
    }
    if (command === 'document-print' && view !== 'pdf') {
      printDocument(clinical, history)
      return true
    }
    return false
  })
  return (
    <ResultHistoryContext value={history}>
      <div ref={box}>
        {results.length > 0 && (
          <ResultsHead
            results={results}
            history={history}
            behindPdf={view !== 'content'}
            showAll={() => setView('content')}
          />
        )}
        <Tabs
          className="doc-tabs"
          selectedKey={view}
          onSelectionChange={(key) => {
            const next = views.find(({ id }) => id === key)
            if (next) setView(next.id)
          }}
        >
          <TabList
            className="doc-tab-list"
            aria-label={t('documents.tabs', { title: summary.label })}
            items={views}
          >
            {(tab) => (
              <Tab id={tab.id} className="doc-tab">
                {tab.label}
              </Tab>
            )}
          </TabList>
          {pdfUrl && (
            <TabPanel id="pdf" className="doc-panel">
              <PdfView url={pdfUrl} title={clinical.title || summary.label} openLink={openLink} />
            </TabPanel>
          )}
          {views.some(({ id }) => id === 'content') && (
            <TabPanel id="content" className="doc-panel">
              <StructuredContent document={clinical} openLink={openLink} />
            </TabPanel>
          )}
          <TabPanel id="facts" className="doc-panel">
            <DocumentFacts document={clinical} />
          </TabPanel>
          <TabPanel id="technical" className="doc-panel">
            <TechnicalFacts document={clinical} summary={summary} sent={sent} />
          </TabPanel>
        </Tabs>
      </div>
    </ResultHistoryContext>
  )
}

/** A CDA read in place: the PDF first when it carries one, else its content laid out by us. */
export const ClinicalDocumentView = ({
  summary,
  openLink,
  openMessage,
  sent,
}: {
  summary: DocumentSummary
  openLink: (href: string, text: string) => void
  /** Opens the message an earlier value came in. */
  openMessage: ((id: number) => void) | null
  /** It belongs to a message one has sent. */
  sent: boolean
}) => {
  const part = usePart(summary.url, maximumJson, readClinicalDocument)
  return (
    <PartState part={part}>
      {(clinical) => (
        <ClinicalViews
          key={summary.url}
          clinical={clinical}
          summary={summary}
          openLink={openLink}
          openMessage={openMessage}
          sent={sent}
        />
      )}
    </PartState>
  )
}
