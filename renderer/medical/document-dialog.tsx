import { FileText, PenLine } from 'lucide-react'
import { useState } from 'react'
import type {
  AppError,
  CodeChoice,
  DocumentDetails,
  DocumentPatient,
  DraftDocument,
} from '../../app/contract/index.ts'
import {
  Banner,
  Button,
  DateField,
  Checkbox,
  Dialog,
  ErrorBanner,
  FileDrop,
  Segments,
  Spinner,
  TextField,
} from '../design/index.ts'
import { isoDay, size, t } from '../i18n/index.ts'
import { PatientChoice } from './patient-choice.tsx'
import { TypeChoice } from './type-choice.tsx'

/** What the user gives for a document: a file, a text, or nothing new for one that is there. */
export type Given = { file: File } | { text: string } | null

export interface DocumentWish {
  patient: DocumentPatient | null
  details: DocumentDetails | null
  given: Given
}

const today = (): string => isoDay(new Date())

const isCda = (file: File): boolean => /\.xml$/i.test(file.name) || /xml$/.test(file.type)

const emptyDetails = (): DocumentDetails => ({
  typeCode: '',
  title: '',
  actDate: today(),
  confidentiality: 'N',
  maskedFromProfessionals: false,
  hiddenFromPatient: false,
  hiddenFromRepresentatives: false,
  fileNumber: null,
})

const Source = ({
  mode,
  file,
  text,
  onMode,
  onFile,
  onText,
}: {
  mode: 'file' | 'text'
  file: File | null
  text: string
  onMode: (mode: 'file' | 'text') => void
  onFile: (file: File) => void
  onText: (text: string) => void
}) => (
  <>
    <Segments
      label={t('medical.content')}
      value={mode}
      options={[
        { value: 'file', label: t('medical.content_file') },
        { value: 'text', label: t('medical.content_text') },
      ]}
      onChange={onMode}
    />
    {mode === 'file' ? (
      <>
        <FileDrop
          label={t('medical.pickFile')}
          hint={t('medical.pickHint')}
          accept=".pdf,.txt,.png,.jpg,.jpeg,.xml"
          onFile={onFile}
        />
        {file && (
          <p className="medical-file">
            <FileText aria-hidden="true" /> <b>{file.name}</b>{' '}
            <span className="muted small">{size(file.size)}</span>
          </p>
        )}
      </>
    ) : (
      <label className="field">
        <span className="field-label">{t('medical.letter')}</span>
        <span className="field-input">
          <textarea
            rows={9}
            maxLength={500_000}
            value={text}
            onChange={(event) => onText(event.currentTarget.value)}
          />
        </span>
      </label>
    )}
  </>
)

const Form = ({
  former,
  patient: firstPatient,
  proposals,
  types,
  recent,
  authorKnown,
  error,
  onAuthor,
  onDone,
  onClose,
}: Omit<DocumentDialogProps, 'isOpen' | 'proposals'> & { proposals: readonly DocumentPatient[] }) => {
  const [patient, setPatient] = useState<DocumentPatient | null>(firstPatient ?? proposals[0] ?? null)
  const [details, setDetails] = useState<DocumentDetails>(former?.details ?? emptyDetails())
  const [mode, setMode] = useState<'file' | 'text'>(former?.source === 'text' ? 'text' : 'file')
  const [file, setFile] = useState<File | null>(null)
  const [text, setText] = useState('')
  const [busy, setBusy] = useState(false)
  const set = (change: Partial<DocumentDetails>): void => setDetails((now) => ({ ...now, ...change }))
  const label = types.find(({ code }) => code === details.typeCode)?.label ?? ''
  const structured = former ? former.source === 'cda' : mode === 'file' && file !== null && isCda(file)
  const given: Given = mode === 'text' ? (text.trim() === '' ? null : { text }) : file ? { file } : null
  const complete =
    (former !== null || given !== null) &&
    (structured ||
      (patient !== null && details.typeCode !== '' && details.title.trim() !== '' && details.actDate !== ''))
  const done = async (): Promise<void> => {
    setBusy(true)
    const fresh = details.title.trim()
    const finished = await onDone({
      patient,
      details: structured && former === null ? null : { ...details, title: fresh },
      given,
    })
    // What was refused stays as it was typed.
    if (!finished) setBusy(false)
  }
  return (
    <>
      <div className="medical-form">
        <section aria-label={t('medical.patient')}>
          <h3>{t('medical.patient')}</h3>
          {structured && former === null ? (
            <p className="muted">{t('medical.structuredPatient')}</p>
          ) : (
            <PatientChoice patient={patient} proposals={proposals} onChoose={setPatient} />
          )}
        </section>
        <section aria-label={t('medical.document')}>
          <h3>{t('medical.document')}</h3>
          {former?.replaces && (
            <Banner tone="info" title={t('medical.replacing', { version: former.version })} />
          )}
          <Source mode={mode} file={file} text={text} onMode={setMode} onFile={setFile} onText={setText} />
          {former && <p className="field-hint">{t('medical.keepContent', { name: former.fileName })}</p>}
          {structured ? (
            <p className="field-hint">{t('medical.structured')}</p>
          ) : (
            <>
              <TypeChoice
                types={types}
                recent={recent}
                value={details.typeCode}
                onChange={(typeCode) => {
                  const next = types.find(({ code }) => code === typeCode)?.label ?? ''
                  set({
                    typeCode,
                    ...(details.title === '' || details.title === label ? { title: next } : {}),
                  })
                }}
              />
              <TextField
                label={t('medical.documentTitle')}
                value={details.title}
                maxLength={200}
                onChange={(title) => set({ title })}
              />
              <div className="medical-columns">
                <DateField
                  label={t('medical.actDate')}
                  value={details.actDate === '' ? null : details.actDate}
                  onChange={(day) => set({ actDate: day ?? '' })}
                  latest={today()}
                />
                <TextField
                  label={t('medical.fileNumber')}
                  value={details.fileNumber ?? ''}
                  maxLength={20}
                  onChange={(number) => set({ fileNumber: number.trim() === '' ? null : number.trim() })}
                />
              </div>
              <Segments
                label={t('medical.confidentiality')}
                value={details.confidentiality}
                options={[
                  { value: 'N', label: t('medical.confidentiality_N') },
                  { value: 'R', label: t('medical.confidentiality_R') },
                  { value: 'V', label: t('medical.confidentiality_V') },
                ]}
                onChange={(confidentiality) => set({ confidentiality })}
              />
            </>
          )}
          {!(structured && former === null) && (
            <fieldset className="medical-hidden">
              <legend className="field-label">{t('medical.visibility')}</legend>
              <Checkbox
                isSelected={details.hiddenFromPatient}
                onChange={(hiddenFromPatient) => set({ hiddenFromPatient })}
              >
                {t('medical.hiddenFromPatient')}
              </Checkbox>
              <Checkbox
                isSelected={details.hiddenFromRepresentatives}
                onChange={(hiddenFromRepresentatives) => set({ hiddenFromRepresentatives })}
              >
                {t('medical.hiddenFromRepresentatives')}
              </Checkbox>
              <Checkbox
                isSelected={details.maskedFromProfessionals}
                onChange={(maskedFromProfessionals) => set({ maskedFromProfessionals })}
              >
                {t('medical.maskedFromProfessionals')}
              </Checkbox>
            </fieldset>
          )}
        </section>
        {!authorKnown && !structured && (
          <Banner tone="warn" title={t('medical.authorMissing')}>
            <Button size="small" onPress={onAuthor}>
              <PenLine aria-hidden="true" /> {t('medical.completeAuthor')}
            </Button>
          </Banner>
        )}
      </div>
      {error && <ErrorBanner error={error} />}
      <div className="dialog-actions">
        <Button onPress={onClose}>{t('common.cancel')}</Button>
        <Button variant="primary" isDisabled={!complete || busy} onPress={() => done()}>
          {busy ? <Spinner label={t('medical.making')} /> : null}
          {former ? t('medical.save') : t('medical.join')}
        </Button>
      </div>
    </>
  )
}

interface DocumentDialogProps {
  isOpen: boolean
  /** The document that is changed; null for a new one. */
  former: DraftDocument | null
  /** Of the documents there are already: the same for all. */
  patient: DocumentPatient | null
  /** Null while they are asked for. */
  proposals: readonly DocumentPatient[] | null
  types: readonly CodeChoice[]
  recent: readonly string[]
  authorKnown: boolean
  /** Why the last wish was refused. */
  error: AppError | null
  onAuthor: () => void
  /** True when the core took it. */
  onDone: (wish: DocumentWish) => Promise<boolean>
  onClose: () => void
}

/** « Joindre un document médical »: whose it is, what it is, who may see it. */
export const DocumentDialog = ({ isOpen, proposals, ...form }: DocumentDialogProps) => {
  // Those it begins with: what is typed stays, whatever is proposed later.
  const [first, setFirst] = useState<readonly DocumentPatient[] | null>(null)
  if (isOpen && first === null && proposals !== null) setFirst(proposals)
  if (!isOpen && first !== null) setFirst(null)
  return (
    <Dialog
      title={form.former ? t('medical.changeTitle') : t('medical.addTitle')}
      isOpen={isOpen}
      onClose={form.onClose}
      width="wide"
    >
      {!isOpen ? null : first === null ? (
        <Spinner label={t('common.loading')} />
      ) : (
        <Form key={form.former?.id ?? 'new'} {...form} proposals={first} />
      )}
    </Dialog>
  )
}
