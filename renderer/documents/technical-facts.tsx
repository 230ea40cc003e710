import type { ClinicalDocument, DocumentSummary } from '../../app/contract/index.ts'
import { size, t } from '../i18n/index.ts'
import { deviationSentence, refusalSentence } from './deviations.ts'
import { Fact } from './document-facts.tsx'
import { moment } from './times.ts'

/** What of a document or its archive is not as the specifications say, and was read all the same. */
export const Deviations = ({ summary }: { summary: DocumentSummary }) => (
  <>
    {summary.refusals.length > 0 && (
      <Fact label={t('documents.refusals')}>
        <ul className="fact-list">
          {summary.refusals.map((refusal, index) => (
            <li key={index}>{refusalSentence(refusal)}</li>
          ))}
        </ul>
      </Fact>
    )}
    {summary.deviations.length > 0 && (
      <Fact label={t('documents.deviations', { count: summary.deviations.length })}>
        <ul className="fact-list">
          {summary.deviations.map((deviation, index) => (
            <li key={index}>{deviationSentence(deviation)}</li>
          ))}
        </ul>
      </Fact>
    )}
  </>
)

/** Which way a document went (SC.CDA/INT.08). */
export const originWords = (sent: boolean): string =>
  t(sent ? 'documents.originSent' : 'documents.originMssante')

/** Identifiers and checks, for who must trace a document. */
export const TechnicalFacts = ({
  document: clinical,
  summary,
  sent,
}: {
  document: ClinicalDocument
  summary: DocumentSummary
  /** Of a message one has sent. */
  sent: boolean
}) => (
  <dl className="facts facts-technical">
    <Fact label={t('documents.format')}>
      {t(
        clinical.level === 'N1'
          ? 'documents.levelN1'
          : clinical.level === 'N2'
            ? 'documents.levelN2'
            : 'documents.levelN3',
      )}
    </Fact>
    <Fact label={t('documents.type')}>
      {[clinical.typeLabel, clinical.typeCode, clinical.type?.label].filter(Boolean).join(' · ')}
    </Fact>
    <Fact label={t('documents.origin')}>{originWords(sent)}</Fact>
    <Fact label={t('documents.identifier')}>
      <span className="mono">{clinical.id}</span>
    </Fact>
    {clinical.setId && (
      <Fact label={t('documents.set')}>
        <span className="mono">{clinical.setId}</span>
      </Fact>
    )}
    {clinical.version !== null && <Fact label={t('documents.version')}>{clinical.version}</Fact>}
    {clinical.replaces && (
      <Fact label={t('documents.replaces')}>
        <span className="mono">{clinical.replaces}</span>
      </Fact>
    )}
    {clinical.relations.some(({ type }) => type !== 'RPLC') && (
      <Fact label={t('documents.relations')}>
        <span className="mono">
          {clinical.relations
            .map(({ type, id, setId }) => [type, id ?? setId].filter(Boolean).join(' '))
            .join(', ')}
        </span>
      </Fact>
    )}
    {clinical.date && <Fact label={t('documents.createdOn')}>{moment(clinical.date)}</Fact>}
    {clinical.custodian && <Fact label={t('documents.custodian')}>{clinical.custodian}</Fact>}
    {clinical.confidentiality && (
      <Fact label={t('documents.confidentiality')}>{clinical.confidentiality}</Fact>
    )}
    {clinical.language && <Fact label={t('documents.language')}>{clinical.language}</Fact>}
    {clinical.patient.ins && (
      <Fact label={t('documents.ins')}>
        <span className="mono">
          {clinical.patient.ins.matricule} · {clinical.patient.ins.oid}
        </span>
      </Fact>
    )}
    {clinical.templates.length > 0 && (
      <Fact label={t('documents.templates')}>
        <span className="mono">{clinical.templates.join(' · ')}</span>
      </Fact>
    )}
    {summary.archive && (
      <Fact label={t('documents.archive')}>
        {summary.archive.fileName} · {size(summary.archive.size)} ·{' '}
        {summary.archive.verified ? t('documents.hashVerified') : t('documents.hashNotVerified')}
      </Fact>
    )}
    <Fact label={t('documents.path')}>
      <span className="mono">{summary.path}</span>
    </Fact>
    <Fact label={t('documents.signature')}>
      {clinical.signedXades ? t('documents.signedXades') : t('documents.notSigned')}
    </Fact>
    <Deviations summary={summary} />
  </dl>
)
