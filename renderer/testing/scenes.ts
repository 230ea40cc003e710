import type { Scene } from './scene.ts'
import { cardScenes } from './scenes-card.ts'
import { directoryScenes } from './scenes-directory.ts'
import { entryScenes } from './scenes-entry.ts'
import { mailboxScenes } from './scenes-mailbox.ts'
import { patientScenes } from './scenes-patients.ts'
import { settingsScenes } from './scenes-settings.ts'
import { signInScenes } from './scenes-sign-in.ts'
import { workScenes } from './scenes-work.ts'

/** Every picture there is. */
export const scenes: readonly Scene[] = [
  ...entryScenes,
  ...cardScenes,
  ...mailboxScenes,
  ...workScenes,
  ...directoryScenes,
  ...settingsScenes,
  ...patientScenes,
  ...signInScenes,
]
