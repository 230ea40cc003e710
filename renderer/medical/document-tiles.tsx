import { EllipsisVertical, FileHeart, TriangleAlert } from 'lucide-react'
import type { DraftDocument, DraftMedical } from '../../app/contract/index.ts'
import { Button, Chip, IconButton, Menu } from '../design/index.ts'
import { fullDate, size, t } from '../i18n/index.ts'

export type DocumentAction = 'preview' | 'change' | 'convert' | 'remove'

const kindOf = (document: DraftDocument): string => t(`medical.made_${document.source}`)

/** One document of the draft: its type, its patient’s name on it, what it becomes. */
const Tile = ({
  document,
  label,
  patient,
  onAction,
}: {
  document: DraftDocument
  label: string
  patient: string
  onAction: (action: DocumentAction) => void
}) => (
  <li className="file medical-tile">
    <FileHeart aria-hidden="true" />
    <span className="file-words">
      <b>{document.details.title}</b>
      <span className="small muted">
        {label === document.details.title ? '' : `${label} · `}
        {patient} · {fullDate(document.details.actDate)}
      </span>
      <span className="small muted">
        {kindOf(document)} · {size(document.pdf.size)}
        {document.version > 1 ? ` · ${t('medical.version', { version: document.version })}` : ''}
      </span>
      {document.pdf.state === 'not-pdfa' && (
        <Chip tone="warn" icon={<TriangleAlert aria-hidden="true" />}>
          {t('medical.notPdfa')}
        </Chip>
      )}
    </span>
    <Button size="small" onPress={() => onAction('preview')}>
      {t('medical.preview')}
    </Button>
    <Menu
      label={t('medical.more', { name: document.details.title })}
      trigger={
        <IconButton label={t('medical.more', { name: document.details.title })} size="small">
          <EllipsisVertical aria-hidden="true" />
        </IconButton>
      }
      entries={[
        { id: 'change', label: t('medical.change'), onAction: () => onAction('change') },
        ...(document.pdf.state === 'not-pdfa' && document.source === 'pdf'
          ? [{ id: 'convert', label: t('medical.convert'), onAction: () => onAction('convert') }]
          : []),
        { id: 'remove', label: t('medical.remove'), onAction: () => onAction('remove') },
      ]}
    />
  </li>
)

/** The medical documents of a draft, with whose they are. */
export const DocumentTiles = ({
  medical,
  labelOf,
  onAction,
}: {
  medical: DraftMedical
  labelOf: (typeCode: string) => string
  onAction: (document: DraftDocument, action: DocumentAction) => void
}) => {
  const { patient } = medical
  const name = patient ? `${patient.birthName.toUpperCase()} ${patient.firstName}` : ''
  return (
    <ul className="medical-tiles" aria-label={t('medical.documents')}>
      {medical.documents.map((document) => (
        <Tile
          key={document.id}
          document={document}
          label={labelOf(document.details.typeCode)}
          patient={name}
          onAction={(action) => onAction(document, action)}
        />
      ))}
    </ul>
  )
}
