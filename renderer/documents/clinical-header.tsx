import { createContext, useContext, type ReactNode } from 'react'
import type { Actor, ClinicalDocument, PatientSummary } from '../../app/contract/index.ts'
import { t } from '../i18n/index.ts'
import { PatientStrip } from './patient-strip.tsx'
import { moment, period } from './times.ts'

const Item = ({ label, children }: { label: string; children: ReactNode }) => (
  <div className="doc-sheet-item">
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
)

const Person = ({ actor }: { actor: Actor }) => {
  const more = [actor.role, actor.specialty, actor.organisation === actor.name ? null : actor.organisation]
  return (
    <span className="doc-sheet-person">
      <b>{actor.name}</b>
      {more.filter(Boolean).map((word) => (
        <span key={word}>{word}</span>
      ))}
    </span>
  )
}

/** At most these many people in the head of a document; all of them are under « Contexte ». */
const shownPeople = 3

const People = ({ actors }: { actors: readonly Actor[] }) => (
  <>
    {actors.slice(0, shownPeople).map((actor, index) => (
      <Person key={index} actor={actor} />
    ))}
    {actors.length > shownPeople && (
      <span className="muted">{t('documents.andOthers', { count: actors.length - shownPeople })}</span>
    )}
  </>
)

/** Who wrote to whom, about what. */
export const ClinicalContext = ({ document: clinical }: { document: ClinicalDocument }) => {
  const { encounter } = clinical
  const act = clinical.acts.find(({ label }) => label !== '') ?? clinical.acts[0]
  const actWords = act ? [act.label, period(act.start, act.end)].filter(Boolean).join(' · ') : ''
  const stay = encounter
    ? [encounter.label, encounter.facility?.label, period(encounter.start, encounter.end), encounter.place]
        .filter((word, index, all) => word && all.indexOf(word) === index)
        .join(' · ')
    : ''
  return (
    <dl className="doc-sheet-items">
      {clinical.authors.length > 0 && (
        <Item label={t('documents.authors', { count: clinical.authors.length })}>
          <People actors={clinical.authors} />
        </Item>
      )}
      {clinical.legalAuthenticator && clinical.legalAuthenticator.name !== clinical.authors[0]?.name && (
        <Item label={t('documents.legalAuthenticator')}>
          <Person actor={clinical.legalAuthenticator} />
        </Item>
      )}
      {clinical.recipients.length > 0 && (
        <Item label={t('documents.recipients', { count: clinical.recipients.length })}>
          <People actors={clinical.recipients} />
        </Item>
      )}
      {stay !== '' && <Item label={t('documents.encounter')}>{stay}</Item>}
      {actWords !== '' && <Item label={t('documents.acts', { count: 1 })}>{actWords}</Item>}
      {clinical.orders.length > 0 && (
        <Item label={t('documents.orders', { count: clinical.orders.length })}>
          {clinical.orders
            .slice(0, shownPeople)
            .map(({ id, accession }) => accession ?? id)
            .join(', ')}
        </Item>
      )}
    </dl>
  )
}

/** The same person, trait by trait. */
const samePatient = (one: PatientSummary, other: PatientSummary): boolean =>
  one.birthName === other.birthName &&
  one.usedName === other.usedName &&
  one.firstName === other.firstName &&
  one.birthDate === other.birthDate &&
  one.sex === other.sex &&
  one.ins?.matricule === other.ins?.matricule &&
  one.ins?.oid === other.ins?.oid

/** The patient already told above the document; it is not said twice when it is the very same. */
export const ShownPatientContext = createContext<PatientSummary | null>(null)

/**
 * The head of a structured document as one would typeset it: title, date and version, patient, who wrote to whom, about what. Of a
 * laboratory report on the screen only what is not above it already: its values come first, the rest below them.
 */
export const ClinicalHeader = ({
  document: clinical,
  valuesFirst,
}: {
  document: ClinicalDocument
  valuesFirst: boolean
}) => {
  const shown = useContext(ShownPatientContext)
  const told = shown !== null && samePatient(shown, clinical.patient)
  if (valuesFirst && told) return null
  return (
    <header className="doc-sheet">
      {!valuesFirst && (
        <div className="doc-sheet-title">
          <h3>{clinical.title || clinical.typeLabel}</h3>
          <p>
            {[
              clinical.title !== clinical.typeLabel && clinical.title ? clinical.typeLabel : null,
              clinical.date && t('documents.of', { date: moment(clinical.date) }),
              clinical.version !== null && clinical.version > 1
                ? t('documents.versionNumber', { version: clinical.version })
                : null,
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
        </div>
      )}
      {!told && <PatientStrip patient={clinical.patient} identity={clinical.identity} date={clinical.date} />}
      {!valuesFirst && <ClinicalContext document={clinical} />}
    </header>
  )
}
