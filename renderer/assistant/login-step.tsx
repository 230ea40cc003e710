import { ServerCog } from 'lucide-react'
import { useRef, useState } from 'react'
import type {
  AppError,
  AuthKind,
  Discovery,
  NewAccount,
  PinEntry,
  Server,
  SignInWay,
} from '../../app/contract/index.ts'
import { asksPin, CardPicture, CardTrouble, PinForm, toldByCard } from '../card/index.ts'
import { invoke } from '../client/index.ts'
import { cardStore, signInStore, useStore } from '../data/index.ts'
import { Banner, Button, CardSurface, Segments, Spinner, TextField } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import {
  DiscoveryNote,
  KindMark,
  LabelFields,
  labelFrom,
  P12Form,
  unitFrom,
  useSenderName,
  type CertificateLogin,
  type ReadP12,
} from '../accounts/index.ts'
import { DirectoryLabel } from '../directory/index.ts'
import { CodeForm, noWish, SignInWaiting, SignInWays } from '../sign-in/index.ts'
import { SetupError } from './setup-error.tsx'

const serverText = (server: Server): string =>
  `${server.host}:${server.port} · ${server.security === 'starttls' ? 'STARTTLS' : 'TLS'}`

/** What is to be seen while one waits, by login. */
const waitingText = {
  card: ['assistant.waitingCard', 'assistant.waitingCardText'],
  psc: ['assistant.connecting', 'assistant.connectingText'],
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
  const [label, setLabel] = useState(labelFrom(discovery, holder))
  const [kind, setKind] = useState<NewAccount['kind']>(discovery.generic ? 'generic' : 'personal')
  const displayName = useSenderName(kind, label)
  const [p12, setP12] = useState<ReadP12 | null>(null)
  const [p12Login, setP12Login] = useState<CertificateLogin>('automatic')
  const [auth, setAuth] = useState<AuthKind>(discovery.auth[0] ?? 'password')
  const [password, setPassword] = useState('')
  const [waiting, setWaiting] = useState(false)
  const [signing, setSigning] = useState(false)
  const [wish, setWish] = useState(noWish)
  const { underWay, session } = useStore(signInStore)
  const [opening, setOpening] = useState(false)
  const [error, setError] = useState<AppError | null>(null)
  // Cancelling gives the page back at once; an answer that comes later is ignored.
  const attempt = useRef(0)
  const named = displayName !== null
  const ready = named && (auth !== 'password' || password !== '') && (auth !== 'p12' || p12 !== null)
  const cardOpen = card.state === 'open'
  /** Pro Santé Connect and codes have buttons of their own. */
  const submits = auth !== 'password-otp' && (auth !== 'psc' || session.state === 'open')

  const ownWay = (): NewAccount['auth'] =>
    auth === 'password'
      ? { kind: auth, password }
      : auth === 'password-otp'
        ? { kind: auth, user: null, password: null }
        : auth === 'p12'
          ? { kind: auth, p12: p12?.p12 ?? '', login: p12Login }
          : { kind: auth }

  const connect = async (how: NewAccount['auth'] = ownWay()): Promise<AppError | null> => {
    const mine = ++attempt.current
    // The page of the code waits by itself: it has another one to ask for.
    setWaiting(how.kind !== 'password-otp')
    setError(null)
    const created = await invoke('accounts.create', {
      address: discovery.address,
      displayName: displayName ?? discovery.address,
      label,
      kind,
      imap: discovery.imap,
      smtp: discovery.smtp,
      auth: how,
    })
    if (attempt.current !== mine) return null
    setWaiting(false)
    if (!created.ok) {
      if (how.kind !== 'password-otp') setError(created.error)
      return created.error
    }
    setPassword('')
    onCreated()
    return null
  }

  /** At Pro Santé Connect first, unless somebody is identified there already. */
  const signIn = async (way: SignInWay, nationalId: string | undefined): Promise<void> => {
    const mine = ++attempt.current
    setSigning(true)
    setError(null)
    const signed = await invoke('signIn.start', { way, ...(nationalId === undefined ? {} : { nationalId }) })
    if (attempt.current !== mine) return
    setSigning(false)
    if (signed.ok) await connect()
    else if (signed.error.code !== 'auth.cancelled') setError(signed.error)
  }

  /** A service's mailbox is named by its unit: the address proposes one. */
  const chooseKind = (next: NewAccount['kind']): void => {
    setKind(next)
    if (next !== 'personal' && label.entity === '')
      setLabel({ ...label, entity: unitFrom(discovery.address) })
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

  if (signing || underWay)
    return (
      <SignInWaiting
        page
        progress={underWay}
        onCancel={() => {
          attempt.current += 1
          setSigning(false)
          void invoke('signIn.cancel', null)
        }}
      />
    )
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
          if (ready && submits) void connect()
        }}
      >
        <DiscoveryNote discovery={discovery} />
        {discovery.generic ? (
          <Banner tone="warn" title={t('accounts.genericTitle')}>
            <p>{t('accounts.kindText-generic')}</p>
            <KindMark kind="generic" />
          </Banner>
        ) : (
          <div className="assistant-kind">
            <Segments
              label={t('assistant.kind')}
              value={kind}
              options={(['personal', 'organisational', 'applicative'] as const).map((value) => ({
                value,
                label: t(`assistant.kind-${value}`),
              }))}
              onChange={chooseKind}
            />
            <p className="small muted">{t(`accounts.kindText-${kind}`)}</p>
          </div>
        )}
        <DirectoryLabel address={discovery.address} label={label} onUse={setLabel} />
        <LabelFields kind={kind} label={label} name={displayName} onChange={setLabel} />
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
        {auth === 'p12' ? (
          <P12Form read={p12} onRead={setP12} login={p12Login} onLogin={setP12Login} />
        ) : null}
        {auth === 'card' ? <p className="muted">{t('assistant.cardText')}</p> : null}
        {error && (auth !== 'card' || cardOpen) ? <SetupError error={error} /> : null}
        {auth === 'psc' && !submits ? (
          <SignInWays
            wish={wish}
            onWish={setWish}
            isDisabled={!named}
            onStart={(way, nationalId) => void signIn(way, nationalId)}
          />
        ) : (auth === 'card' && !cardOpen) || !submits ? null : (
          <Button type="submit" variant="primary" size="large" isDisabled={!ready}>
            {t(auth === 'card' ? 'assistant.connectCard' : 'assistant.connect')}
          </Button>
        )}
      </form>
      {auth === 'password-otp' ? (
        <CodeForm
          address={discovery.address}
          safe={t('assistant.nothingKept')}
          onGiven={({ user, password: kept }) => connect({ kind: 'password-otp', user, password: kept })}
        />
      ) : null}
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
