import { useEffect, useState } from 'react'
import type { SignInProgress } from '../../app/contract/index.ts'
import { Button, Spinner } from '../design/index.ts'
import { t } from '../i18n/index.ts'

const secondsUntil = (iso: string | null): number | null =>
  iso === null ? null : Math.max(0, Math.ceil((Date.parse(iso) - Date.now()) / 1000))

/** Seconds until an ISO date, looked at each second. */
const useSecondsUntil = (iso: string | null): number | null => {
  const [, look] = useState(0)
  useEffect(() => {
    if (iso === null) return undefined
    const timer = setInterval(() => look((looks) => looks + 1), 1000)
    return () => clearInterval(timer)
  }, [iso])
  return secondsUntil(iso)
}

/**
 * While somebody answers elsewhere: where to look, the two digits both screens must show, the time left, and a way out. `page` is
 * the assistant's whole page.
 */
export const SignInWaiting = ({
  progress,
  onCancel,
  page = false,
}: {
  /** Null before the core has said anything. */
  progress: SignInProgress | null
  onCancel: () => void
  page?: boolean
}) => {
  const way = progress?.way ?? 'browser'
  const seconds = useSecondsUntil(progress?.phase === 'waiting' ? progress.endsAt : null)
  const Title = page ? 'h1' : 'h3'
  const state =
    progress === null || progress.phase === 'asking'
      ? t('signIn.asking')
      : progress.phase === 'finishing'
        ? t('signIn.finishing')
        : null
  return (
    <div className={page ? 'assistant-step assistant-waiting sign-in-waiting' : 'sign-in-waiting'}>
      {progress?.bindingMessage && progress.phase !== 'finishing' ? (
        <output className="sign-in-number" aria-label={t('signIn.number')}>
          {progress.bindingMessage}
        </output>
      ) : (
        <Spinner label={state ?? t(`signIn.waitTitle-${way}`)} size="large" />
      )}
      <Title>{t(`signIn.waitTitle-${way}`)}</Title>
      <p className={page ? 'assistant-lead' : 'muted'}>{t(`signIn.waitText-${way}`)}</p>
      <p className="sign-in-state tabular" role="status">
        {state ??
          (seconds === null
            ? ' '
            : seconds === 0
              ? t('signIn.timeOver')
              : t('signIn.timeLeft', {
                  minutes: Math.floor(seconds / 60),
                  seconds: String(seconds % 60).padStart(2, '0'),
                }))}
      </p>
      <Button onPress={onCancel}>{t('common.cancel')}</Button>
    </div>
  )
}
