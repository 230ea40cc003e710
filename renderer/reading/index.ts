export { ReadingPane, type ReadingAction } from './reading-pane.tsx'
