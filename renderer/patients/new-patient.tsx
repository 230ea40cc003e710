import { UserPlus } from 'lucide-react'
import { useState } from 'react'
import type { Patient, Sex } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { useNow } from '../data/index.ts'
import { Button, DateField, Dialog, Segments, showError, TextField } from '../design/index.ts'
import { isoDay, t } from '../i18n/index.ts'

/** Adds a patient nobody wrote about yet. */
export const NewPatientDialog = ({
  isOpen,
  onClose,
  onCreated,
}: {
  isOpen: boolean
  onClose: () => void
  onCreated: (patient: Patient) => void
}) => {
  const now = useNow()
  const [birthName, setBirthName] = useState('')
  const [usedName, setUsedName] = useState('')
  const [firstName, setFirstName] = useState('')
  const [sex, setSex] = useState<Sex>('F')
  const [birthDate, setBirthDate] = useState<string | null>(null)
  const complete = birthName.trim() !== '' && firstName.trim() !== '' && birthDate !== null
  const create = async (): Promise<void> => {
    if (birthDate === null) return
    const outcome = await invoke('patients.create', {
      ...{ birthName, firstName, sex, birthDate },
      usedName: usedName.trim() === '' ? null : usedName,
    })
    if (outcome.ok) onCreated(outcome.value)
    else showError(outcome.error)
  }
  return (
    <Dialog
      title={t('patients.add')}
      isOpen={isOpen}
      onClose={onClose}
      actions={
        <Button variant="primary" isDisabled={!complete} onPress={() => create()}>
          <UserPlus aria-hidden="true" /> {t('patients.create')}
        </Button>
      }
    >
      <p className="muted">{t('patients.addText')}</p>
      <div className="patient-form">
        <TextField label={t('patients.birthName')} value={birthName} onChange={setBirthName} autoFocus />
        <TextField label={t('patients.firstName')} value={firstName} onChange={setFirstName} />
        <TextField label={t('patients.usedName')} value={usedName} onChange={setUsedName} />
        <DateField
          label={t('patients.birthDate')}
          value={birthDate}
          onChange={setBirthDate}
          latest={isoDay(now)}
        />
      </div>
      <Segments
        label={t('patients.sex')}
        value={sex}
        options={(['F', 'M'] as const).map((value) => ({ value, label: t('reading.sex', { sex: value }) }))}
        onChange={setSex}
      />
    </Dialog>
  )
}
