import { useRef } from 'react'
import type { DocumentSummary, Hl7Content } from '../../app/contract/index.ts'
import { Banner, Chip } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { useDocumentCommands } from './commands.ts'
import { Fact } from './document-facts.tsx'
import { ResultHistoryContext, useResultHistory } from './lab/history.ts'
import { LabTable } from './lab/lab-table.tsx'
import { ResultsHead } from './lab/results-head.tsx'
import { PatientStrip } from './patient-strip.tsx'
import { runningHead } from './print-document.tsx'
import { printSheet } from './print-sheet.tsx'
import { Deviations } from './technical-facts.tsx'
import { moment } from './times.ts'

const names = (actors: Hl7Content['senders']): string =>
  actors.map(({ name, organisation }) => [name, organisation].filter(Boolean).join(', ')).join(' · ')

const Acknowledgement = ({ ack }: { ack: NonNullable<Hl7Content['acknowledgement']> }) => {
  const accepted = ack.code === 'AA' || ack.code === 'CA'
  return (
    <Banner
      tone={accepted ? 'ok' : 'error'}
      title={t(accepted ? 'documents.ackAccepted' : 'documents.ackRefused')}
    >
      {(ack.text !== null || ack.errors.length > 0) && (
        <ul className="fact-list">
          {ack.text !== null && <li>{ack.text}</li>}
          {ack.errors.map((error, index) => (
            <li key={index}>
              {[error.applicationCode ?? error.code, error.applicationText ?? error.text]
                .filter(Boolean)
                .join(' · ')}
            </li>
          ))}
        </ul>
      )}
    </Banner>
  )
}

/** An HL7 v2 message sent as a file (§9): what it is and carries; its documents are cards of their own. */
export const Hl7View = ({
  message,
  summary,
  openMessage,
}: {
  message: Hl7Content
  summary: DocumentSummary
  openMessage: ((id: number) => void) | null
}) => {
  const box = useRef<HTMLDivElement>(null)
  const history = useResultHistory(
    message.patient,
    message.results,
    {
      date: message.date ?? summary.date,
      except: summary.uniqueId === null ? null : { documentId: summary.uniqueId.slice(0, 500), setId: null },
    },
    openMessage,
  )
  const body = (
    <ResultHistoryContext value={history}>
      {message.results.length > 0 && (
        <ResultsHead
          results={message.results}
          history={history}
          behindPdf={false}
          showAll={() => undefined}
        />
      )}
      <div className="doc-sheet">
        <div className="doc-sheet-title">
          <h3>{t('documents.hl7Message', { type: message.type })}</h3>
          <p>
            {[
              message.version && `HL7 ${message.version}`,
              message.profile,
              message.date && t('documents.of', { date: moment(message.date) }),
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
        </div>
        {message.acknowledgement && <Acknowledgement ack={message.acknowledgement} />}
        {message.patient && (
          <PatientStrip patient={message.patient} identity={message.patient} date={message.date} />
        )}
      </div>
      {message.results.length > 0 && <LabTable caption={t('documents.results')} results={message.results} />}
      {message.texts.length > 0 && (
        <div className="doc-narrative">
          {message.texts.map((text, index) => (
            <p key={index} className="doc-lines">
              {text}
            </p>
          ))}
        </div>
      )}
      {message.mails.map((mail, index) => (
        <section key={index} className="doc-section">
          <h4>{mail.subject ?? t('documents.hl7Mail')}</h4>
          <pre className="doc-plain">{mail.text}</pre>
        </section>
      ))}
      <dl className="facts">
        {message.action && (
          <Fact label={t('documents.hl7Action')}>{t(`documents.hl7Action_${message.action}`)}</Fact>
        )}
        {message.documentType && (
          <Fact label={t('documents.type')}>
            {[message.documentType.label, message.documentType.code].filter(Boolean).join(' · ')}
          </Fact>
        )}
        {message.authors.length > 0 && (
          <Fact label={t('documents.authors', { count: message.authors.length })}>
            {names(message.authors)}
          </Fact>
        )}
        {message.prescribers.length > 0 && (
          <Fact label={t('documents.hl7Prescribers')}>{names(message.prescribers)}</Fact>
        )}
        {message.senders.length > 0 && (
          <Fact label={t('documents.hl7Senders')}>{names(message.senders)}</Fact>
        )}
        {message.recipients.length > 0 && (
          <Fact label={t('documents.recipients', { count: message.recipients.length })}>
            {names(message.recipients)}
          </Fact>
        )}
        <Fact label={t('documents.hl7Route')}>{`${message.sender} → ${message.receiver}`}</Fact>
        {message.controlId && (
          <Fact label={t('documents.identifier')}>
            <span className="mono">{message.controlId}</span>
          </Fact>
        )}
        {message.documentId && (
          <Fact label={t('documents.hl7Document')}>
            <span className="mono">{message.documentId}</span>
          </Fact>
        )}
        {message.parentId && (
          <Fact label={t('documents.replaces')}>
            <span className="mono">{message.parentId}</span>
          </Fact>
        )}
        {message.flags.length > 0 && (
          <Fact label={t('documents.hl7Flags')}>
            <span className="doc-flags">
              {message.flags.map(({ name, value }) => (
                <Chip key={name}>{`${name} : ${value}`}</Chip>
              ))}
            </span>
          </Fact>
        )}
        <Deviations summary={summary} />
      </dl>
    </ResultHistoryContext>
  )
  useDocumentCommands(box, (command) => {
    if (command !== 'document-print') return false
    printSheet(body, runningHead(message.patient, { label: summary.label, date: message.date }))
    return true
  })
  return <div ref={box}>{body}</div>
}
