import { UserPlus, UserSearch } from 'lucide-react'
import { useState } from 'react'
import type { Patient } from '../../app/contract/index.ts'
import { useNow } from '../data/index.ts'
import { Avatar, Button, Dialog, EmptyState, Spinner, TextField } from '../design/index.ts'
import { spacedMatricule } from '../documents/index.ts'
import { patientName, t } from '../i18n/index.ts'
import { usePatientAnswers } from './asking.ts'
import { bornLine } from './identity-words.ts'
import { InsStatusChip } from './ins-status.tsx'
import { NewPatientDialog } from './new-patient.tsx'
import './patients.css'

/** One patient as it is compared with what one knows: traits, INS and its status. */
const PatientLine = ({ patient, now }: { patient: Patient; now: Date }) => (
  <>
    <Avatar name={`${patient.birthName} ${patient.firstName}`} trust="patient" />
    <span className="patient-line">
      <b>{patientName(patient)}</b>
      <span className="small muted">
        {t('reading.sex', { sex: patient.sex })} · {bornLine(patient, now)}
      </span>
      {patient.ins ? (
        <span className="small muted mono">INS {spacedMatricule(patient.ins.matricule)}</span>
      ) : null}
    </span>
    <InsStatusChip status={patient.insStatus} />
  </>
)

/** Picks a patient of the base, by names, birth date or matricule; or adds one. */
export const PatientPicker = ({
  title,
  isOpen,
  onClose,
  onChoose,
  proposed = [],
}: {
  title: string
  isOpen: boolean
  onClose: () => void
  onChoose: (patient: Patient) => void
  /** Shown before anything is typed. */
  proposed?: readonly Patient[]
}) => {
  const now = useNow()
  const [text, setText] = useState('')
  const [adding, setAdding] = useState(false)
  const { answer: found, isFormer } = usePatientAnswers(
    'patients.suggest',
    isOpen ? { text, limit: 12 } : null,
  )
  const areProposed = text.trim() === '' && proposed.length > 0
  const listed = areProposed ? proposed : found?.ok ? found.value : []
  return (
    <>
      <Dialog
        title={title}
        isOpen={isOpen && !adding}
        onClose={onClose}
        actions={
          <Button onPress={() => setAdding(true)}>
            <UserPlus aria-hidden="true" /> {t('patients.add')}
          </Button>
        }
      >
        <TextField
          label={t('patients.search')}
          hint={t('patients.pickText')}
          placeholder={t('patients.searchPlaceholder')}
          value={text}
          onChange={(next) => setText(next.slice(0, 200))}
          autoFocus
        />
        {found === null && !areProposed ? (
          <Spinner label={t('common.loading')} />
        ) : listed.length === 0 && !isFormer ? (
          <EmptyState icon={<UserSearch />} title={t('patients.notFound')}>
            {t('patients.notFoundText')}
          </EmptyState>
        ) : (
          <ul className="patient-choices">
            {listed.map((patient) => (
              <li key={patient.id}>
                <Button
                  variant="quiet"
                  className="patient-choice"
                  // Found for what was typed before: the one meant may not be among them.
                  isPending={isFormer && !areProposed}
                  onPress={() => onChoose(patient)}
                >
                  <PatientLine patient={patient} now={now} />
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Dialog>
      <NewPatientDialog
        isOpen={isOpen && adding}
        onClose={() => setAdding(false)}
        onCreated={(patient) => {
          setAdding(false)
          onChoose(patient)
        }}
      />
    </>
  )
}
