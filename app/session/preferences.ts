import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Settings, type Input, type Outcome, ok, fail } from '../contract/index.ts'

export interface PreferenceFile {
  read: () => string | null
  /** Atomic; throws when the disk refuses. */
  write: (text: string) => void
}

/** `preferences.json` of a profile. A file that is there and cannot be read is told to `onFault`. */
export const preferenceFile = (profileFolder: string, onFault: (error: unknown) => void): PreferenceFile => {
  const path = join(profileFolder, 'preferences.json')
  return {
    read: () => {
      try {
        return readFileSync(path, 'utf8')
      } catch (error) {
        const firstStart = error instanceof Error && 'code' in error && error.code === 'ENOENT'
        if (!firstStart) onFault(error)
        return null
      }
    },
    write: (text) => {
      writeFileSync(`${path}.new`, text, { mode: 0o600 })
      renameSync(`${path}.new`, path)
    },
  }
}

const defaults: Settings = {
  language: 'fr',
  theme: 'system',
  density: 'cosy',
  lockAfterMinutes: 30,
  sendDelaySeconds: 10,
  deliveryNotices: true,
  replacePrefix: '[Annule et remplace] ',
}

export interface Preferences {
  get: () => Settings
  set: (change: Partial<Settings>) => Outcome<Settings>
}

/** Preferences of this profile: nothing personal, beside the vault, so that the unlock screen has its language. */
export const createPreferences = (file: PreferenceFile): Preferences => {
  const load = (): Settings => {
    const text = file.read()
    if (text === null) return defaults
    try {
      const stored: unknown = JSON.parse(text)
      // A file written before a setting existed keeps the others.
      const parsed = Settings.safeParse({ ...defaults, ...(stored as Partial<Settings> | null) })
      return parsed.success ? parsed.data : defaults
    } catch {
      // A damaged preference file costs preferences, never the start.
      return defaults
    }
  }
  let current = load()
  return {
    get: () => current,
    set: (change) => {
      const next = { ...current, ...change }
      try {
        file.write(JSON.stringify(next))
      } catch (cause) {
        return fail('vault.read-only', { cause })
      }
      current = next
      return ok(next)
    },
  }
}

/** The calls of contract/settings.ts. */
export const settingsHandlers = (preferences: Preferences, tell: (settings: Settings) => void) => ({
  'settings.get': () => ok(preferences.get()),
  'settings.set': (change: Input<'settings.set'>) => {
    const outcome = preferences.set(
      Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)),
    )
    if (outcome.ok) tell(outcome.value)
    return outcome
  },
})
