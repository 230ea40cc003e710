import { useRef, useState } from 'react'
import type { AppError, Discovery } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { Banner, Button, Progress, Segments, Spinner, TextField } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { SetupError } from './setup-error.tsx'

const looksLikeAddress = (text: string): boolean => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text.trim())

/** Servers typed by hand, when DNS knows nothing of the address. */
const ManualForm = ({ address, onFound }: { address: string; onFound: (discovery: Discovery) => void }) => {
  const [imapHost, setImapHost] = useState('')
  const [imapPort, setImapPort] = useState('143')
  const [smtpHost, setSmtpHost] = useState('')
  const [smtpPort, setSmtpPort] = useState('587')
  const [security, setSecurity] = useState<'starttls' | 'tls'>('starttls')
  const [asking, setAsking] = useState(false)
  const [error, setError] = useState<AppError | null>(null)
  const port = (text: string): number => (/^\d{1,5}$/.test(text) ? Number(text) : 0)
  const valid = (number: number): boolean => number >= 1 && number <= 65535
  const ready = imapHost !== '' && smtpHost !== '' && valid(port(imapPort)) && valid(port(smtpPort))
  /** What the server takes, and the policy allows, is the core's to say. */
  const ask = async (): Promise<void> => {
    setAsking(true)
    setError(null)
    const examined = await invoke('accounts.examine', {
      address,
      imap: { host: imapHost.trim(), port: port(imapPort), security },
      smtp: { host: smtpHost.trim(), port: port(smtpPort), security },
    })
    setAsking(false)
    if (examined.ok) onFound(examined.value)
    else setError(examined.error)
  }
  return (
    <form
      className="assistant-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (ready && !asking) void ask()
      }}
    >
      <h2>{t('assistant.manualTitle')}</h2>
      <div className="assistant-server">
        <TextField
          label={t('assistant.imapHost')}
          value={imapHost}
          onChange={setImapHost}
          autoComplete="off"
        />
        <TextField label={t('assistant.port')} value={imapPort} onChange={setImapPort} inputMode="numeric" />
        <TextField
          label={t('assistant.smtpHost')}
          value={smtpHost}
          onChange={setSmtpHost}
          autoComplete="off"
        />
        <TextField label={t('assistant.port')} value={smtpPort} onChange={setSmtpPort} inputMode="numeric" />
      </div>
      <Segments
        label={t('assistant.security')}
        value={security}
        options={[
          { value: 'starttls', label: 'STARTTLS' },
          { value: 'tls', label: 'TLS' },
        ]}
        onChange={setSecurity}
      />
      {error ? <SetupError error={error} /> : null}
      <Button type="submit" variant="primary" size="large" isDisabled={!ready || asking}>
        {asking ? <Spinner label={t('assistant.asking')} /> : null}
        {t('common.next')}
      </Button>
    </form>
  )
}

/** The address alone; its servers are looked up. */
export const AccountStep = ({
  onFound,
  onCancel,
}: {
  onFound: (discovery: Discovery) => void
  /** Back to the mailboxes there are. */
  onCancel?: () => void
}) => {
  const [address, setAddress] = useState('')
  const [looking, setLooking] = useState(false)
  const [error, setError] = useState<AppError | null>(null)
  const [manual, setManual] = useState(false)
  // A cancelled look-up may still answer: only the latest one counts.
  const attempt = useRef(0)
  const look = async (): Promise<void> => {
    const mine = ++attempt.current
    setLooking(true)
    setError(null)
    const found = await invoke('accounts.discover', { address: address.trim() })
    if (attempt.current !== mine) return
    setLooking(false)
    if (found.ok) onFound(found.value)
    else {
      setError(found.error)
      if (found.error.code === 'account.discovery-failed') setManual(true)
    }
  }
  return (
    <div className="assistant-step">
      <h1>{t('assistant.accountTitle')}</h1>
      <p className="assistant-lead">{t('assistant.accountText')}</p>
      <form
        className="assistant-form"
        onSubmit={(event) => {
          event.preventDefault()
          if (looksLikeAddress(address)) void look()
        }}
      >
        <TextField
          label={t('assistant.address')}
          placeholder={t('assistant.addressExample')}
          type="email"
          autoComplete="off"
          autoFocus
          value={address}
          onChange={(text) => {
            setAddress(text)
            setManual(false)
            setError(null)
          }}
          isDisabled={looking}
        />
        {looking ? (
          <>
            <Progress label={t('assistant.looking')} done={0} total={0} />
            <Button
              onPress={() => {
                attempt.current += 1
                setLooking(false)
              }}
            >
              {t('common.cancel')}
            </Button>
          </>
        ) : manual ? null : (
          <Button type="submit" variant="primary" size="large" isDisabled={!looksLikeAddress(address)}>
            {t('assistant.find')}
          </Button>
        )}
      </form>
      {error ? (
        manual ? (
          <Banner tone="warn" title={t('assistant.notFound')}>
            <p>{t('assistant.notFoundText')}</p>
            <p className="small">{t('accounts.allTried')}</p>
          </Banner>
        ) : (
          <SetupError error={error} />
        )
      ) : null}
      {manual ? <ManualForm address={address.trim()} onFound={onFound} /> : null}
      {onCancel && !looking ? (
        <Button
          variant="link"
          onPress={() => {
            attempt.current += 1
            onCancel()
          }}
        >
          {t('assistant.backToMailbox')}
        </Button>
      ) : null}
    </div>
  )
}
