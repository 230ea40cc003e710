import { useState } from 'react'
import type { AppError, CodeChallenge } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { signInStore, useStore } from '../data/index.ts'
import { Banner, Button, Checkbox, ErrorBanner, Spinner, TextField } from '../design/index.ts'
import { t } from '../i18n/index.ts'

/** What the professional gave for a mailbox, once the code was taken. */
interface GivenCode {
  user: string | null
  /** Where it is to be kept; null otherwise. */
  password: string | null
}

/** Password, then the one-time code that came: two short pages, nothing of which is stored but what the policy lets keep. */
export const CodeForm = ({
  address,
  mayBeKept = false,
  safe,
  onGiven,
}: {
  address: string
  /** The mailbox exists, and its password may be in the store. */
  mayBeKept?: boolean
  /** What errors say is safe, where the place knows better. */
  safe?: string
  /** The mailbox may connect now; what it answers is an error of that connection. */
  onGiven: (given: GivenCode) => Promise<AppError | null>
}) => {
  const { oneTimeCode } = useStore(signInStore)
  const [user, setUser] = useState('')
  const [password, setPassword] = useState('')
  const [keep, setKeep] = useState(false)
  const [challenge, setChallenge] = useState<CodeChallenge | null>(null)
  const [code, setCode] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<AppError | null>(null)
  const [typing, setTyping] = useState(!(mayBeKept && oneTimeCode?.keepsPassword === true))
  const asksUser = oneTimeCode?.asksUser === true && !mayBeKept
  const ready = !typing || (password !== '' && (!asksUser || user.trim() !== ''))

  const ask = async (): Promise<void> => {
    setBusy(true)
    setError(null)
    const asked = await invoke('signIn.askCode', {
      address,
      user: asksUser ? user.trim() : null,
      password: typing ? password : null,
    })
    setBusy(false)
    setCode('')
    if (asked.ok) setChallenge(asked.value)
    // None was kept, or it is no longer the one: it is typed.
    else if (!typing && asked.error.code === 'auth.failed') setTyping(true)
    else setError(asked.error)
  }
  const give = async (): Promise<void> => {
    setBusy(true)
    setError(null)
    const given = await invoke('signIn.giveCode', { address, code })
    const failed = given.ok
      ? await onGiven({ user: asksUser ? user.trim() : null, password: keep ? password : null })
      : given.error
    setBusy(false)
    setCode('')
    if (!failed) setPassword('')
    else {
      setError(failed)
      // A code serves once: another one is wanted.
      if (given.ok || failed.code !== 'auth.code-wrong') setChallenge(null)
    }
  }
  const trouble = error ? <ErrorBanner error={error} {...(safe ? { safe } : {})} /> : null

  if (!challenge)
    return (
      <form
        className="sign-in-form"
        onSubmit={(event) => {
          event.preventDefault()
          if (ready && !busy) void ask()
        }}
      >
        {asksUser ? (
          <TextField
            label={t('signIn.user')}
            hint={t('signIn.userHint')}
            value={user}
            onChange={setUser}
            autoComplete="off"
          />
        ) : null}
        {typing ? (
          <TextField
            label={t('signIn.password')}
            {...(keep ? {} : { hint: t('signIn.passwordEachTime') })}
            type="password"
            autoComplete="off"
            value={password}
            onChange={setPassword}
          />
        ) : null}
        {oneTimeCode?.keepsPassword && !mayBeKept ? (
          <Checkbox isSelected={keep} onChange={setKeep}>
            {t('signIn.keepPassword')}
          </Checkbox>
        ) : null}
        {trouble}
        <Button type="submit" variant="primary" size="large" isDisabled={!ready || busy}>
          {busy ? <Spinner label={t('signIn.askCode')} /> : null}
          {t('signIn.askCode')}
        </Button>
      </form>
    )
  const to = challenge.destination ? t('signIn.codeTo', { destination: challenge.destination }) : ''
  return (
    <form
      className="sign-in-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (code.trim() !== '' && !busy) void give()
      }}
    >
      <Banner title={t(`signIn.codeSent-${challenge.sentBy}`, { to })} />
      <div className="sign-in-code">
        <TextField
          label={t('signIn.code')}
          hint={t('signIn.codeHint', { digits: challenge.digits })}
          inputMode="numeric"
          autoComplete="one-time-code"
          autoFocus
          maxLength={challenge.digits + 4}
          value={code}
          onChange={setCode}
        />
      </div>
      {trouble}
      <div className="sign-in-row">
        <Button type="submit" variant="primary" size="large" isDisabled={code.trim() === '' || busy}>
          {busy ? <Spinner label={t('signIn.giveCode')} /> : null}
          {t('signIn.giveCode')}
        </Button>
        <Button
          variant="link"
          isDisabled={busy}
          onPress={() => {
            setChallenge(null)
            setError(null)
          }}
        >
          {t('signIn.newCode')}
        </Button>
      </div>
    </form>
  )
}
