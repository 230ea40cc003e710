export {
  accountsLoadedStore,
  accountStore,
  actionCountsStore,
  actionNameStore,
  actionProgressStore,
  cardStore,
  createStore,
  draftStore,
  followCore,
  importedKeysStore,
  indexingStore,
  loadDrafts,
  loadErrorStore,
  loadOpenSession,
  openMessage,
  openRequestStore,
  outboxStore,
  progressStore,
  readersStore,
  savedSearchStore,
  sessionStore,
  settingsStore,
  useStore,
} from './stores.ts'
export { certificatesChanged, certificatesStore } from './certificate-decisions.ts'
export { inspectionStore, openInspection } from './inspection-request.ts'
export { openTraces, tracesStore } from './traces-request.ts'
export { useFolderList, useFolders, useNow, type LiveList } from './live-list.ts'
export { useSearchList } from './search-list.ts'
