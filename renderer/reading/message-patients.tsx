import { UserRoundCog, UserRoundPlus } from 'lucide-react'
import { useState } from 'react'
import type { MessagePatients, MessageView, Patient } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { openPatient, useNow } from '../data/index.ts'
import { Banner, Button, showError, showToast } from '../design/index.ts'
import { patientName, t } from '../i18n/index.ts'
import { PatientPicker, usePatientAnswer } from '../patients/index.ts'
import { PatientBanner } from './patient-banner.tsx'

/** The patients of a message as the base knows them; null while it is asked. */
export const useMessagePatients = (messageId: number): MessagePatients | null => {
  const answer = usePatientAnswer('patients.ofMessage', { messageId })
  return answer?.ok ? answer.value : null
}

const attach = async (messageId: number, patient: Patient): Promise<void> => {
  const patientId = patient.id
  const outcome = await invoke('patients.attach', { messageId, patientId })
  if (!outcome.ok) return showError(outcome.error)
  showToast({
    text: t('patients.attached', { name: patientName(patient) }),
    onUndo: () => void invoke('patients.detach', { messageId, patientId }),
  })
}

/**
 * Whom the message is about, with the way to the patient's page; without anybody, the way to attach it (MSS/va1.27). Patients of
 * several documents have a banner each.
 */
export const MessagePatientBanners = ({
  view,
  known,
}: {
  view: MessageView
  known: MessagePatients | null
}) => {
  const [picking, setPicking] = useState(false)
  const { id, patient } = view.row
  const now = useNow()
  const listed = known?.patients ?? []
  const open = (one: Patient) => (
    <Button
      size="small"
      aria-label={t('patients.open', { name: patientName(one) })}
      onPress={() => openPatient(one.id)}
    >
      <UserRoundCog aria-hidden="true" /> {t('patients.openShort')}
    </Button>
  )
  return (
    <>
      {listed.length > 0
        ? listed.map(({ patient: one }) => (
            <PatientBanner
              key={one.id}
              patient={{ ...one, qualified: one.insStatus === 'qualified' || patient?.qualified === true }}
              now={now}
              action={open(one)}
            />
          ))
        : patient && <PatientBanner patient={patient} now={now} />}
      {known && known.candidates.length > 0 ? (
        <Banner tone="warn" title={t('patients.senderCandidates', { count: known.candidates.length })} />
      ) : null}
      {known && listed.length === 0 ? (
        <p className="attach-patient">
          <Button size="small" variant="quiet" onPress={() => setPicking(true)}>
            <UserRoundPlus aria-hidden="true" /> {t('patients.attach')}
          </Button>
        </p>
      ) : null}
      {picking ? (
        <PatientPicker
          title={t('patients.attach')}
          isOpen
          proposed={known?.candidates ?? []}
          onClose={() => setPicking(false)}
          onChoose={(chosen) => {
            setPicking(false)
            void attach(id, chosen)
          }}
        />
      ) : null}
    </>
  )
}
