import { Download } from 'lucide-react'
import type { MessageView } from '../../app/contract/index.ts'
import { Button, Dialog, ErrorBanner, Spinner } from '../design/index.ts'
import { readText, usePart } from '../documents/index.ts'
import { size, t } from '../i18n/index.ts'
import { savePart } from './attachments.tsx'

/** What of the source is shown, in bytes; the rest is saved with the file. */
const shownLimit = 512 * 1024

const Source = ({ view }: { view: MessageView }) => {
  const tooLarge = view.raw.size > shownLimit
  const part = usePart(tooLarge ? null : view.raw.url, shownLimit, readText)
  if (tooLarge) return <p className="muted">{t('reading.sourceTooLarge', { size: size(view.raw.size) })}</p>
  if (part.state === 'loading') return <Spinner label={t('common.loading')} />
  if (part.state === 'failed') return <ErrorBanner error={part.error} />
  return (
    <pre className="source" tabIndex={0} role="region" aria-label={t('reading.source')}>
      {part.value}
    </pre>
  )
}

/** The message exactly as received. */
export const SourceDialog = ({
  view,
  isOpen,
  onClose,
}: {
  view: MessageView
  isOpen: boolean
  onClose: () => void
}) => (
  <Dialog
    title={t('reading.source')}
    width="wide"
    isOpen={isOpen}
    onClose={onClose}
    actions={
      <Button onPress={() => savePart(view.raw.url, 'message.eml')}>
        <Download aria-hidden="true" />
        {t('reading.saveSource')}
      </Button>
    }
  >
    {isOpen && <Source view={view} />}
  </Dialog>
)
