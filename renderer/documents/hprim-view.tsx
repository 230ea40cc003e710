import { useId, useRef } from 'react'
import type { DocumentSummary, HprimDossier } from '../../app/contract/index.ts'
import { Banner, WideTable } from '../design/index.ts'
import { fullDate, t } from '../i18n/index.ts'
import { useDocumentCommands } from './commands.ts'
import { ResultHistoryContext, useResultHistory } from './lab/history.ts'
import { LabTable } from './lab/lab-table.tsx'
import { ResultsHead } from './lab/results-head.tsx'
import { PatientStrip } from './patient-strip.tsx'
import { runningHead } from './print-document.tsx'
import { printSheet } from './print-sheet.tsx'
import { Deviations } from './technical-facts.tsx'

/**
 * A dossier of an HPRIM file (clinical-documents.md §11): an identity nobody vouches for, RES lines as a table, the report in
 * fixed columns as it was typed.
 */
export const HprimView = ({
  dossier,
  summary,
  openMessage,
}: {
  dossier: HprimDossier
  summary: DocumentSummary
  openMessage: ((id: number) => void) | null
}) => {
  const box = useRef<HTMLDivElement>(null)
  const report = useId()
  const history = useResultHistory(
    dossier.patient,
    dossier.results,
    {
      date: dossier.date ?? summary.date,
      except: summary.uniqueId === null ? null : { documentId: summary.uniqueId.slice(0, 500), setId: null },
    },
    openMessage,
  )
  const body = (
    <ResultHistoryContext value={history}>
      <ResultsHead results={dossier.results} history={history} behindPdf={false} showAll={() => undefined} />
      <div className="doc-sheet">
        <div className="doc-sheet-title">
          <h3>{dossier.sender ?? summary.label}</h3>
          <p>
            {[
              dossier.dossier && t('documents.dossier', { number: dossier.dossier }),
              dossier.date && t('documents.of', { date: fullDate(dossier.date.slice(0, 10)) }),
              dossier.prescriber && t('documents.prescriber', { name: dossier.prescriber }),
              dossier.recipient && t('documents.addressedTo', { name: dossier.recipient }),
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
        </div>
        <PatientStrip
          patient={dossier.patient}
          identity={dossier.patient}
          date={dossier.date}
          verified={false}
        />
      </div>
      {dossier.results.length > 0 && <LabTable caption={t('documents.results')} results={dossier.results} />}
      {dossier.comments.length > 0 && (
        <ul className="doc-comments">
          {dossier.comments.map((comment, index) => (
            <li key={index}>{comment}</li>
          ))}
        </ul>
      )}
      {dossier.text.trim() !== '' && (
        <section className="doc-section" aria-labelledby={report}>
          <h4 id={report}>{t('documents.reportAsTyped')}</h4>
          <WideTable className="doc-table-scroll" labelledBy={report}>
            <pre className="doc-plain doc-columns">{dossier.text}</pre>
          </WideTable>
        </section>
      )}
      {dossier.files.length > 0 && (
        <p className="doc-state doc-note">
          {t('documents.filesElsewhere', { names: dossier.files.join(', ') })}
        </p>
      )}
    </ResultHistoryContext>
  )
  useDocumentCommands(box, (command) => {
    if (command !== 'document-print') return false
    printSheet(body, runningHead(dossier.patient, { label: summary.label, date: dossier.date }))
    return true
  })
  return (
    <div ref={box} className="doc-structured">
      <div className="doc-warnings">
        <Banner tone="warn" title={t('documents.hprimIdentity')}>
          <p>{t('documents.hprimIdentity_todo')}</p>
        </Banner>
      </div>
      {body}
      {(summary.deviations.length > 0 || summary.refusals.length > 0) && (
        <dl className="facts">
          <Deviations summary={summary} />
        </dl>
      )}
    </div>
  )
}
