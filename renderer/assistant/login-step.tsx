import { ExternalLink, ServerCog } from 'lucide-react'
import { useRef, useState } from 'react'
import type { AppError, AuthKind, Discovery, NewAccount, Server } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { cardStore, useStore } from '../data/index.ts'
import { Button, CardSurface, Segments, Spinner, TextField } from '../design/index.ts'
import { fullName, t } from '../i18n/index.ts'
import { SetupError } from './setup-error.tsx'

const serverText = (server: Server): string =>
  `${server.host}:${server.port} · ${server.security === 'starttls' ? 'STARTTLS' : 'TLS'}`

/** The servers found, then who you are to them: Pro Santé Connect in the system browser, or a password. */
export const LoginStep = ({
  discovery,
  onBack,
  onCreated,
}: {
  discovery: Discovery
  onBack: () => void
  onCreated: () => void
}) => {
  const card = useStore(cardStore)
  const holder = 'token' in card ? card.token.holder : null
  const [displayName, setDisplayName] = useState(
    holder ? fullName(holder) : (discovery.address.split('@')[0] ?? ''),
  )
  const [kind, setKind] = useState<NewAccount['kind']>('personal')
  const [auth, setAuth] = useState<AuthKind>(discovery.auth[0] ?? 'password')
  const [password, setPassword] = useState('')
  const [waiting, setWaiting] = useState(false)
  const [error, setError] = useState<AppError | null>(null)
  // Cancelling gives the page back at once; an answer that comes later is ignored.
  const attempt = useRef(0)
  const ready = displayName.trim() !== '' && (auth === 'psc' || password !== '')

  const connect = async (): Promise<void> => {
    const mine = ++attempt.current
    setWaiting(true)
    setError(null)
    const created = await invoke('accounts.create', {
      address: discovery.address,
      displayName: displayName.trim(),
      kind,
      imap: discovery.imap,
      smtp: discovery.smtp,
      auth: auth === 'psc' ? { kind: 'psc' } : { kind: 'password', password },
    })
    if (attempt.current !== mine) return
    setWaiting(false)
    if (created.ok) {
      setPassword('')
      onCreated()
    } else setError(created.error)
  }

  if (waiting)
    return (
      <div className="assistant-step assistant-waiting">
        <Spinner label={t('assistant.connecting')} size="large" />
        <h1>{auth === 'psc' ? t('assistant.waitingPsc') : t('assistant.connecting')}</h1>
        <p className="assistant-lead">
          {auth === 'psc' ? t('assistant.waitingPscText') : t('assistant.connectingText')}
        </p>
        <Button
          onPress={() => {
            attempt.current += 1
            setWaiting(false)
            if (auth === 'psc') void invoke('accounts.cancelLogin', null)
          }}
        >
          {t('common.cancel')}
        </Button>
      </div>
    )
  return (
    <div className="assistant-step">
      <h1>{t('assistant.loginTitle')}</h1>
      <CardSurface className="assistant-servers">
        <ServerCog aria-hidden="true" />
        <div>
          <strong>{discovery.address}</strong>
          <p className="muted small">{t('assistant.receiving', { server: serverText(discovery.imap) })}</p>
          <p className="muted small">{t('assistant.sending', { server: serverText(discovery.smtp) })}</p>
        </div>
        <Button variant="link" onPress={onBack}>
          {t('assistant.change')}
        </Button>
      </CardSurface>
      <form
        className="assistant-form"
        onSubmit={(event) => {
          event.preventDefault()
          if (ready) void connect()
        }}
      >
        <TextField
          label={t('assistant.displayName')}
          hint={t('assistant.displayNameHint')}
          value={displayName}
          onChange={setDisplayName}
          autoComplete="off"
        />
        <Segments
          label={t('assistant.kind')}
          value={kind}
          options={[
            { value: 'personal', label: t('assistant.kind-personal') },
            { value: 'organisational', label: t('assistant.kind-organisational') },
          ]}
          onChange={setKind}
        />
        {discovery.auth.length > 1 ? (
          <Segments
            label={t('assistant.auth')}
            value={auth}
            options={discovery.auth.map((value) => ({ value, label: t(`assistant.auth-${value}`) }))}
            onChange={setAuth}
          />
        ) : null}
        {auth === 'password' ? (
          <TextField
            label={t('assistant.password')}
            type="password"
            autoComplete="off"
            value={password}
            onChange={setPassword}
          />
        ) : null}
        {error ? <SetupError error={error} /> : null}
        <Button type="submit" variant="primary" size="large" isDisabled={!ready}>
          {auth === 'psc' ? (
            <>
              {t('assistant.openPsc')} <ExternalLink aria-hidden="true" />
            </>
          ) : (
            t('assistant.connect')
          )}
        </Button>
      </form>
    </div>
  )
}
