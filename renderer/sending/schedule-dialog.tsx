import { CalendarClock } from 'lucide-react'
import { useState } from 'react'
import { Button, Dialog } from '../design/index.ts'
import { clock, t } from '../i18n/index.ts'
import { dateOf, fieldsOf, scheduleChoices } from './schedule.ts'
import './sending.css'

/** Asks when a message is to leave: a proposed date, or any other to come. */
export const ScheduleDialog = ({
  isOpen,
  onClose,
  onChoose,
  now,
}: {
  isOpen: boolean
  onClose: () => void
  onChoose: (at: Date) => void
  now: Date
}) => {
  const [fields, setFields] = useState(() => fieldsOf(scheduleChoices(now).at(0)?.at ?? now))
  const chosen = dateOf(fields.day, fields.hour)
  const past = chosen !== null && chosen.getTime() <= now.getTime()
  return (
    <Dialog
      title={t('sending.laterTitle')}
      isOpen={isOpen}
      onClose={onClose}
      width="narrow"
      actions={
        <>
          <Button onPress={onClose}>{t('common.cancel')}</Button>
          <Button
            variant="primary"
            isDisabled={chosen === null || past}
            onPress={() => {
              if (chosen) onChoose(chosen)
            }}
          >
            {t('sending.plan')}
          </Button>
        </>
      }
    >
      <div className="schedule-choices">
        {scheduleChoices(now).map(({ kind, at }) => (
          <Button key={kind} wide onPress={() => onChoose(at)}>
            <CalendarClock aria-hidden="true" /> {t(`sending.${kind}`, { time: clock(at.toISOString()) })}
          </Button>
        ))}
      </div>
      <fieldset className="schedule-fields">
        <legend className="field-label">{t('sending.chosen')}</legend>
        <label className="field">
          <span className="field-label">{t('sending.day')}</span>
          <span className="field-input">
            <input
              type="date"
              value={fields.day}
              min={fieldsOf(now).day}
              onChange={(event) => {
                const day = event.currentTarget.value
                setFields((current) => ({ ...current, day }))
              }}
            />
          </span>
        </label>
        <label className="field">
          <span className="field-label">{t('sending.hour')}</span>
          <span className="field-input">
            <input
              type="time"
              value={fields.hour}
              onChange={(event) => {
                const hour = event.currentTarget.value
                setFields((current) => ({ ...current, hour }))
              }}
            />
          </span>
        </label>
      </fieldset>
      {past ? (
        <p className="field-error" role="alert">
          {t('sending.past')}
        </p>
      ) : null}
      <p className="muted small">{t('sending.onlyWhenOpen')}</p>
    </Dialog>
  )
}
