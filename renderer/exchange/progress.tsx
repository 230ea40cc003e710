import { X } from 'lucide-react'
import type { ExportState, ImportState } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { Banner, Button, Dialog, IconButton, Progress, showError } from '../design/index.ts'
import { errorSentence, t } from '../i18n/index.ts'
import { percentOf } from './exchange-state.ts'

/** An import under way, with a way to stop it. */
export const RunningImport = ({ state }: { state: ImportState }) => (
  <div className="exchange-card">
    <div className="exchange-card-words">
      <Progress
        label={`${t('exchange.importing', { name: state.name })} · ${percentOf(state)}`}
        done={0}
        total={0}
      />
      <span className="small muted">{t('exchange.import-running', { imported: state.imported })}</span>
    </div>
    <IconButton
      label={t('exchange.stop')}
      size="small"
      onPress={() => {
        void invoke('exchange.cancelImport', { id: state.id }).then((answer) => {
          if (!answer.ok) showError(answer.error)
        })
      }}
    >
      <X aria-hidden="true" />
    </IconButton>
  </div>
)

/** An export under way, with a way to stop it. */
export const RunningExport = ({ state }: { state: ExportState }) => (
  <div className="exchange-card">
    <div className="exchange-card-words">
      <Progress label={t('exchange.exporting')} done={state.done} total={state.total} />
    </div>
    <IconButton
      label={t('exchange.stop')}
      size="small"
      onPress={() => {
        void invoke('exchange.cancelExport', { id: state.id }).then((answer) => {
          if (!answer.ok) showError(answer.error)
        })
      }}
    >
      <X aria-hidden="true" />
    </IconButton>
  </div>
)

/** What an export could not do as asked. */
export const ExportReport = ({ state, onClose }: { state: ExportState; onClose: () => void }) => (
  <Dialog
    title={t('exchange.exportReport')}
    isOpen
    onClose={onClose}
    actions={
      <Button variant="primary" onPress={onClose}>
        {t('common.close')}
      </Button>
    }
  >
    <p>{t('exchange.exported', { count: state.done - state.missingCount })}</p>
    {state.stillEncrypted > 0 ? (
      <Banner tone="info">{t('exchange.stillEncrypted', { count: state.stillEncrypted })}</Banner>
    ) : null}
    {state.missingCount > 0 ? (
      <Banner tone="warn" title={t('exchange.missing', { count: state.missingCount })}>
        <p>{t('exchange.missingText')}</p>
        <ul className="exchange-missing">
          {state.missing.slice(0, 50).map((one) => (
            <li key={one.id}>
              {one.subject === '' ? t('exchange.print-noSubject') : one.subject}{' '}
              <span className="muted small">{errorSentence({ code: one.code }).what}</span>
            </li>
          ))}
        </ul>
      </Banner>
    ) : null}
  </Dialog>
)
