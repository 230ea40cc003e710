import { ListFilter as ListFilterIcon } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { isPlain, plainOrder, type ListOrder } from '../data/index.ts'
import { Banner, Button, Checkbox, DateField, Dialog, IconButton } from '../design/index.ts'
import { patientLine, t } from '../i18n/index.ts'
import { usePatientAnswer } from '../patients/index.ts'

const sorts = ['date', 'patient', 'type', 'sender', 'unread'] as const

const Choice = ({
  label,
  value,
  onChange,
  children,
}: {
  label: string
  value: string
  onChange: (value: string) => void
  children: ReactNode
}) => (
  <label className="list-order-choice">
    <span className="field-label">{label}</span>
    <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
      {children}
    </select>
  </label>
)

/** Another order of the list, or a part of it: by patient, document type, date and read state (ERGO/va1.05). */
export const ListOrderButton = ({
  folderId,
  order,
  onOrder,
}: {
  /** Null: every inbox. */
  folderId: number | null
  order: ListOrder
  onOrder: (order: ListOrder) => void
}) => {
  const [open, setOpen] = useState(false)
  const answer = usePatientAnswer('messages.facets', open ? { folderId } : null)
  const facets = answer?.ok ? answer.value : { documentLabels: [], patients: [] }
  const change = (next: Partial<ListOrder>): void => onOrder({ ...order, ...next })
  return (
    <>
      <IconButton
        label={t('patients.orderLabel')}
        size="small"
        {...(isPlain(order) ? {} : { variant: 'primary' as const })}
        onPress={() => setOpen(true)}
      >
        <ListFilterIcon aria-hidden="true" />
      </IconButton>
      <Dialog
        title={t('patients.orderLabel')}
        isOpen={open}
        onClose={() => setOpen(false)}
        width="narrow"
        actions={
          <>
            <Button isDisabled={isPlain(order)} onPress={() => onOrder(plainOrder)}>
              {t('patients.listReset')}
            </Button>
            <Button variant="primary" onPress={() => setOpen(false)}>
              {t('common.close')}
            </Button>
          </>
        }
      >
        <div className="list-order">
          <Choice
            label={t('patients.listSort')}
            value={order.sort}
            onChange={(value) => {
              const sort = sorts.find((one) => one === value) ?? 'date'
              // Names read from A to Z, dates from the latest; unread ones are 0.
              change({ sort, descending: sort === 'date' })
            }}
          >
            {sorts.map((sort) => (
              <option key={sort} value={sort}>
                {t(`patients.list-${sort}`)}
              </option>
            ))}
          </Choice>
          <Checkbox isSelected={!order.descending} onChange={(on) => change({ descending: !on })}>
            {t('patients.listAscending')}
          </Checkbox>
          <Choice
            label={t('patients.listPatient')}
            value={String(order.patientId ?? '')}
            onChange={(value) => change({ patientId: value === '' ? null : Number(value) })}
          >
            <option value="">{t('patients.listAnyPatient')}</option>
            {facets.patients.map((patient) => (
              <option key={patient.id} value={patient.id}>
                {patientLine(patient)}
              </option>
            ))}
          </Choice>
          <Choice
            label={t('patients.listType')}
            value={order.documentLabel ?? ''}
            onChange={(value) => change({ documentLabel: value === '' ? null : value })}
          >
            <option value="">{t('patients.listAnyType')}</option>
            {facets.documentLabels.map(({ label }) => (
              <option key={label}>{label}</option>
            ))}
          </Choice>
          <Choice
            label={t('patients.listState')}
            value={order.unread === null ? '' : order.unread ? 'unread' : 'read'}
            onChange={(value) => change({ unread: value === '' ? null : value === 'unread' })}
          >
            <option value="">{t('patients.listAnyState')}</option>
            <option value="unread">{t('patients.listUnread')}</option>
            <option value="read">{t('patients.listRead')}</option>
          </Choice>
          {(['from', 'to'] as const).map((side) => (
            <DateField
              taken="when-left"
              key={`${side} ${order[side] ?? ''}`}
              label={t(side === 'from' ? 'patients.listFrom' : 'patients.listTo')}
              value={order[side]}
              onChange={(day) => change({ [side]: day })}
            />
          ))}
        </div>
      </Dialog>
    </>
  )
}

/** Says that the list is not the ordinary one, and the way back. */
export const ListOrderNote = ({ order, onReset }: { order: ListOrder; onReset: () => void }) =>
  isPlain(order) ? null : (
    <Banner
      title={t('patients.listActive')}
      actions={
        <Button size="small" onPress={onReset}>
          {t('patients.listReset')}
        </Button>
      }
    />
  )
