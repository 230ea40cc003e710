import { ArrowLeft, GitCompareArrows, MailX, OctagonX, PencilLine, Stethoscope, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components'
import type { MessageRow, Patient, PatientView, Proposal } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { openPatient, useNow } from '../data/index.ts'
import {
  Avatar,
  Banner,
  Button,
  CardSurface,
  Chip,
  Dialog,
  ErrorState,
  IconButton,
  showError,
  showToast,
  Spinner,
} from '../design/index.ts'
import { spacedMatricule } from '../documents/index.ts'
import { number, patientName, t } from '../i18n/index.ts'
import { bornLine, CompareDialog, InsStatusChip, usePatientAnswer } from '../patients/index.ts'
import { ReadingPane, type ReadingAction } from '../reading/index.ts'
import { Aside } from './aside.tsx'
import { endExchanges, writeAbout, writeToPatient } from './start-draft.ts'
import { Timeline } from './timeline.tsx'
import { authorsOf, shownExchanges, typesOf, wholeTimeline, type TimelineFilter } from './timeline-filter.ts'

interface PageProps {
  /** Opens the composer on the draft that is being made. */
  onWrite: (make: () => Promise<number | null>) => void
  /** What the pane of the opened message asks. */
  onAction: (row: MessageRow, action: ReadingAction) => void
}

const Head = ({ patient, onWrite }: Pick<PageProps, 'onWrite'> & { patient: Patient }) => {
  const now = useNow()
  const [ending, setEnding] = useState(false)
  const { mail, sex } = patient
  return (
    <CardSurface className="patient-head">
      <Avatar name={`${patient.birthName} ${patient.firstName}`} trust="patient" size="large" />
      <div className="patient-head-words">
        <h1>{patientName(patient)}</h1>
        <p className="muted">
          {t('reading.sex', { sex })} · {bornLine(patient, now)}
          {patient.birthGivenNames && patient.birthGivenNames !== patient.firstName
            ? ` · ${patient.birthGivenNames}`
            : ''}
          {patient.ins ? (
            <>
              {' · '}
              <span className="mono">{spacedMatricule(patient.ins.matricule)}</span>
            </>
          ) : null}
          {patient.ipps.length > 0
            ? ` · IPP ${patient.ipps.map((ipp) => ipp.split('^')[0] ?? '').join(', ')}`
            : ''}
        </p>
        {mail.refusal ? (
          <p className="small patient-refusal">{t(`patients.refusal-${mail.refusal}`)}</p>
        ) : null}
        {mail.minor ? <p className="small muted">{t('patients.minor')}</p> : null}
        {mail.disagreements.length > 0 ? (
          <p className="small patient-refusal">
            {t('patients.confirmDiffers', {
              what: mail.disagreements.map((one) => t(`patients.differs-${one}`)).join(', '),
            })}
          </p>
        ) : null}
      </div>
      <InsStatusChip status={patient.insStatus} />
      {patient.oppositions.map(({ kind }) => (
        <Chip key={kind} tone="alert" icon={<OctagonX aria-hidden="true" />}>
          {t(kind === 'patient-mail' ? 'patients.refusal-opposed' : 'patients.opposition-professional-mail')}
        </Chip>
      ))}
      <div className="patient-head-actions">
        <Button
          variant="primary"
          isDisabled={mail.address === null}
          onPress={() => onWrite(() => writeToPatient(patient))}
        >
          <PencilLine aria-hidden="true" /> {t('patients.write', { sex })}
        </Button>
        <Button onPress={() => onWrite(() => writeAbout(patient, null))}>
          <Stethoscope aria-hidden="true" /> {t('patients.writeColleague')}
        </Button>
        {mail.address === null ? null : (
          <Button onPress={() => setEnding(true)}>{t('patients.endAll')}</Button>
        )}
      </div>
      <Dialog
        title={t('patients.endAllTitle')}
        isOpen={ending}
        onClose={() => setEnding(false)}
        actions={
          <Button
            variant="primary"
            onPress={() => {
              setEnding(false)
              onWrite(() => endExchanges(patient))
            }}
          >
            {t('patients.endAllGo')}
          </Button>
        }
      >
        <p>{t('patients.endAllText')}</p>
      </Dialog>
    </CardSurface>
  )
}

const FilterBar = ({
  view,
  filter,
  onFilter,
}: {
  view: PatientView
  filter: TimelineFilter
  onFilter: (filter: TimelineFilter) => void
}) => {
  const { exchanges, patient } = view
  const types = typesOf(exchanges)
  const authors = [...new Set(exchanges.flatMap(authorsOf))].sort((a, b) => a.localeCompare(b, 'fr'))
  const key = filter.type.kind === 'document' ? `d:${filter.type.label}` : filter.type.kind
  const ofPatient = exchanges.filter(({ row, source }) => source === 'address' || row.trust === 'patient')
  const bare = exchanges.filter(({ documents }) => documents.length === 0)
  return (
    <div className="timeline-filters">
      <ToggleButtonGroup
        className="filters"
        aria-label={t('patients.filterType')}
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[key]}
        onSelectionChange={(keys) => {
          const [next] = keys
          if (typeof next !== 'string') return
          const type: TimelineFilter['type'] = next.startsWith('d:')
            ? { kind: 'document', label: next.slice(2) }
            : { kind: next === 'patient' || next === 'message' ? next : 'all' }
          onFilter({ ...filter, type })
        }}
      >
        <ToggleButton id="all" className="filter">
          {t('patients.everything')} {number(exchanges.length)}
        </ToggleButton>
        {types.map(({ label, count }) => (
          <ToggleButton key={label} id={`d:${label}`} className="filter">
            {label} {number(count)}
          </ToggleButton>
        ))}
        {bare.length > 0 ? (
          <ToggleButton id="message" className="filter">
            {t('patients.group-messages')} {number(bare.length)}
          </ToggleButton>
        ) : null}
        {ofPatient.length > 0 ? (
          <ToggleButton id="patient" className="filter">
            {t('patients.group-patient', { sex: patient.sex })} {number(ofPatient.length)}
          </ToggleButton>
        ) : null}
      </ToggleButtonGroup>
      <label className="timeline-choice">
        <span className="visually-hidden">{t('patients.filterAuthor')}</span>
        <select
          value={filter.author ?? ''}
          onChange={(event) => onFilter({ ...filter, author: event.currentTarget.value || null })}
        >
          <option value="">{t('patients.anyAuthor')}</option>
          {authors.map((author) => (
            <option key={author}>{author}</option>
          ))}
        </select>
      </label>
      <label className="timeline-choice">
        <span className="visually-hidden">{t('patients.filterPeriod')}</span>
        <select
          value={filter.period}
          onChange={(event) => {
            const period = (['all', 'month', 'year'] as const).find(
              (one) => one === event.currentTarget.value,
            )
            if (period) onFilter({ ...filter, period })
          }}
        >
          {(['all', 'month', 'year'] as const).map((period) => (
            <option key={period} value={period}>
              {t(`patients.period-${period}`)}
            </option>
          ))}
        </select>
      </label>
      <label className="timeline-choice">
        <span className="visually-hidden">{t('patients.order')}</span>
        <select
          value={filter.order}
          onChange={(event) =>
            onFilter({ ...filter, order: event.currentTarget.value === 'type' ? 'type' : 'date' })
          }
        >
          <option value="date">{t('patients.order-date')}</option>
          <option value="type">{t('patients.order-type')}</option>
        </select>
      </label>
    </div>
  )
}

const Page = ({ view, onWrite, onAction }: PageProps & { view: PatientView }) => {
  const now = useNow()
  const { patient } = view
  const [filter, setFilter] = useState<TimelineFilter>(wholeTimeline)
  const [openId, setOpenId] = useState<number | null>(null)
  const [compared, setCompared] = useState<Proposal | null>(null)
  const reading = useRef<HTMLElement>(null)
  // In a low window the head of the page fills the screen.
  useEffect(() => {
    if (openId !== null) reading.current?.scrollIntoView({ block: 'nearest' })
  }, [openId])
  const opened = view.exchanges.find(({ row }) => row.id === openId)
  const detach = async (messageId: number): Promise<void> => {
    const outcome = await invoke('patients.detach', { messageId, patientId: patient.id })
    if (!outcome.ok) showError(outcome.error)
    else showToast({ text: t('patients.detached', { name: patientName(patient) }) })
  }
  const shown = shownExchanges(view.exchanges, filter, now)
  return (
    <main className="patient-page" aria-label={patientName(patient)} data-reading={openId !== null}>
      <Button variant="link" size="small" onPress={() => openPatient(null)}>
        <ArrowLeft aria-hidden="true" /> {t('patients.back')}
      </Button>
      <Head patient={patient} onWrite={onWrite} />
      {view.proposals.map((proposal) => (
        <Banner
          key={proposal.id}
          tone="warn"
          title={t('patients.waiting', { count: 1 })}
          actions={
            <Button size="small" onPress={() => setCompared(proposal)}>
              <GitCompareArrows aria-hidden="true" /> {t('patients.compare')}
            </Button>
          }
        >
          <p>
            {patientName(proposal.other)} · {bornLine(proposal.other, now)} ·{' '}
            {t(`patients.reason-${proposal.reason}`)}
          </p>
        </Banner>
      ))}
      <div className="patient-columns">
        <section className="timeline" aria-label={t('patients.timeline')}>
          <FilterBar view={view} filter={filter} onFilter={setFilter} />
          <Timeline
            exchanges={shown}
            order={filter.order}
            sex={patient.sex}
            now={now}
            openId={openId}
            onOpen={setOpenId}
          />
          {view.more ? (
            <p className="muted small">
              {t('patients.olderExist', { shown: number(view.exchanges.length) })}
            </p>
          ) : null}
        </section>
        {openId === null ? (
          <Aside view={view} onOpen={setOpenId} onWrite={(to) => onWrite(() => writeAbout(patient, to))} />
        ) : (
          <section className="patient-reading" ref={reading}>
            <div className="patient-reading-bar">
              {opened?.source === 'manual' ? (
                <Button size="small" onPress={() => detach(openId)}>
                  {t('patients.detach')}
                </Button>
              ) : null}
              <IconButton label={t('patients.closeDocument')} onPress={() => setOpenId(null)}>
                <X aria-hidden="true" />
              </IconButton>
            </div>
            <ReadingPane
              as="section"
              messageId={openId}
              position={null}
              onAction={(action) => {
                if (action === 'close') setOpenId(null)
                else if (opened) onAction(opened.row, action)
              }}
            />
          </section>
        )}
      </div>
      <CompareDialog proposal={compared} onClose={() => setCompared(null)} />
    </main>
  )
}

/** One patient: who it is, all exchanges and documents, values, professionals, oppositions. */
export const PatientPage = ({ id, ...props }: PageProps & { id: number }) => {
  const answer = usePatientAnswer('patients.get', { id })
  if (answer === null)
    return (
      <main className="patient-page" aria-busy="true">
        <Spinner label={t('common.loading')} size="large" />
      </main>
    )
  if (!answer.ok)
    return (
      <main className="patient-page">
        <ErrorState
          icon={<MailX />}
          error={answer.error}
          actions={<Button onPress={() => openPatient(null)}>{t('patients.back')}</Button>}
        />
      </main>
    )
  return <Page key={answer.value.patient.id} view={answer.value} {...props} />
}
