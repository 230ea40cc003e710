import { Download } from 'lucide-react'
import { useState } from 'react'
import type { ImportState, Output } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { Button, Chip, Dialog, showError, type ChipTone } from '../design/index.ts'
import { errorSentence, number, t } from '../i18n/index.ts'
import { importStore, importSummary, percentOf } from './exchange-state.ts'

const tones: Record<ImportState['state'], ChipTone> = {
  running: 'neutral',
  done: 'ok',
  cancelled: 'warn',
  failed: 'alert',
}

type Refusals = Output<'exchange.refusals'>

/** What was refused and why; the whole list can be kept. */
const RefusalDialog = ({ refusals, onClose }: { refusals: Refusals; onClose: () => void }) => (
  <Dialog
    title={t('exchange.refusalsTitle')}
    width="wide"
    isOpen
    onClose={onClose}
    actions={
      <Button
        onPress={() => {
          void invoke('window.savePart', { url: refusals.url, fileName: 'refus.csv' }).then((saved) => {
            if (!saved.ok) showError(saved.error)
          })
        }}
      >
        <Download aria-hidden="true" /> {t('exchange.saveRefusals')}
      </Button>
    }
  >
    <ul className="exchange-list">
      {refusals.first.map((one, index) => (
        <li key={index}>
          <span className="exchange-words">
            <b>{one.file}</b>
            <span className="muted small">{t('exchange.refusalAt', { place: number(one.place) })}</span>
          </span>
          <span className="small">{errorSentence(one).what}</span>
        </li>
      ))}
    </ul>
  </Dialog>
)

/** One import: where it stands, what it gave, what can be done. */
export const ImportRow = ({ state }: { state: ImportState }) => {
  const [refusals, setRefusals] = useState<Refusals | null>(null)
  const ask = async (method: 'exchange.cancelImport' | 'exchange.resumeImport'): Promise<void> => {
    const answer = await invoke(method, { id: state.id })
    if (!answer.ok) showError(answer.error)
  }
  const forget = async (): Promise<void> => {
    const answer = await invoke('exchange.forgetImport', { id: state.id })
    if (answer.ok) importStore.set(importStore.get().filter((one) => one.id !== state.id))
    else showError(answer.error)
  }
  const show = async (): Promise<void> => {
    const answer = await invoke('exchange.refusals', { id: state.id })
    if (answer.ok) setRefusals(answer.value)
    else showError(answer.error)
  }
  const running = state.state === 'running'
  return (
    <li>
      <span className="exchange-words">
        <b>{state.name}</b>
        <span className="muted small">
          {running ? `${percentOf(state)} · ` : ''}
          {importSummary(state)}
        </span>
        {state.error ? <span className="small">{errorSentence(state.error).what}</span> : null}
      </span>
      {running ? null : <Chip tone={tones[state.state]}>{t(`exchange.import-${state.state}`)}</Chip>}
      {state.refused > 0 ? (
        <Button size="small" onPress={() => show()}>
          {t('exchange.showRefusals')}
        </Button>
      ) : null}
      {running ? (
        <Button size="small" onPress={() => ask('exchange.cancelImport')}>
          {t('exchange.stop')}
        </Button>
      ) : null}
      {state.state === 'failed' ? (
        <Button size="small" onPress={() => ask('exchange.resumeImport')}>
          {t('exchange.resume')}
        </Button>
      ) : null}
      {running ? null : (
        <Button size="small" variant="quiet" onPress={() => forget()}>
          {t('exchange.forget')}
        </Button>
      )}
      {refusals ? <RefusalDialog refusals={refusals} onClose={() => setRefusals(null)} /> : null}
    </li>
  )
}
