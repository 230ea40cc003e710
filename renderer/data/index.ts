export {
  accountsLoadedStore,
  accountStore,
  cardStore,
  followCore,
  loadErrorStore,
  loadOpenSession,
  outboxStore,
  progressStore,
  sessionStore,
  settingsStore,
  useStore,
} from './stores.ts'
export { useFolderList, useFolders, useNow, useSearchList, type LiveList } from './live-list.ts'
