export {
  accountStore,
  applySettings,
  cardStore,
  followCore,
  loadOpenSession,
  outboxStore,
  progressStore,
  sessionStore,
  settingsStore,
  useStore,
  wipeStores,
} from './stores.ts'
export { applyDelta, wipeWorkingSet, workingSet } from './working-set.ts'
