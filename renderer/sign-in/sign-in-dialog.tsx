import { useState } from 'react'
import type { Account, AppError, SignInWay } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { signInStore, useStore } from '../data/index.ts'
import { Dialog, ErrorBanner, showToast } from '../design/index.ts'
import { personName, t } from '../i18n/index.ts'
import { CodeForm } from './code-form.tsx'
import { ProfessionalFacts } from './professional-facts.tsx'
import { SignInWaiting } from './sign-in-waiting.tsx'
import { noWish, SignInWays } from './sign-in-ways.tsx'

const PscSignIn = ({ onDone }: { onDone: () => void }) => {
  const { session, professional, underWay } = useStore(signInStore)
  const [wish, setWish] = useState(noWish)
  const [starting, setStarting] = useState(false)
  const [error, setError] = useState<AppError | null>(null)
  const start = async (way: SignInWay, nationalId: string | undefined): Promise<void> => {
    setStarting(true)
    setError(null)
    const signed = await invoke('signIn.start', { way, ...(nationalId === undefined ? {} : { nationalId }) })
    setStarting(false)
    if (signed.ok) onDone()
    else if (signed.error.code !== 'auth.cancelled') setError(signed.error)
  }
  if (starting || underWay)
    return <SignInWaiting progress={underWay} onCancel={() => void invoke('signIn.cancel', null)} />
  return (
    <div className="sign-in-form">
      {session.state === 'closed' ? <p>{t(`signIn.reason-${session.reason}`)}</p> : null}
      {professional ? (
        <section
          className="sign-in-person"
          aria-label={t('signIn.lastSigned', { name: personName(professional) })}
        >
          <strong>{personName(professional)}</strong>
          <ProfessionalFacts professional={professional} />
        </section>
      ) : null}
      {error ? <ErrorBanner error={error} /> : null}
      <SignInWays wish={wish} onWish={setWish} onStart={(way, nationalId) => void start(way, nationalId)} />
      <p className="muted small">{t('signIn.nothingLost')}</p>
    </div>
  )
}

/** Logging in again without leaving the mailbox: by Pro Santé Connect, or with another code. `account` null closes it. */
export const SignInDialog = ({
  account,
  onClose,
}: {
  account: Pick<Account, 'address' | 'auth'> | null
  onClose: () => void
}) => {
  const done = (): void => {
    onClose()
    if (account?.auth === 'psc') showToast({ text: t('signIn.done') })
  }
  const close = (): void => {
    void invoke('signIn.cancel', null)
    onClose()
  }
  return (
    <Dialog
      title={
        account?.auth === 'psc'
          ? t('signIn.dialogTitlePsc')
          : t('signIn.dialogTitle', { address: account?.address ?? '' })
      }
      isOpen={account !== null}
      onClose={close}
    >
      {account?.auth === 'psc' ? <PscSignIn onDone={done} /> : null}
      {account?.auth === 'password-otp' ? (
        <>
          <CodeForm
            address={account.address}
            mayBeKept
            onGiven={() => {
              done()
              return Promise.resolve(null)
            }}
          />
          <p className="muted small">{t('signIn.nothingLost')}</p>
        </>
      ) : null}
    </Dialog>
  )
}
