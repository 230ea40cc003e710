import { Download, FileUp, RotateCcw, X } from 'lucide-react'
import type { DirectoryState } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { Banner, Button, ErrorBanner, Progress, showError } from '../design/index.ts'
import { fullDate, number, t } from '../i18n/index.ts'

const run = async (
  asked: Promise<{ ok: true } | { ok: false; error: Parameters<typeof showError>[0] }>,
): Promise<void> => {
  const outcome = await asked
  if (!outcome.ok) showError(outcome.error)
}

const importFile = async (): Promise<void> => {
  const chosen = await invoke('window.chooseImport', { kind: 'files' })
  if (!chosen.ok) showError(chosen.error)
  else if (chosen.value) await run(invoke('directory.importFile', { grant: chosen.value.grant }))
}

/** Ways to have a base, or a newer one. */
export const BaseActions = ({ state }: { state: DirectoryState }) =>
  state.work ? (
    <Button onPress={() => run(invoke('directory.cancel', null))}>
      <X aria-hidden="true" /> {t('directory.cancel')}
    </Button>
  ) : (
    <>
      {state.download ? (
        <Button onPress={() => run(invoke('directory.update', null))}>
          {state.resumable ? <RotateCcw aria-hidden="true" /> : <Download aria-hidden="true" />}{' '}
          {t(
            state.resumable
              ? 'directory.resume'
              : state.generation
                ? 'directory.updateNow'
                : 'directory.downloadNow',
          )}
        </Button>
      ) : null}
      <Button variant={state.download ? 'quiet' : 'plain'} onPress={() => importFile()}>
        <FileUp aria-hidden="true" /> {t('directory.importFile')}
      </Button>
    </>
  )

/** How far a download or an import is; nothing while there is none. */
export const BaseProgress = ({ state }: { state: DirectoryState }) => {
  if (!state.work) return null
  const { phase, done, total, lines } = state.work.progress
  const label = t(`directory.phase-${state.work.kind === 'delta' ? 'delta' : phase}`, {
    lines: number(lines),
  })
  // Megabytes: a bar counts what one understands.
  const mega = (bytes: number): number => Math.round(bytes / 100_000) / 10
  return (
    <div className="directory-progress" role="status">
      <Progress label={label} done={mega(done)} total={mega(total)} />
    </div>
  )
}

/** What keeps the base from being of today: an error, its age. */
export const BaseTrouble = ({ state }: { state: DirectoryState }) => (
  <>
    {state.error ? <ErrorBanner error={state.error} /> : null}
    {state.generation && state.generation.kept > 0 && !state.work ? (
      <Banner tone="info" title={t('directory.partial')}>
        <p>{t('directory.partialText', { count: number(state.generation.kept) })}</p>
      </Banner>
    ) : null}
    {state.stale && !state.work && state.generation ? (
      <Banner tone="warn" title={t('directory.stale', { date: fullDate(state.generation.date) })}>
        <p>{t('directory.staleText')}</p>
      </Banner>
    ) : null}
  </>
)
