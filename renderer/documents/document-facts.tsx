import type { ReactNode } from 'react'
import type { Actor, ClinicalDocument } from '../../app/contract/index.ts'
import { t } from '../i18n/index.ts'
import { moment, period } from './times.ts'

const ActorLine = ({ actor }: { actor: Actor }) => (
  <span className="fact-actor">
    <b>{actor.name}</b>
    {[
      actor.role,
      actor.specialty,
      actor.organisation === actor.name ? null : actor.organisation,
      actor.date && moment(actor.date),
    ]
      .filter(Boolean)
      .map((part) => ` · ${part}`)}
    {(actor.telecoms.length > 0 || actor.addresses.length > 0) && (
      <span className="fact-telecoms">{[...actor.telecoms, ...actor.addresses].join(' · ')}</span>
    )}
  </span>
)

const Actors = ({ actors }: { actors: readonly Actor[] }) =>
  actors.map((actor, index) => <ActorLine key={index} actor={actor} />)

export const Fact = ({ label, children }: { label: string; children: ReactNode }) => (
  <div className="fact">
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
)

const relations: Readonly<Record<string, 'emergency' | 'trusted' | 'informant' | 'carer' | 'self'>> = {
  ECON: 'emergency',
  NOK: 'trusted',
  CON: 'informant',
  CAREGIVER: 'carer',
  PAT: 'self',
}

/** Informants by what they are to the patient: the « personne de confiance » must not look like any contact. */
const Informants = ({ actors }: { actors: readonly Actor[] }) =>
  actors.map((actor, index) => {
    const relation = actor.relation === null ? undefined : relations[actor.relation]
    return (
      <span key={index} className="fact-related">
        {relation && <span className="fact-relation">{t(`documents.relation_${relation}`)}</span>}
        <ActorLine actor={actor} />
      </span>
    )
  })

const others = (clinical: ClinicalDocument): Actor[] =>
  [clinical.dataEnterer, ...clinical.authenticators].filter((actor) => actor !== null)

/** Who wrote the document, for whom, about what: the whole header of the CDA in words. */
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
    {others(clinical).length > 0 && (
      <Fact label={t('documents.otherSigners')}>
        <Actors actors={others(clinical)} />
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
            {[act.label, act.code?.code, period(act.start, act.end), act.practiceSetting?.label]
              .filter(Boolean)
              .join(' · ')}
            <Actors actors={act.performers} />
          </span>
        ))}
      </Fact>
    )}
    {clinical.encounter && (
      <Fact label={t('documents.encounter')}>
        {[
          clinical.encounter.label,
          clinical.encounter.facility?.label,
          period(clinical.encounter.start, clinical.encounter.end),
          clinical.encounter.place,
          clinical.encounter.discharge,
          ...clinical.encounter.ids,
        ]
          .filter(Boolean)
          .join(' · ')}
        <Actors actors={clinical.encounter.participants} />
      </Fact>
    )}
    {clinical.orders.length > 0 && (
      <Fact label={t('documents.orders', { count: clinical.orders.length })}>
        {clinical.orders.map(({ id, accession }) => [id, accession].filter(Boolean).join(' · ')).join(', ')}
      </Fact>
    )}
    {clinical.participants.length > 0 && (
      <Fact label={t('documents.participants')}>
        <Actors actors={clinical.participants} />
      </Fact>
    )}
    {clinical.informants.length > 0 && (
      <Fact label={t('documents.informants')}>
        <Informants actors={clinical.informants} />
      </Fact>
    )}
    {clinical.guardians.length > 0 && (
      <Fact label={t('documents.guardians', { count: clinical.guardians.length })}>
        <Actors actors={clinical.guardians} />
      </Fact>
    )}
    {clinical.patientDetails.map((detail, index) => (
      <Fact key={index} label={t(`documents.patient_${detail.kind}`)}>
        {detail.value}
      </Fact>
    ))}
    {clinical.consents.length > 0 && (
      <Fact label={t('documents.consents')}>{clinical.consents.join(' · ')}</Fact>
    )}
  </dl>
)
