import { UserRound, X } from 'lucide-react'
import type { DraftContent, SendCheck } from '../../app/contract/index.ts'
import { Checkbox, IconButton } from '../design/index.ts'
import { patientLine, patientName, t } from '../i18n/index.ts'
import { usePatientAnswer } from '../patients/index.ts'
import { patientRecipients } from './sending.tsx'

/** « Clore l’échange »: only where a patient is written to. */
export const CloseExchange = ({
  content,
  checks,
  onChange,
}: {
  content: DraftContent
  checks: readonly SendCheck[]
  onChange: (closesExchange: boolean) => void
}) =>
  patientRecipients(checks).length === 0 ? null : (
    <span title={t('patients.closesHint')}>
      <Checkbox isSelected={content.closesExchange === true} onChange={onChange}>
        {t('patients.closes')}
      </Checkbox>
    </span>
  )

/** The patient a message to a colleague is about. */
export const AboutPatient = ({ content, onRemove }: { content: DraftContent; onRemove: () => void }) => {
  const id = content.aboutPatient ?? null
  const found = usePatientAnswer('patients.get', id === null ? null : { id, limit: 1 })
  if (id === null || !found?.ok) return null
  const { patient } = found.value
  const summary = { ...patient, qualified: patient.insStatus === 'qualified' }
  return (
    <div className="composer-line about-patient">
      <span className="composer-label">{t('patients.about')}</span>
      <UserRound aria-hidden="true" />
      <span>{patientLine(summary)}</span>
      <IconButton
        label={t('patients.aboutRemove', { name: patientName(patient) })}
        size="small"
        onPress={onRemove}
      >
        <X aria-hidden="true" />
      </IconButton>
    </div>
  )
}
