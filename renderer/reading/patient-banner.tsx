import { FlaskConical, ShieldAlert, ShieldCheck } from 'lucide-react'
import type { PatientSummary } from '../../app/contract/index.ts'
import { Avatar, Chip } from '../design/index.ts'
import { isTestIdentity, spacedMatricule } from '../documents/index.ts'
import { age, fullDate, givenName, t } from '../i18n/index.ts'

const InsStatus = ({ patient }: { patient: PatientSummary }) => {
  if (isTestIdentity(patient.ins))
    return (
      <Chip tone="warn" icon={<FlaskConical aria-hidden="true" />}>
        {t('reading.testIdentity')}
      </Chip>
    )
  if (patient.ins && !patient.ins.keyValid)
    return (
      <Chip tone="alert" icon={<ShieldAlert aria-hidden="true" />}>
        {t('reading.insWrongKey')}
      </Chip>
    )
  return patient.qualified ? (
    <Chip tone="ok" icon={<ShieldCheck aria-hidden="true" />}>
      {t('reading.insQualified')}
    </Chip>
  ) : (
    <Chip tone="warn">{patient.ins ? t('reading.insNotQualified') : t('reading.insMissing')}</Chip>
  )
}

/** Whom the message is about, before anything technical: name, sex, birth, INS and its status. */
export const PatientBanner = ({ patient, now }: { patient: PatientSummary; now: Date }) => {
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
      <InsStatus patient={patient} />
    </section>
  )
}
