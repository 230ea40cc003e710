import { useState } from 'react'
import { TextField } from '../design/index.ts'
import { t } from '../i18n/index.ts'

const shortest = 12

/** A new passphrase, typed twice; `onChange` hears null until it is long enough and the same both times. */
export const NewPassphrase = ({
  label,
  isDisabled,
  onChange,
}: {
  label: string
  isDisabled: boolean
  onChange: (passphrase: string | null) => void
}) => {
  const [passphrase, setPassphrase] = useState('')
  const [again, setAgain] = useState('')
  const tell = (first: string, second: string): void => {
    setPassphrase(first)
    setAgain(second)
    onChange(first.length >= shortest && first === second ? first : null)
  }
  return (
    <>
      <TextField
        label={label}
        hint={t('assistant.passphraseHint')}
        type="password"
        autoComplete="new-password"
        value={passphrase}
        onChange={(value) => tell(value, again)}
        isDisabled={isDisabled}
      />
      <TextField
        label={t('assistant.passphraseAgain')}
        type="password"
        autoComplete="new-password"
        value={again}
        onChange={(value) => tell(passphrase, value)}
        error={again !== '' && again !== passphrase ? t('assistant.passphraseDiffers') : null}
        isDisabled={isDisabled}
      />
    </>
  )
}
