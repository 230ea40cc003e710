import { RotateCcw, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import { Button, EmptyState } from '../design/index.ts'
import { t } from '../i18n/index.ts'

const FaultScreen = ({ onReload }: { onReload: () => void }) => (
  <main className="fault">
    <EmptyState
      icon={<TriangleAlert />}
      title={t('shell.faultTitle')}
      tone="error"
      actions={
        <Button variant="primary" onPress={onReload}>
          <RotateCcw aria-hidden="true" /> {t('shell.faultReload')}
        </Button>
      }
    >
      {t('shell.faultText')}
    </EmptyState>
  </main>
)

/**
 * Shows the window. A fault while rendering empties React's root: a sentence and a way out take its place, never a white
 * page. `reload` starts the page again; the session stays as it is, in the core.
 */
export const mountWindow = (container: HTMLElement, content: ReactNode, reload: () => void): void => {
  let faulty = false
  const root = createRoot(container, {
    onUncaughtError: (error) => {
      reportError(error)
      if (faulty) return
      faulty = true
      const place = document.createElement('div')
      place.className = 'fault-place'
      container.replaceWith(place)
      createRoot(place).render(<FaultScreen onReload={reload} />)
    },
  })
  root.render(content)
}
