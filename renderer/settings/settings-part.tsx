import type { ReactNode } from 'react'
import type { Settings } from '../../app/contract/index.ts'

/** What a section of choices is given: they are as they are, and each one is applied at once. */
export interface SettingsChange {
  settings: Settings
  change: (part: Partial<Settings>) => void
}

/** A titled part of a page of the settings. */
export const SettingsPart = ({ id, title, children }: { id: string; title: string; children: ReactNode }) => (
  <section className="settings-section" aria-labelledby={id}>
    <h3 id={id}>{title}</h3>
    {children}
  </section>
)
