import { activityNumber, readActivity, readSpecialty, specialtyLabel } from './card-data.ts'
import type { CardConnection } from './connection.ts'
import type { SeenCard } from './protocol.ts'
import type { CardData, Tokens } from './tokens.ts'

/** What is read of a card: `CPS_DATA` never, it takes the card four seconds (cps-card.md §1.7). */
const isWanted = (label: string): boolean => label === specialtyLabel || activityNumber(label) !== null

interface Reading {
  /** Labels yet to be read; null before the card's list is known. */
  left: string[] | null
  data: CardData
}

/**
 * Reads the data objects of an open card, one at each call, while nobody waits for the card. What cannot be read is left out:
 * it is only shown, nothing depends on it.
 */
export const createBackgroundReading = (
  tokens: Tokens,
): {
  /** True when something was read, and more may be to read. Removal and loss are told by whoever looks next. */
  step(link: CardConnection, card: SeenCard): Promise<boolean>
  forget(): void
} => {
  const readings = new Map<number, Reading>()

  const take = (reading: Reading, label: string, value: Uint8Array): void => {
    const number = activityNumber(label)
    if (number === null) {
      reading.data = { ...reading.data, specialty: readSpecialty(value) }
      return
    }
    const activity = readActivity(number, value)
    if (activity) reading.data = { ...reading.data, activities: [...reading.data.activities, activity] }
  }

  return {
    step: async (link, { insertion }) => {
      const reading = readings.get(insertion) ?? { left: null, data: { specialty: null, activities: [] } }
      readings.set(insertion, reading)
      if (reading.left === null) {
        const listed = await link.call({ op: 'data-labels', insertion })
        // In the order they are shown in; each once.
        reading.left = listed.ok ? [...new Set(listed.value.labels.filter(isWanted))].sort() : []
        return reading.left.length > 0
      }
      const label = reading.left.shift()
      if (label === undefined) return false
      const read = await link.call({ op: 'data', insertion, label })
      if (read.ok && read.value.value) {
        take(reading, label, read.value.value)
        tokens.learn(insertion, reading.data)
      }
      return true
    },
    forget: () => {
      readings.clear()
    },
  }
}
