import type { Scene } from './scene.ts'
import { accountScenes } from './scenes-accounts.ts'
import { cardScenes } from './scenes-card.ts'
import { directoryScenes } from './scenes-directory.ts'
import { documentScenes } from './scenes-documents.ts'
import { entryScenes } from './scenes-entry.ts'
import { mailboxScenes } from './scenes-mailbox.ts'
import { patientScenes } from './scenes-patients.ts'
import { recordScenes } from './scenes-record.ts'
import { settingsScenes } from './scenes-settings.ts'
import { signInScenes } from './scenes-sign-in.ts'
import { workScenes } from './scenes-work.ts'

/** Every picture there is. */
export const scenes: readonly Scene[] = [
  ...entryScenes,
  ...accountScenes,
  ...cardScenes,
  ...mailboxScenes,
  ...documentScenes,
  ...workScenes,
  ...directoryScenes,
  ...recordScenes,
  ...settingsScenes,
  ...patientScenes,
  ...signInScenes,
]
