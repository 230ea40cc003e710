const day = 86_400_000

/**
 * « …_202608011530 » in a file's name: when the extraction was made, Paris time taken as UTC: the day is what counts. Null
 * without one, and for a day that is still to come: nobody made an extraction then.
 */
export const dateInName = (name: string, now: number): number | null => {
  const found = /(?<!\d)(20\d\d)[-_]?(\d\d)[-_]?(\d\d)(?:[-_T]?(\d\d)[-_:]?(\d\d)(?:\d\d)?)?(?!\d)/.exec(name)
  if (!found) return null
  const [, year, month, date, hour = '00', minute = '00'] = found
  const time = Date.parse(`${year ?? ''}-${month ?? ''}-${date ?? ''}T${hour}:${minute}:00Z`)
  return Number.isNaN(time) || time > now + day ? null : time
}
