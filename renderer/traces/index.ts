import './traces.css'

export { BrokenTracesBanner, useBrokenTraces } from './chain-banner.tsx'
export { TracesDialog } from './traces-dialog.tsx'
