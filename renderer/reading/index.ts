export { ReadingPane } from './reading-pane.tsx'
export type { ReadingAction } from './reading-toolbar.tsx'
