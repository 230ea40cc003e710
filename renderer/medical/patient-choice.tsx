import { UserRound } from 'lucide-react'
import { useEffect, useId, useState } from 'react'
import type { DocumentPatient, Patient } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { useNow } from '../data/index.ts'
import { Button, DateField, Segments, TextField } from '../design/index.ts'
import { InsChip, spacedMatricule } from '../documents/index.ts'
import { fullDate, isoDay, t } from '../i18n/index.ts'
import { asSummary, fromIndex, typedPatient } from './document-patient.ts'

/** A patient in two lines: names, then birth, INS and what it is worth. */
export const PatientLine = ({ patient }: { patient: DocumentPatient }) => (
  <span className="medical-patient">
    <b>
      {patient.birthName.toUpperCase()} {patient.firstName}
      {patient.usedName && patient.usedName !== patient.birthName
        ? ` (${t('medical.usedName', { name: patient.usedName.toUpperCase() })})`
        : ''}
    </b>
    <span className="small muted">
      {patient.birthDate === null
        ? t('medical.noBirthDate')
        : t('medical.born', { sex: patient.sex, date: fullDate(patient.birthDate) })}
      {patient.ins ? ` · ${spacedMatricule(patient.ins.matricule)}` : ''}
    </span>
    <InsChip patient={asSummary(patient)} />
  </span>
)

const Typed = ({ onChoose }: { onChoose: (patient: DocumentPatient) => void }) => {
  const now = useNow()
  const [birthName, setBirthName] = useState('')
  const [firstName, setFirstName] = useState('')
  const [birthDate, setBirthDate] = useState<string | null>(null)
  const [sex, setSex] = useState<DocumentPatient['sex']>('U')
  const whole = birthName.trim() !== '' && firstName.trim() !== '' && birthDate !== null
  return (
    <div className="medical-typed">
      <TextField label={t('medical.birthName')} value={birthName} onChange={setBirthName} maxLength={100} />
      <TextField label={t('medical.firstName')} value={firstName} onChange={setFirstName} maxLength={100} />
      <DateField
        label={t('medical.birthDate')}
        value={birthDate}
        onChange={setBirthDate}
        latest={isoDay(now)}
      />
      <Segments
        label={t('medical.sex')}
        value={sex}
        options={[
          { value: 'F', label: t('medical.sex_F') },
          { value: 'M', label: t('medical.sex_M') },
          { value: 'U', label: t('medical.sex_U') },
        ]}
        onChange={setSex}
      />
      <p className="field-hint">{t('medical.typedHint')}</p>
      <Button
        isDisabled={!whole}
        onPress={() => {
          if (birthDate !== null) onChoose(typedPatient({ birthName, firstName, sex, birthDate }))
        }}
      >
        {t('medical.useTyped')}
      </Button>
    </div>
  )
}

/** Who the documents are about: proposed from the message answered, found in the base, or typed. */
export const PatientChoice = ({
  patient,
  proposals,
  onChoose,
}: {
  patient: DocumentPatient | null
  proposals: readonly DocumentPatient[]
  onChoose: (patient: DocumentPatient | null) => void
}) => {
  const [text, setText] = useState('')
  const [found, setFound] = useState<{ text: string; patients: readonly Patient[] }>({
    text: '',
    patients: [],
  })
  const [typing, setTyping] = useState(false)
  const list = useId()
  useEffect(() => {
    if (text.trim().length < 2) return undefined
    let current = true
    void invoke('patients.suggest', { text: text.trim(), limit: 6 }).then((outcome) => {
      if (current && outcome.ok) setFound({ text, patients: outcome.value })
    })
    return () => {
      current = false
    }
  }, [text])
  if (patient)
    return (
      <div className="medical-chosen">
        <UserRound aria-hidden="true" />
        <PatientLine patient={patient} />
        <Button size="small" onPress={() => onChoose(null)}>
          {t('medical.otherPatient')}
        </Button>
      </div>
    )
  const isFormer = text.trim().length >= 2 && found.text !== text
  const shown = text.trim().length < 2 ? proposals : found.patients.map(fromIndex)
  return (
    <div className="medical-search">
      <TextField
        label={t('medical.findPatient')}
        value={text}
        onChange={setText}
        placeholder={t('medical.findPatientHint')}
        autoFocus
        aria-controls={list}
      />
      {shown.length > 0 && (
        <ul id={list} className="medical-results" aria-label={t('medical.patients')}>
          {shown.map((one, index) => (
            <li key={`${one.patientId ?? 'x'}-${index}`}>
              <button
                type="button"
                aria-disabled={isFormer}
                onClick={() => {
                  // Found for what was typed before: the one meant may not be among them.
                  if (!isFormer) onChoose(one)
                }}
              >
                <UserRound aria-hidden="true" />
                <PatientLine patient={one} />
              </button>
            </li>
          ))}
        </ul>
      )}
      {text.trim().length >= 2 && found.text === text && shown.length === 0 && (
        <p className="muted small" role="status">
          {t('medical.nobodyFound')}
        </p>
      )}
      {typing ? (
        <Typed onChoose={onChoose} />
      ) : (
        <Button variant="link" size="small" onPress={() => setTyping(true)}>
          {t('medical.typePatient')}
        </Button>
      )}
    </div>
  )
}
