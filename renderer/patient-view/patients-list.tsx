import { UserPlus, UserSearch } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components'
import type { Patient } from '../../app/contract/index.ts'
import { openPatient, useNow } from '../data/index.ts'
import { Avatar, Banner, Button, Chip, EmptyState, ErrorState, Spinner, TextField } from '../design/index.ts'
import { spacedMatricule } from '../documents/index.ts'
import { fullDate, number, patientName, t } from '../i18n/index.ts'
import { bornLine, InsStatusChip, NewPatientDialog, usePatientAnswers } from '../patients/index.ts'

/** Patients asked at once. */
const pageSize = 50
const filters = ['name', 'recent', 'compare'] as const
type Filter = (typeof filters)[number]

const PatientRow = ({ patient, now }: { patient: Patient; now: Date }) => (
  <li>
    <Button variant="quiet" className="patient-row" onPress={() => openPatient(patient.id)}>
      <Avatar name={`${patient.birthName} ${patient.firstName}`} trust="patient" size="large" />
      <span className="patient-row-words">
        <span className="patient-row-name">{patientName(patient)}</span>
        <span className="small muted">
          {t('reading.sex', { sex: patient.sex })} · {bornLine(patient, now)}
        </span>
        {patient.ins ? (
          <span className="small mono muted">INS {spacedMatricule(patient.ins.matricule)}</span>
        ) : null}
      </span>
      <span className="patient-row-chips">
        {patient.alert?.level === 'critical' ? (
          <Chip tone="alert">
            {patient.alert.code} {patient.alert.analyte}
          </Chip>
        ) : null}
        {patient.proposals > 0 ? (
          <Chip tone="warn">{t('patients.toCompare', { count: patient.proposals })}</Chip>
        ) : null}
        {patient.unread > 0 ? (
          <Chip tone="brand">{t('patients.unread', { count: patient.unread })}</Chip>
        ) : null}
        <InsStatusChip status={patient.insStatus} />
      </span>
      <span className="patient-row-last small muted">
        {t('patients.documentCount', { count: patient.documentCount })}
        <br />
        {patient.lastAt === null
          ? t('patients.noExchange')
          : t('patients.lastExchange', { date: fullDate(patient.lastAt) })}
      </span>
    </Button>
  </li>
)

/** Every patient of the base, searched by names, birth date or matricule. */
export const PatientsList = () => {
  const now = useNow()
  const [text, setText] = useState('')
  const [filter, setFilter] = useState<Filter>('recent')
  const [limit, setLimit] = useState(pageSize)
  const [adding, setAdding] = useState(false)
  const field = useRef<HTMLDivElement>(null)
  useEffect(() => {
    field.current?.querySelector('input')?.focus()
  }, [])
  const { answer } = usePatientAnswers('patients.list', {
    ...{ text, sort: filter === 'name' ? 'name' : 'recent', offset: 0, limit: Math.min(limit, 200) },
    toCompare: filter === 'compare',
  })
  const listed = answer?.ok ? answer.value : null
  return (
    <main className="patients-page" aria-label={t('patients.title')}>
      <header className="patients-head">
        <div className="patients-title">
          <h1>{t('patients.title')}</h1>
          {listed ? (
            <span className="muted">
              {t('patients.count', { count: listed.total, shown: number(listed.total) })}
            </span>
          ) : null}
          <Button onPress={() => setAdding(true)}>
            <UserPlus aria-hidden="true" /> {t('patients.add')}
          </Button>
        </div>
        <div ref={field}>
          <TextField
            label={t('patients.search')}
            placeholder={t('patients.searchPlaceholder')}
            value={text}
            onChange={(next) => {
              setText(next.slice(0, 200))
              setLimit(pageSize)
            }}
          />
        </div>
        <ToggleButtonGroup
          className="filters"
          aria-label={t('patients.sort')}
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[filter]}
          onSelectionChange={(keys) => {
            const next = filters.find((candidate) => keys.has(candidate))
            if (next) setFilter(next)
          }}
        >
          <ToggleButton id="recent" className="filter">
            {t('patients.sort-recent')}
          </ToggleButton>
          <ToggleButton id="name" className="filter">
            {t('patients.sort-name')}
          </ToggleButton>
          <ToggleButton id="compare" className="filter">
            {t('patients.toCompare', { count: listed?.proposals ?? 0 })}
          </ToggleButton>
        </ToggleButtonGroup>
      </header>
      {listed && listed.reading > 0 ? (
        <Banner title={t('patients.reading', { count: listed.reading, shown: number(listed.reading) })} />
      ) : null}
      {answer === null ? (
        <Spinner label={t('common.loading')} size="large" />
      ) : !answer.ok ? (
        <ErrorState icon={<UserSearch />} error={answer.error} />
      ) : answer.value.patients.length === 0 ? (
        <EmptyState
          icon={<UserSearch />}
          title={t(text.trim() === '' ? 'patients.empty' : 'patients.notFound')}
        >
          {t(text.trim() === '' ? 'patients.emptyText' : 'patients.notFoundText')}
        </EmptyState>
      ) : (
        <>
          <ul className="patients-list">
            {answer.value.patients.map((patient) => (
              <PatientRow key={patient.id} patient={patient} now={now} />
            ))}
          </ul>
          {answer.value.total > answer.value.patients.length && limit < 200 ? (
            <Button variant="link" onPress={() => setLimit(limit + pageSize)}>
              {t('patients.showMore')}
            </Button>
          ) : null}
        </>
      )}
      <NewPatientDialog
        isOpen={adding}
        onClose={() => setAdding(false)}
        onCreated={({ id }) => {
          setAdding(false)
          openPatient(id)
        }}
      />
    </main>
  )
}
