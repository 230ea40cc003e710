import { UserRound } from 'lucide-react'
import { useState } from 'react'
import type { PatientIdentity, PatientSummary } from '../../app/contract/index.ts'
import { age, fullDate, givenName, t } from '../i18n/index.ts'
import { InsChip } from './ins-chip.tsx'
import { spacedMatricule } from './traits.ts'

const upper = (name: string): string => name.toLocaleUpperCase('fr-FR')

/**
 * The patient as the document itself names them (SC.CDA/VISU.01): birth name, used name, given names, sex, age at the date of the
 * document, birth, INS with what it is worth. `verified` false: an identity nobody vouches for (HPRIM).
 */
export const PatientStrip = ({
  patient,
  identity,
  date,
  verified = true,
}: {
  patient: PatientSummary
  identity?: PatientIdentity | null
  /** Of the document: the age is the one of that day. */
  date: string | null
  verified?: boolean
}) => {
  const [today] = useState(() => new Date())
  const at = date === null ? today : new Date(date)
  const years = patient.birthDate === null || Number.isNaN(at.getTime()) ? null : age(patient.birthDate, at)
  const given = identity?.birthFirstNames ?? null
  const place = identity?.birthPlaceName ?? identity?.birthPlaceCode ?? null
  return (
    <div className="doc-patient" role="group" aria-label={t('reading.patient')}>
      <UserRound aria-hidden="true" />
      <div className="doc-patient-words">
        <p>
          <b>
            {upper(patient.birthName)} {givenName(patient.firstName)}
          </b>
          {patient.usedName && upper(patient.usedName) !== upper(patient.birthName) && (
            <span>{t('reading.usedName', { name: upper(patient.usedName) })}</span>
          )}
          <span>{t('reading.sex', { sex: patient.sex })}</span>
          <span>
            {patient.birthDate === null
              ? t('reading.birthUnknown')
              : t('reading.born', { sex: patient.sex, date: fullDate(patient.birthDate), age: years ?? -1 })}
          </span>
        </p>
        <p className="doc-patient-more">
          {patient.ins && (
            <span className="mono">
              {t('documents.ins')} {spacedMatricule(patient.ins.matricule)}
            </span>
          )}
          {given !== null && given !== patient.firstName && (
            <span>{t('documents.givenNames', { names: given })}</span>
          )}
          {place !== null && <span>{t('documents.bornAt', { place })}</span>}
          {identity?.deceasedAt != null && (
            <span>{t('documents.deceased', { date: fullDate(identity.deceasedAt.slice(0, 10)) })}</span>
          )}
        </p>
      </div>
      {verified ? (
        <InsChip patient={patient} />
      ) : (
        <span className="chip" data-tone="warn">
          <span>{t('documents.identityUnverified')}</span>
        </span>
      )}
    </div>
  )
}
