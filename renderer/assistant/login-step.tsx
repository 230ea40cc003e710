import { ExternalLink, ServerCog } from 'lucide-react'
import { useRef, useState } from 'react'
import type { AppError, AuthKind, Discovery, NewAccount, PinEntry, Server } from '../../app/contract/index.ts'
import { asksPin, CardPicture, CardTrouble, PinForm, toldByCard } from '../card/index.ts'
import { invoke } from '../client/index.ts'
import { cardStore, useStore } from '../data/index.ts'
import { Button, CardSurface, Segments, Spinner, TextField } from '../design/index.ts'
import { fullName, t } from '../i18n/index.ts'
import { SetupError } from './setup-error.tsx'

const serverText = (server: Server): string =>
  `${server.host}:${server.port} · ${server.security === 'starttls' ? 'STARTTLS' : 'TLS'}`

/** What is to be seen while one waits, by login. */
const waitingText = {
  card: ['assistant.waitingCard', 'assistant.waitingCardText'],
  psc: ['assistant.waitingPsc', 'assistant.waitingPscText'],
  p12: ['assistant.connecting', 'assistant.connectingText'],
  'password-otp': ['assistant.connecting', 'assistant.connectingText'],
  password: ['assistant.connecting', 'assistant.connectingText'],
} as const

/** The servers found, then who you are to them: the card, Pro Santé Connect in the system browser, or a password. */
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
  const [opening, setOpening] = useState(false)
  const [error, setError] = useState<AppError | null>(null)
  // Cancelling gives the page back at once; an answer that comes later is ignored.
  const attempt = useRef(0)
  const named = displayName.trim() !== ''
  const ready = named && (auth !== 'password' || password !== '')
  const cardOpen = card.state === 'open'

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
      auth:
        auth === 'password' || auth === 'password-otp'
          ? { kind: auth, password }
          : auth === 'p12'
            ? { kind: auth, p12: '', login: 'automatic' }
            : { kind: auth },
    })
    if (attempt.current !== mine) return
    setWaiting(false)
    if (created.ok) {
      setPassword('')
      onCreated()
    } else setError(created.error)
  }

  /** The session was opened without the card, or its process started again: the PIN first. */
  const openCard = async (entry: PinEntry): Promise<void> => {
    setOpening(true)
    setError(null)
    const opened = await invoke('card.login', entry)
    setOpening(false)
    if (opened.ok) await connect()
    else if (!toldByCard(opened.error)) setError(opened.error)
  }

  if (waiting)
    return (
      <div className="assistant-step assistant-waiting">
        <Spinner label={t('assistant.connecting')} size="large" />
        <h1>{t(waitingText[auth][0])}</h1>
        <p className="assistant-lead">{t(waitingText[auth][1])}</p>
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
        {auth === 'card' ? <p className="muted">{t('assistant.cardText')}</p> : null}
        {error && (auth !== 'card' || cardOpen) ? <SetupError error={error} /> : null}
        {auth === 'card' && !cardOpen ? null : (
          <Button type="submit" variant="primary" size="large" isDisabled={!ready}>
            {auth === 'psc' ? (
              <>
                {t('assistant.openPsc')} <ExternalLink aria-hidden="true" />
              </>
            ) : (
              t(auth === 'card' ? 'assistant.connectCard' : 'assistant.connect')
            )}
          </Button>
        )}
      </form>
      {auth === 'card' && !cardOpen ? (
        asksPin(card) ? (
          <div className="assistant-card">
            <CardPicture holder={card.token.holder} />
            <div className="assistant-card-form">
              <PinForm
                card={card}
                busy={opening || !named}
                error={error}
                submitLabel={t('assistant.connectCard')}
                onSubmit={openCard}
              />
            </div>
          </div>
        ) : (
          <CardTrouble card={card} safe={t('assistant.nothingKept')} />
        )
      ) : null}
    </div>
  )
}
