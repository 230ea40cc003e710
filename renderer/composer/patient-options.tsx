import { UserRound, X } from 'lucide-react'
import type { DraftContent, SendCheck } from '../../app/contract/index.ts'
import { Checkbox, IconButton } from '../design/index.ts'
import { patientLine, patientName, t } from '../i18n/index.ts'
import { usePatientAnswer } from '../patients/index.ts'
import { patientRecipients } from './sending.tsx'

/** Whether the message ends all exchanges with a patient: its subject is then `[FIN]` and stays so. */
export const endsAll = (content: DraftContent, checks: readonly SendCheck[]): boolean =>
  content.endsExchanges === true && patientRecipients(checks).length > 0

/** « Clore l’échange », or « Clore tous les échanges »: only where a patient is written to. */
export const CloseExchange = ({
  content,
  checks,
  onChange,
}: {
  content: DraftContent
  checks: readonly SendCheck[]
  onChange: (change: Pick<DraftContent, 'closesExchange' | 'endsExchanges'> & { subject?: string }) => void
}) =>
  patientRecipients(checks).length === 0 ? null : endsAll(content, checks) ? (
    <span title={t('patients.endsAllHint')}>
      <Checkbox isSelected onChange={() => onChange({ endsExchanges: false, subject: '' })}>
        {t('patients.endsAll')}
      </Checkbox>
    </span>
  ) : (
    <span title={t('patients.closesHint')}>
      <Checkbox
        isSelected={content.closesExchange === true}
        onChange={(closesExchange) => onChange({ closesExchange })}
      >
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
      <span className="about-patient-who">
        <UserRound aria-hidden="true" />
        <span>{patientLine(summary)}</span>
        <IconButton
          label={t('patients.aboutRemove', { name: patientName(patient) })}
          size="small"
          onPress={onRemove}
        >
          <X aria-hidden="true" />
        </IconButton>
      </span>
    </div>
  )
}
