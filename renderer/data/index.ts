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
  filingCountsStore,
  filingsChangedStore,
  importedKeysStore,
  indexingStore,
  loadDrafts,
  loadErrorStore,
  loadOpenSession,
  openMessage,
  openRequestStore,
  outboxStore,
  patientsChangedStore,
  progressStore,
  readersStore,
  savedSearchStore,
  sessionStore,
  settingsStore,
  signInStore,
  useStore,
} from './stores.ts'
export { useAnswer, useAnswers } from './answer.ts'
export { useFollowed } from './followed.ts'
export { certificatesChanged, certificatesStore } from './certificate-decisions.ts'
export { inspectionStore, openInspection } from './inspection-request.ts'
export { isPlain, plainOrder, useOrderedList, type ListOrder } from './ordered-list.ts'
export { openPatient, patientRequestStore } from './patient-request.ts'
export { openRecord, recordStore } from './record-request.ts'
export { printRead, readMessageStore } from './printing.ts'
export { openTraces, tracesStore } from './traces-request.ts'
export { useFolderList, useFolders, useNow, type LiveList } from './live-list.ts'
export { useSearchList } from './search-list.ts'
