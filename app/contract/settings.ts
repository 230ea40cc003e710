import { z } from 'zod'
import { call, Nothing } from './service.ts'

/** Preferences of this workstation's profile; they hold nothing personal and live beside the vault. */
export const Settings = z.object({
  language: z.enum(['fr', 'en']),
  theme: z.enum(['system', 'light', 'dark', 'contrast']),
  density: z.enum(['comfortable', 'cosy', 'compact']),
  /** Minutes of inactivity before locking (SC.SSI/IE.58 asks 2 hours at most). */
  lockAfterMinutes: z.number().int().min(1).max(120),
})
export type Settings = z.infer<typeof Settings>

export const settingsCalls = {
  'settings.get': call(Nothing, Settings),
  'settings.set': call(Settings.partial(), Settings),
}
export const settingsEvents = { 'settings.changed': Settings }
