import type { ReactNode } from 'react'
import type { Actor, ClinicalDocument, DocumentSummary } from '../../app/contract/index.ts'
import { dateTime, fullDate, size, t } from '../i18n/index.ts'

/** A date as the document gives it: with its time when it has one. */
const moment = (iso: string): string => (iso.includes('T') ? dateTime(iso) : fullDate(iso))

const period = (start: string | null, end: string | null): string =>
  [start, end]
    .filter((date) => date !== null)
    .map(moment)
    .filter((text, index, all) => all.indexOf(text) === index)
    .join(' – ')

const ActorLine = ({ actor }: { actor: Actor }) => (
  <span className="fact-actor">
    <b>{actor.name}</b>
    {[actor.role, actor.specialty, actor.organisation, actor.date && moment(actor.date)]
      .filter(Boolean)
      .map((part) => ` · ${part}`)}
    {actor.telecoms.length > 0 && <span className="fact-telecoms">{actor.telecoms.join(' · ')}</span>}
  </span>
)

const Actors = ({ actors }: { actors: readonly Actor[] }) =>
  actors.map((actor, index) => <ActorLine key={index} actor={actor} />)

const Fact = ({ label, children }: { label: string; children: ReactNode }) => (
  <div className="fact">
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
)

/** Who wrote the document, for whom, about what: the header of the CDA in words. */
export const DocumentFacts = ({ document: clinical }: { document: ClinicalDocument }) => (
  <dl className="facts">
    {clinical.authors.length > 0 && (
      <Fact label={t('documents.authors', { count: clinical.authors.length })}>
        <Actors actors={clinical.authors} />
      </Fact>
    )}
    {clinical.legalAuthenticator && (
      <Fact label={t('documents.legalAuthenticator')}>
        <ActorLine actor={clinical.legalAuthenticator} />
      </Fact>
    )}
    {clinical.recipients.length > 0 && (
      <Fact label={t('documents.recipients', { count: clinical.recipients.length })}>
        <Actors actors={clinical.recipients} />
      </Fact>
    )}
    {clinical.acts.length > 0 && (
      <Fact label={t('documents.acts', { count: clinical.acts.length })}>
        {clinical.acts.map((act, index) => (
          <span key={index} className="fact-actor">
            {[act.label, period(act.start, act.end)].filter(Boolean).join(' · ')}
          </span>
        ))}
      </Fact>
    )}
    {clinical.encounter && (
      <Fact label={t('documents.encounter')}>
        {[
          clinical.encounter.label,
          period(clinical.encounter.start, clinical.encounter.end),
          clinical.encounter.place,
        ]
          .filter(Boolean)
          .join(' · ')}
      </Fact>
    )}
    {clinical.informants.length > 0 && (
      <Fact label={t('documents.informants')}>
        <Actors actors={clinical.informants} />
      </Fact>
    )}
    {clinical.patientDetails.map((detail, index) => (
      <Fact key={index} label={t(`documents.patient_${detail.kind}`)}>
        {detail.value}
      </Fact>
    ))}
  </dl>
)

/** Identifiers and checks, for who must trace a document. */
export const TechnicalFacts = ({
  document: clinical,
  summary,
}: {
  document: ClinicalDocument
  summary: DocumentSummary
}) => (
  <dl className="facts facts-technical">
    <Fact label={t('documents.format')}>
      {clinical.level === 'N1' ? t('documents.levelN1') : t('documents.levelN3')}
    </Fact>
    <Fact label={t('documents.type')}>
      {[clinical.typeLabel, clinical.typeCode].filter(Boolean).join(' · ')}
    </Fact>
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
    {clinical.date && <Fact label={t('documents.createdOn')}>{moment(clinical.date)}</Fact>}
    {clinical.custodian && <Fact label={t('documents.custodian')}>{clinical.custodian}</Fact>}
    {clinical.confidentiality && (
      <Fact label={t('documents.confidentiality')}>{clinical.confidentiality}</Fact>
    )}
    {summary.archive && (
      <Fact label={t('documents.archive')}>
        {summary.archive.fileName} · {size(summary.archive.size)} ·{' '}
        {summary.archive.verified ? t('documents.hashVerified') : t('documents.hashNotVerified')}
      </Fact>
    )}
    <Fact label={t('documents.signature')}>
      {clinical.signedXades ? t('documents.signedXades') : t('documents.notSigned')}
    </Fact>
  </dl>
)
