export {
  accountsLoadedStore,
  accountStore,
  cardStore,
  createStore,
  followCore,
  loadErrorStore,
  loadOpenSession,
  outboxStore,
  progressStore,
  sessionStore,
  settingsStore,
  useStore,
  type Store,
} from './stores.ts'
export {
  matchesFilter,
  useFolderList,
  useFolders,
  useNow,
  useRow,
  useSearchList,
  type LiveList,
} from './live-list.ts'
export { workingSet } from './working-set.ts'
