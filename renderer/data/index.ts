export {
  accountsLoadedStore,
  accountStore,
  cardStore,
  draftStore,
  followCore,
  importedKeysStore,
  loadDrafts,
  loadErrorStore,
  loadOpenSession,
  outboxStore,
  progressStore,
  sessionStore,
  settingsStore,
  useStore,
} from './stores.ts'
export { useFolderList, useFolders, useNow, useSearchList, type LiveList } from './live-list.ts'
