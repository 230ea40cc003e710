import type { ReactNode } from 'react'
import type { PatientSummary } from '../../app/contract/index.ts'
import { Avatar } from '../design/index.ts'
import { InsChip, spacedMatricule } from '../documents/index.ts'
import { age, fullDate, givenName, t } from '../i18n/index.ts'

/** Whom the message is about, before anything technical: name, sex, birth, INS and its status. */
export const PatientBanner = ({
  patient,
  now,
  action = null,
}: {
  patient: PatientSummary
  now: Date
  /** The way to the patient's page. */
  action?: ReactNode
}) => {
  const years = patient.birthDate === null ? null : age(patient.birthDate, now)
  const born =
    patient.birthDate === null
      ? t('reading.birthUnknown')
      : t('reading.born', {
          sex: patient.sex,
          date: fullDate(patient.birthDate),
          age: years ?? -1,
        })
  return (
    <section className="patient-banner card-surface" aria-label={t('reading.patient')}>
      <Avatar name={`${patient.birthName} ${patient.firstName}`} trust="patient" size="large" />
      <div className="patient-words">
        <p className="patient-traits">
          <b>
            {patient.birthName.toLocaleUpperCase('fr-FR')} {givenName(patient.firstName)}
          </b>
          {patient.usedName &&
            patient.usedName.toLocaleUpperCase('fr-FR') !== patient.birthName.toLocaleUpperCase('fr-FR') && (
              <span>{t('reading.usedName', { name: patient.usedName.toLocaleUpperCase('fr-FR') })}</span>
            )}
          <span>{t('reading.sex', { sex: patient.sex })}</span>
          <span>{born}</span>
        </p>
        {patient.ins && (
          <p className="patient-ins mono">
            <span className="patient-ins-label">INS</span> {spacedMatricule(patient.ins.matricule)}
          </p>
        )}
      </div>
      <div className="patient-end">
        <InsChip patient={patient} />
        {action}
      </div>
    </section>
  )
}
