import { useState } from 'react'
import type { ActionSelection, ExportFormat } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { Banner, Button, Checkbox, Dialog, Segments, showError } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { printLabels } from './print-labels.ts'

const formats = ['eml', 'mbox', 'pdf'] as const satisfies readonly ExportFormat[]

/** How and where a selection leaves the store; the warning comes before the choice of a place. */
export const ExportDialog = ({
  selection,
  count,
  onClose,
}: {
  selection: ActionSelection
  count: number | null
  onClose: () => void
}) => {
  const [format, setFormat] = useState<ExportFormat>('pdf')
  const [subjectInNames, setSubjectInNames] = useState(false)
  const [busy, setBusy] = useState(false)
  const several = count === null || count > 1
  const run = async (): Promise<void> => {
    setBusy(true)
    const fileName = `${t('exchange.exportedName')}.${format}`
    const chosen = await invoke('window.chooseExport', { format, several, fileName })
    if (chosen.ok && chosen.value) {
      const started = await invoke('exchange.export', {
        grant: chosen.value.grant,
        format,
        selection,
        subjectInNames,
        labels: format === 'pdf' ? printLabels() : null,
      })
      if (started.ok) onClose()
      else showError(started.error)
    } else if (!chosen.ok) showError(chosen.error)
    setBusy(false)
  }
  return (
    <Dialog
      title={count === null ? t('exchange.exportAllTitle') : t('exchange.exportTitle', { count })}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t('common.cancel')}</Button>
          <Button variant="primary" isPending={busy} onPress={() => void run()}>
            {t('exchange.doExport')}
          </Button>
        </>
      }
    >
      <Banner tone="warn" title={t('exchange.exportWarning')}>
        <p>{t('exchange.exportWarningText')}</p>
      </Banner>
      <Segments
        label={t('exchange.format')}
        value={format}
        options={formats.map((value) => ({ value, label: t(`exchange.format-${value}`) }))}
        onChange={setFormat}
      />
      <p className="muted">{t(`exchange.format-${format}-text`)}</p>
      {format === 'eml' && several ? (
        <div>
          <Checkbox isSelected={subjectInNames} onChange={setSubjectInNames}>
            {t('exchange.subjectInNames')}
          </Checkbox>
          <p className="muted small exchange-hint">{t('exchange.subjectInNamesText')}</p>
        </div>
      ) : null}
    </Dialog>
  )
}
