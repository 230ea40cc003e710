import { Eye, EyeOff } from 'lucide-react'
import { useState } from 'react'
import type { AppError } from '../../app/contract/index.ts'
import { Button, ErrorBanner, IconButton, Spinner, TextField } from '../design/index.ts'
import { t } from '../i18n/index.ts'

/** Opening by a typed secret: passphrase (hidden, can be shown) or recovery code (shown: it is copied from paper). */
export const SecretForm = ({
  kind,
  busy,
  error,
  onSubmit,
}: {
  kind: 'passphrase' | 'recovery'
  busy: boolean
  error: AppError | null
  onSubmit: (secret: string) => Promise<void>
}) => {
  const [secret, setSecret] = useState('')
  const [shown, setShown] = useState(false)
  const isPassphrase = kind === 'passphrase'
  return (
    <form
      className="unlock-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (secret === '' || busy) return
        setSecret('')
        void onSubmit(secret)
      }}
    >
      <h2>{isPassphrase ? t('unlock.passphraseTitle') : t('unlock.recoveryTitle')}</h2>
      <TextField
        label={isPassphrase ? t('unlock.passphraseLabel') : t('unlock.recoveryLabel')}
        hint={isPassphrase ? t('unlock.passphraseHint') : t('unlock.recoveryHint')}
        type={isPassphrase && !shown ? 'password' : 'text'}
        value={secret}
        onChange={setSecret}
        autoFocus
        autoComplete="off"
        // Not disabled: it would lose the keyboard, and a second try would be typed nowhere.
        isReadOnly={busy}
        suffix={
          isPassphrase ? (
            <IconButton
              label={shown ? t('unlock.hide') : t('unlock.show')}
              size="small"
              onPress={() => setShown(!shown)}
            >
              {shown ? <EyeOff aria-hidden="true" /> : <Eye aria-hidden="true" />}
            </IconButton>
          ) : null
        }
      />
      {error ? <ErrorBanner error={error} /> : null}
      <Button type="submit" variant="primary" size="large" wide isDisabled={busy || secret === ''}>
        {busy ? <Spinner label={t('unlock.opening')} /> : null}
        {busy ? t('unlock.opening') : t('unlock.open')}
      </Button>
    </form>
  )
}
