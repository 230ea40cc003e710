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

/** Days and half-hours offered when the user chooses. */
const daysOffered = 90
const stepMinutes = 30

/** A choice of the day and hour lists, local time: days since 1970 in the local calendar, minutes since midnight. */
export interface ScheduleFields {
  day: number
  minutes: number
}

const dayNumber = (date: Date): number =>
  Math.round(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000)

/** The day and half-hour a date falls in. */
export const fieldsOf = (date: Date): ScheduleFields => ({
  day: dayNumber(date),
  minutes: Math.floor((date.getHours() * 60 + date.getMinutes()) / stepMinutes) * stepMinutes,
})

/** The date of a choice, local time. */
export const dateOf = ({ day, minutes }: ScheduleFields): Date => {
  const utc = new Date(day * 86_400_000)
  return new Date(utc.getUTCFullYear(), utc.getUTCMonth(), utc.getUTCDate(), 0, minutes)
}

/** The days to choose from, today first. */
export const offeredDays = (now: Date): number[] =>
  Array.from({ length: daysOffered }, (_, index) => dayNumber(now) + index)

/** The times of day to choose from, in minutes since midnight. */
export const offeredMinutes: readonly number[] = Array.from(
  { length: (24 * 60) / stepMinutes },
  (_, index) => index * stepMinutes,
)
