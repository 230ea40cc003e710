import { Download, ExternalLink } from 'lucide-react'
import type { DocumentSummary } from '../../app/contract/index.ts'
import { Button } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { openFile, saveFile } from './files.ts'

/** Nothing of these is started by a click: they are saved, never opened. */
const runnable =
  /\.(exe|com|scr|bat|cmd|msi|ps1|vbs?|js|jse|wsf|hta|lnk|jar|reg|sh|app|html?|xhtml|svg|xsl|docm|xlsm|pptm)$/i

const nameOf = (summary: DocumentSummary): string =>
  summary.path.split(/[/›]/).at(-1)?.trim() || summary.title || summary.label

/** A file that is not read in the message: open a private copy with the system's program, or save it. */
export const FileOffer = ({ summary, hint }: { summary: DocumentSummary; hint: string }) => {
  const name = nameOf(summary)
  return (
    <div className="doc-offer">
      <p className="muted">{hint}</p>
      <div className="doc-offer-actions">
        {summary.kind !== 'refused' && !runnable.test(name) && (
          <Button size="small" onPress={() => openFile(summary.url, name)}>
            <ExternalLink aria-hidden="true" />
            {t('documents.openWith')}
          </Button>
        )}
        <Button size="small" onPress={() => saveFile(summary.url, name)}>
          <Download aria-hidden="true" />
          {t('documents.saveFile')}
        </Button>
      </div>
    </div>
  )
}
