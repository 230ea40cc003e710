/** Hours proposed for a message that leaves later: the evening, and before consultations begin. */
const evening = 19
const morning = 8

export interface ScheduleChoice {
  kind: 'tonight' | 'tomorrow' | 'monday'
  at: Date
}

const onDay = (now: Date, days: number, hour: number): Date =>
  new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour)

/** The dates worth proposing now, local time: tonight while it is not evening, tomorrow, and Monday before a week-end. */
export const scheduleChoices = (now: Date): ScheduleChoice[] => {
  const tonight = onDay(now, 0, evening)
  const weekday = now.getDay()
  const toMonday = (8 - weekday) % 7
  return [
    // An hour before, it is hardly « later ».
    ...(tonight.getTime() - now.getTime() > 3_600_000 ? [{ kind: 'tonight' as const, at: tonight }] : []),
    { kind: 'tomorrow', at: onDay(now, 1, morning) },
    ...(weekday === 5 || weekday === 6
      ? [{ kind: 'monday' as const, at: onDay(now, toMonday, morning) }]
      : []),
  ]
}

const two = (value: number): string => String(value).padStart(2, '0')

/** Values of the day and hour fields for a date, local time. */
export const fieldsOf = (date: Date): { day: string; hour: string } => ({
  day: `${String(date.getFullYear())}-${two(date.getMonth() + 1)}-${two(date.getDate())}`,
  hour: `${two(date.getHours())}:${two(date.getMinutes())}`,
})

/** The date of the fields, local time; null when they name none. */
export const dateOf = (day: string, hour: string): Date | null => {
  const date = new Date(`${day}T${hour}`)
  return /^\d{4}-\d{2}-\d{2}$/.test(day) && /^\d{2}:\d{2}$/.test(hour) && !Number.isNaN(date.getTime())
    ? date
    : null
}
