import { actionNameStore, actionProgressStore, useStore } from '../data/index.ts'
import { Button, Progress } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { runningBulk, stopBulk } from './bulk.ts'

/** How far an action on many messages is, with a way to stop it and go back. */
export const BulkBar = () => {
  const progress = runningBulk(useStore(actionProgressStore))
  const names = useStore(actionNameStore)
  if (!progress) return null
  const known = progress.undoes === null ? names.get(progress.actionId) : undefined
  const label = known ?? t('actions.doing-undo')
  return (
    <section className="bulk-bar" aria-label={label}>
      <Progress label={label} done={progress.done} total={progress.total} />
      {progress.undoes === null ? (
        <Button size="small" onPress={() => stopBulk(progress.actionId)}>
          {t('common.cancel')}
        </Button>
      ) : null}
    </section>
  )
}
