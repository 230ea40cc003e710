import { ok, type Outcome } from '../contract/index.ts'
import type { Vault } from '../vault/index.ts'
import { walkSlices } from './slices.ts'

/** Messages looked at, and let go of, in one go. */
const atATime = 1000
const droppedAtATime = 50

/** The moment before which a rule of so many months lets bodies go. */
export const cutOff = (now: number, months: number): number => {
  const date = new Date(now)
  const day = date.getUTCDate()
  date.setUTCDate(1)
  date.setUTCMonth(date.getUTCMonth() - months)
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  date.setUTCDate(Math.min(day, lastDay))
  return date.getTime()
}

/** What a rule would let go of, changing nothing. */
export const previewRetention = async (
  vault: Vault,
  rule: { accountId: number; before: number },
): Promise<Outcome<{ messages: number; bytes: number }>> => {
  const sum = { messages: 0, bytes: 0 }
  const walked = await walkSlices(
    (after) => vault.run('retention.preview', { ...rule, after, limit: atATime }),
    ({ messages, bytes }) => {
      sum.messages += messages
      sum.bytes += bytes
    },
  )
  return walked.ok ? ok(sum) : walked
}

/**
 * Applies all rules, in slices; `cancelled` is looked at between two. A crash in between leaves what was let go of until
 * then; its part files are swept later.
 */
export const applyRetention = async (
  vault: Vault,
  now: number,
  cancelled: () => boolean,
): Promise<Outcome<{ messages: number; bytes: number }>> => {
  const rules = await vault.run('retention.rules', {})
  if (!rules.ok) return rules
  const sum = { messages: 0, bytes: 0 }
  for (const { accountId, months } of rules.value) {
    const before = cutOff(now, months)
    const walked = await walkSlices(
      (after) => vault.run('retention.drop', { accountId, before, after, limit: droppedAtATime }),
      ({ ids, bytes, files }) => {
        sum.messages += ids.length
        sum.bytes += bytes
        return files.length > 0 ? vault.parts.remove(files) : undefined
      },
      cancelled,
    )
    if (!walked.ok) return walked
  }
  return ok(sum)
}
