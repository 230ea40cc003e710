import { useEffect } from 'react'
import { useStore } from '../data/index.ts'
import { ExportDialog } from './export-dialog.tsx'
import { exportStore, exportWishStore, followExchange, importStore } from './exchange-state.ts'
import { ExportReport, RunningExport, RunningImport } from './progress.tsx'
import './exchange.css'

/** Over the mailbox: the export dialog, what is under way, and the report of what did not go as asked. Once per window. */
export const ExchangeLayer = () => {
  useEffect(followExchange, [])
  const wish = useStore(exportWishStore)
  const leaving = useStore(exportStore)
  const running = useStore(importStore).filter((one) => one.state === 'running')
  return (
    <>
      <div className="exchange-progress">
        {running.map((one) => (
          <RunningImport key={one.id} state={one} />
        ))}
        {leaving?.state === 'running' ? <RunningExport state={leaving} /> : null}
      </div>
      {wish ? <ExportDialog {...wish} onClose={() => exportWishStore.set(null)} /> : null}
      {leaving?.state === 'done' ? (
        <ExportReport state={leaving} onClose={() => exportStore.set(null)} />
      ) : null}
    </>
  )
}
