import { useEffect, useState } from 'react'
import type { AppError, Output, StorageTask } from '../../app/contract/index.ts'
import { asksPin, CardTrouble, PinForm, toldByCard } from '../card/index.ts'
import { invoke, on } from '../client/index.ts'
import { cardStore, useStore } from '../data/index.ts'
import { Button, ErrorBanner, Progress, Segments, TextField } from '../design/index.ts'
import { dateTime, size, t } from '../i18n/index.ts'
import { NewPassphrase } from './new-passphrase.tsx'

type Chosen = { grant: string; name: string; about: Output<'session.inspectBackup'> }
type Opening = { kind: 'card'; pin: string } | { kind: 'passphrase'; passphrase: string } | null

/** How the restored mailbox will be opened here, when it is not the one of this computer. */
const NewOpening = ({
  busy,
  error,
  onSubmit,
}: {
  busy: boolean
  error: AppError | null
  onSubmit: (opening: Opening) => Promise<void>
}) => {
  const card = useStore(cardStore)
  const [way, setWay] = useState<'card' | 'passphrase'>('card')
  const [passphrase, setPassphrase] = useState<string | null>(null)
  return (
    <>
      <Segments
        label={t('storage.hereWith')}
        value={way}
        options={[
          { value: 'card', label: t('assistant.withCard') },
          { value: 'passphrase', label: t('assistant.withPassphrase') },
        ]}
        onChange={setWay}
      />
      {way === 'passphrase' ? (
        <form
          className="restore-form"
          onSubmit={(event) => {
            event.preventDefault()
            if (passphrase !== null && !busy) void onSubmit({ kind: 'passphrase', passphrase })
          }}
        >
          <NewPassphrase label={t('storage.newPassphrase')} isDisabled={busy} onChange={setPassphrase} />
          {error ? <ErrorBanner error={error} safe={t('storage.restoreSafe')} /> : null}
          <Button type="submit" variant="primary" isDisabled={busy || passphrase === null}>
            {t('storage.restoreDo')}
          </Button>
        </form>
      ) : asksPin(card) ? (
        <PinForm
          card={card}
          busy={busy}
          error={error}
          submitLabel={t('storage.restoreDo')}
          onSubmit={(entry) => onSubmit({ kind: 'card', ...entry })}
        />
      ) : (
        <CardTrouble card={card} />
      )}
    </>
  )
}

/**
 * From a file to a mailbox: which backup, what opens it, and (for one of another computer) how it opens here. When all goes
 * well the session changes by itself.
 */
export const RestoreForm = ({ onRestored }: { onRestored?: () => void }) => {
  const [chosen, setChosen] = useState<Chosen | null>(null)
  const [way, setWay] = useState<'recovery' | 'passphrase'>('recovery')
  const [secret, setSecret] = useState('')
  /** The backup's secret is given; what is left is how it opens here. */
  const [given, setGiven] = useState(false)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<AppError | null>(null)
  const [task, setTask] = useState<StorageTask | null>(null)
  useEffect(() => on('storage.task', (told) => setTask(told.task)), [])

  const choose = async (): Promise<void> => {
    setError(null)
    const picked = await invoke('window.chooseBackup', null)
    if (!picked.ok) return setError(picked.error)
    if (!picked.value) return
    const about = await invoke('session.inspectBackup', { grant: picked.value.grant })
    if (!about.ok) {
      setChosen(null)
      return setError(about.error)
    }
    setChosen({ ...picked.value, about: about.value })
    setWay(about.value.ways.includes('recovery') ? 'recovery' : 'passphrase')
    setSecret('')
    setGiven(false)
  }
  const restore = async (opening: Opening): Promise<void> => {
    if (!chosen || secret === '' || busy) return
    setBusy(true)
    setError(null)
    const unlock =
      way === 'recovery'
        ? { kind: 'recovery' as const, code: secret }
        : { kind: 'passphrase' as const, passphrase: secret }
    const answer = await invoke('session.restore', { grant: chosen.grant, unlock, opening })
    setBusy(false)
    if (answer.ok) return onRestored?.()
    setError(toldByCard(answer.error) ? null : answer.error)
    // A wrong code or passphrase is typed again where it was typed.
    if (answer.error.code === 'vault.recovery-wrong' || answer.error.code === 'vault.passphrase-wrong')
      setGiven(false)
  }

  return (
    <div className="restore">
      {chosen ? (
        <p>
          <strong>{chosen.name}</strong>
          <br />
          {t('storage.backupOf', { date: dateTime(chosen.about.createdAt), size: size(chosen.about.size) })}
        </p>
      ) : null}
      <div>
        <Button variant={chosen ? 'plain' : 'primary'} isDisabled={busy} onPress={() => choose()}>
          {chosen ? t('storage.chooseOther') : t('storage.chooseFile')}
        </Button>
      </div>
      {chosen && given ? (
        <NewOpening busy={busy} error={error} onSubmit={restore} />
      ) : chosen ? (
        <>
          {chosen.about.ways.length > 1 ? (
            <Segments
              label={t('storage.openWith')}
              value={way}
              options={chosen.about.ways
                .toReversed()
                .map((value) => ({ value, label: t(`storage.way-${value}`) }))}
              onChange={(next) => {
                setWay(next)
                setSecret('')
              }}
            />
          ) : null}
          <form
            className="restore-form"
            onSubmit={(event) => {
              event.preventDefault()
              if (chosen.about.sameStore) void restore(null)
              else setGiven(secret !== '')
            }}
          >
            <TextField
              label={way === 'recovery' ? t('storage.recoveryCode') : t('storage.itsPassphrase')}
              {...(way === 'recovery' ? { hint: t('storage.recoveryHint') } : {})}
              type={way === 'recovery' ? 'text' : 'password'}
              autoComplete="off"
              value={secret}
              onChange={setSecret}
              isReadOnly={busy}
            />
            {error ? <ErrorBanner error={error} safe={t('storage.restoreSafe')} /> : null}
            <Button type="submit" variant="primary" isDisabled={busy || secret === ''}>
              {chosen.about.sameStore ? t('storage.restoreDo') : t('common.next')}
            </Button>
          </form>
        </>
      ) : error ? (
        <ErrorBanner error={error} safe={t('storage.restoreSafe')} />
      ) : null}
      {busy && task?.kind === 'restore' ? (
        <Progress
          label={t('storage.task-restore')}
          done={task.total === 0 ? 0 : Math.floor((100 * task.done) / task.total)}
          total={100}
        />
      ) : null}
    </div>
  )
}
