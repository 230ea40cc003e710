import type { ActionSelection, ExportState, ImportState } from '../../app/contract/index.ts'
import { invoke, on } from '../client/index.ts'
import { createStore } from '../data/index.ts'
import { showError, showToast } from '../design/index.ts'
import { number, t } from '../i18n/index.ts'

/** Imports of this session and those the journal still knows, newest first. */
export const importStore = createStore<readonly ImportState[]>([])
/** The export under way, or the last one until its report is closed. */
export const exportStore = createStore<ExportState | null>(null)
/** What somebody asked to export, and how many messages that is, when known: the dialog is open meanwhile. */
export const exportWishStore = createStore<{ selection: ActionSelection; count: number | null } | null>(null)

/** What an import gave, in words. */
export const importSummary = (state: ImportState): string =>
  [
    t('exchange.imported', { count: state.imported }),
    state.duplicates > 0 ? t('exchange.duplicates', { count: state.duplicates }) : null,
    state.deleted > 0 ? t('exchange.deleted', { count: state.deleted }) : null,
    state.refused > 0 ? t('exchange.refused', { count: state.refused }) : null,
  ]
    .filter((part) => part !== null)
    .join(', ')

/** Percentage, for places without room for a bar. */
export const percentOf = (state: ImportState): string =>
  `${number(state.total === 0 ? 100 : Math.floor((100 * state.done) / state.total))} %`

/** Puts an import in the list, in its place. */
const putImport = (state: ImportState): void => {
  const known = importStore.get()
  const before = known.find((one) => one.id === state.id)
  importStore.set(before ? known.map((one) => (one.id === state.id ? state : one)) : [state, ...known])
  if (before?.state !== 'running' || state.state === 'running') return
  if (state.state === 'done') showToast({ text: t('exchange.report', { text: importSummary(state) }) })
  if (state.error) showError(state.error)
}

/** Puts an import that was just begun in the list; what the core told of it before its answer came is newer. */
export const addImport = (state: ImportState): void => {
  if (!importStore.get().some((one) => one.id === state.id)) putImport(state)
}

export const loadImports = async (): Promise<void> => {
  const answer = await invoke('exchange.imports', null)
  if (!answer.ok) return showError(answer.error)
  // What was told while the answer was on its way is newer.
  const told = importStore.get()
  const others = told.filter((one) => !answer.value.some(({ id }) => id === one.id))
  importStore.set([...others, ...answer.value.map((one) => told.find(({ id }) => id === one.id) ?? one)])
}

const putExport = (state: ExportState): void => {
  const before = exportStore.get()
  if (before && before.id > state.id) return
  const clean = state.missingCount === 0 && state.stillEncrypted === 0
  if (state.state === 'done' && clean)
    showToast({ text: t('exchange.exported', { count: state.done - state.missingCount }) })
  if (state.state === 'cancelled') showToast({ text: t('exchange.exportStopped') })
  if (state.error) showError(state.error)
  // A report stays only when it has something to say.
  exportStore.set(state.state === 'running' || (state.state === 'done' && !clean) ? state : null)
}

/** Follows the core. Returns the unsubscriber; what was shown of the session is forgotten with it. */
export const followExchange = (): (() => void) => {
  const stops = [on('exchange.import', putImport), on('exchange.export', putExport)]
  void loadImports()
  return () => {
    for (const stop of stops) stop()
    importStore.set([])
    exportStore.set(null)
    exportWishStore.set(null)
  }
}

/** Opens the export dialog for these messages. */
export const askExport = (selection: ActionSelection, count: number | null): void =>
  exportWishStore.set({ selection, count })
