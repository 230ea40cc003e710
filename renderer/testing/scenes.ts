import type { Scene } from './scene.ts'
import { cardScenes } from './scenes-card.ts'
import { entryScenes } from './scenes-entry.ts'
import { mailboxScenes } from './scenes-mailbox.ts'
import { settingsScenes } from './scenes-settings.ts'
import { workScenes } from './scenes-work.ts'

/** Every picture there is. */
export const scenes: readonly Scene[] = [
  ...entryScenes,
  ...cardScenes,
  ...mailboxScenes,
  ...workScenes,
  ...settingsScenes,
]
