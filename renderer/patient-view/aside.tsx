import { HandHelping, PencilLine, Plus, Undo2, X } from 'lucide-react'
import { useState } from 'react'
import type { CareProfessional, OppositionKind, Patient, PatientView } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { Button, CardSurface, Dialog, IconButton, showError, TextField } from '../design/index.ts'
import { PatientResults } from '../documents/index.ts'
import { dateTime, fullDate, t } from '../i18n/index.ts'

const kinds = ['patient-mail', 'professional-mail'] as const satisfies readonly OppositionKind[]

const OppositionDialog = ({
  patient,
  kind,
  onClose,
}: {
  patient: Patient
  kind: OppositionKind | null
  onClose: () => void
}) => {
  const [note, setNote] = useState('')
  if (kind === null) return null
  const record = async (): Promise<void> => {
    const outcome = await invoke('patients.setOpposition', {
      ...{ patientId: patient.id, kind, opposed: true },
      note: note.slice(0, 500),
    })
    if (!outcome.ok) showError(outcome.error)
    else onClose()
  }
  return (
    <Dialog
      title={t('patients.oppositionTitle')}
      isOpen
      onClose={onClose}
      actions={
        <Button variant="primary" onPress={() => record()}>
          {t('patients.record')}
        </Button>
      }
    >
      <p>
        <b>{t(`patients.opposition-${kind}`)}</b>
      </p>
      <p className="muted">{t('patients.oppositionText')}</p>
      <TextField label={t('patients.oppositionNote')} value={note} onChange={setNote} autoFocus />
    </Dialog>
  )
}

const Oppositions = ({ patient }: { patient: Patient }) => {
  const [asked, setAsked] = useState<OppositionKind | null>(null)
  const lift = async (kind: OppositionKind): Promise<void> => {
    const outcome = await invoke('patients.setOpposition', {
      ...{ patientId: patient.id, kind, opposed: false, note: '' },
    })
    if (!outcome.ok) showError(outcome.error)
  }
  return (
    <CardSurface className="aside-card">
      <h2>{t('patients.oppositions')}</h2>
      <ul className="aside-list">
        {kinds.map((kind) => {
          const found = patient.oppositions.find((one) => one.kind === kind)
          return (
            <li key={kind} data-opposed={found !== undefined}>
              <span className="aside-words">
                <span>{t(`patients.opposition-${kind}`)}</span>
                <span className="small muted">
                  {found
                    ? t('patients.opposedSince', { date: fullDate(found.since) })
                    : t('patients.notOpposed')}
                  {found?.note ? ` · ${found.note}` : ''}
                </span>
              </span>
              <Button
                size="small"
                aria-label={`${t(found ? 'patients.lift' : 'patients.oppose')} : ${t(`patients.opposition-${kind}`)}`}
                onPress={() => (found ? void lift(kind) : setAsked(kind))}
              >
                {found ? t('patients.lift') : <HandHelping aria-hidden="true" />}
                {found ? null : t('patients.record')}
              </Button>
            </li>
          )
        })}
      </ul>
      <OppositionDialog key={asked} patient={patient} kind={asked} onClose={() => setAsked(null)} />
    </CardSurface>
  )
}

const AddProfessional = ({ patientId, onClose }: { patientId: number; onClose: () => void }) => {
  const [name, setName] = useState('')
  const [role, setRole] = useState('')
  const [address, setAddress] = useState('')
  const filled = (text: string): string | null => (text.trim() === '' ? null : text.trim())
  const add = async (): Promise<void> => {
    const outcome = await invoke('patients.setProfessional', {
      ...{ patientId, listed: true, name, role: filled(role), address: filled(address) },
      ...{ organisation: null, rpps: null },
    })
    if (!outcome.ok) showError(outcome.error)
    else onClose()
  }
  return (
    <Dialog
      title={t('patients.professionals')}
      isOpen
      onClose={onClose}
      actions={
        <Button variant="primary" isDisabled={filled(name) === null} onPress={() => add()}>
          {t('patients.professionalAdd')}
        </Button>
      }
    >
      <TextField label={t('patients.professionalName')} value={name} onChange={setName} autoFocus />
      <TextField label={t('patients.professionalRole')} value={role} onChange={setRole} />
      <TextField label={t('patients.professionalAddress')} value={address} onChange={setAddress} />
    </Dialog>
  )
}

const Professionals = ({
  patient,
  professionals,
  onWrite,
}: {
  patient: Patient
  professionals: readonly CareProfessional[]
  onWrite: (to: { name: string; address: string }) => void
}) => {
  const [adding, setAdding] = useState(false)
  const remove = async ({ name, address, role, organisation, rpps }: CareProfessional): Promise<void> => {
    const outcome = await invoke('patients.setProfessional', {
      ...{ patientId: patient.id, listed: false, name, address, role, organisation, rpps },
    })
    if (!outcome.ok) showError(outcome.error)
  }
  return (
    <CardSurface className="aside-card">
      <h2>{t('patients.professionals')}</h2>
      {professionals.length === 0 ? <p className="muted">{t('patients.professionalsEmpty')}</p> : null}
      <ul className="aside-list">
        {professionals.map((one) => {
          const { name, address, role, organisation, added } = one
          const details = [role, organisation, added ? t('patients.professionalAdded') : null].filter(Boolean)
          return (
            <li key={`${name} ${address ?? ''}`}>
              <span className="aside-words">
                <span>{name}</span>
                <span className="small muted">{details.join(' · ') || address}</span>
              </span>
              {address === null ? null : (
                <IconButton
                  label={t('patients.writeTo', { name })}
                  size="small"
                  onPress={() => onWrite({ name, address })}
                >
                  <PencilLine aria-hidden="true" />
                </IconButton>
              )}
              <IconButton
                label={t('patients.professionalRemove', { name })}
                size="small"
                onPress={() => remove(one)}
              >
                <X aria-hidden="true" />
              </IconButton>
            </li>
          )
        })}
      </ul>
      <Button size="small" onPress={() => setAdding(true)}>
        <Plus aria-hidden="true" /> {t('patients.professionalAdd')}
      </Button>
      {adding ? <AddProfessional patientId={patient.id} onClose={() => setAdding(false)} /> : null}
    </CardSurface>
  )
}

const Decisions = ({ decisions }: { decisions: PatientView['decisions'] }) => {
  const undo = async (decisionId: number): Promise<void> => {
    const outcome = await invoke('patients.undo', { decisionId })
    if (!outcome.ok) showError(outcome.error)
  }
  if (decisions.length === 0) return null
  return (
    <CardSurface className="aside-card">
      <h2>{t('patients.decisions')}</h2>
      <ul className="aside-list">
        {decisions.map(({ id, at, action, about, undoable }) => (
          <li key={id}>
            <span className="aside-words">
              <span>{t(`patients.decision-${action}`, { about })}</span>
              <span className="small muted tabular">{dateTime(at)}</span>
            </span>
            {undoable ? (
              <IconButton label={t('patients.undo')} size="small" onPress={() => undo(id)}>
                <Undo2 aria-hidden="true" />
              </IconButton>
            ) : null}
          </li>
        ))}
      </ul>
    </CardSurface>
  )
}

/** What stands beside the timeline: values, professionals, oppositions, decisions. */
export const Aside = ({
  view,
  onOpen,
  onWrite,
}: {
  view: PatientView
  onOpen: (messageId: number) => void
  onWrite: (to: { name: string; address: string }) => void
}) => {
  const { birthName, usedName, firstName, sex, birthDate, ins, insStatus } = view.patient
  return (
    <aside className="patient-aside">
      <CardSurface className="aside-card">
        <h2>{t('patients.results')}</h2>
        <PatientResults
          patient={{
            birthName,
            usedName,
            firstName,
            sex,
            birthDate,
            ins,
            qualified: insStatus === 'qualified',
          }}
          openMessage={onOpen}
        />
      </CardSurface>
      <Professionals patient={view.patient} professionals={view.professionals} onWrite={onWrite} />
      <Oppositions patient={view.patient} />
      <Decisions decisions={view.decisions} />
    </aside>
  )
}
