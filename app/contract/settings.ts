import { z } from 'zod'
import { call, Nothing } from './service.ts'

/** Preferences of this workstation's profile; they hold nothing personal and live beside the vault. */
export const Settings = z.object({
  language: z.enum(['fr', 'en']),
  theme: z.enum(['system', 'light', 'dark', 'contrast']),
  density: z.enum(['comfortable', 'cosy', 'compact']),
  /** Minutes of inactivity before locking (SC.SSI/IE.58 asks 2 hours at most). */
  lockAfterMinutes: z.number().int().min(1).max(120),
  /** Seconds to change one's mind after « Envoyer ». */
  sendDelaySeconds: z.union([z.literal(0), z.literal(5), z.literal(10), z.literal(30)]),
  /** A notice when a recipient's server has delivered, not only when it could not (RFC 3461). */
  deliveryNotices: z.boolean(),
  /** Put before the subject of a message that replaces another. */
  replacePrefix: z.string().max(60),
})
export type Settings = z.infer<typeof Settings>

export const settingsCalls = {
  'settings.get': call(Nothing, Settings),
  'settings.set': call(Settings.partial(), Settings),
}
export const settingsEvents = { 'settings.changed': Settings }
