import { CalendarClock } from 'lucide-react'
import { useState } from 'react'
import { Button, Dialog } from '../design/index.ts'
import { clock, t, weekDay } from '../i18n/index.ts'
import { dateOf, fieldsOf, offeredDays, offeredMinutes, scheduleChoices } from './schedule.ts'
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
  const chosen = dateOf(fields)
  const past = chosen.getTime() <= now.getTime()
  return (
    <Dialog
      title={t('sending.laterTitle')}
      isOpen={isOpen}
      onClose={onClose}
      width="narrow"
      actions={
        <>
          <Button onPress={onClose}>{t('common.cancel')}</Button>
          <Button variant="primary" isDisabled={past} onPress={() => onChoose(chosen)}>
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
          <select
            value={fields.day}
            onChange={(event) => {
              const day = Number(event.currentTarget.value)
              setFields((current) => ({ ...current, day }))
            }}
          >
            {offeredDays(now).map((day) => (
              <option key={day} value={day}>
                {weekDay(dateOf({ day, minutes: 0 }).toISOString())}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          <span className="field-label">{t('sending.hour')}</span>
          <select
            value={fields.minutes}
            onChange={(event) => {
              const minutes = Number(event.currentTarget.value)
              setFields((current) => ({ ...current, minutes }))
            }}
          >
            {offeredMinutes.map((minutes) => (
              <option key={minutes} value={minutes}>
                {clock(dateOf({ day: fields.day, minutes }).toISOString())}
              </option>
            ))}
          </select>
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
