import type { DiagnosisLine } from '../contract/index.ts'

/** What one server's Date says of this workstation's clock. */
export interface ClockReading {
  host: string
  /** Seconds this workstation is ahead of it; negative when behind. */
  ahead: number
}

/** Beyond it, times shown are wrong; beyond the second one, certificates and logins are refused. */
const tolerated = 60
const refused = 300

/** A Date header is a whole second old at most, and was written some time between asking and hearing. */
export const readClock = (host: string, date: number, asked: number, heard: number): ClockReading => ({
  host,
  ahead: Math.round(((asked + heard) / 2 - date - 500) / 1000),
})

/** The clock by the median of what was read: one server that is wrong must not accuse this workstation. */
export const clockLine = (readings: readonly ClockReading[]): DiagnosisLine => {
  const sorted = readings.toSorted((a, b) => a.ahead - b.ahead)
  const median = sorted[Math.floor((sorted.length - 1) / 2)]
  if (!median) return { area: 'clock', code: 'clock-unknown', details: {} }
  const seconds = Math.abs(median.ahead)
  const code = seconds <= tolerated ? 'clock-right' : seconds <= refused ? 'clock-off' : 'clock-wrong'
  return {
    area: 'clock',
    code,
    details: { seconds, direction: median.ahead < 0 ? 'behind' : 'ahead', host: median.host },
  }
}
