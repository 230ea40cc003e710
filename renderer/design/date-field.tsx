import { useState } from 'react'
import { fullDate, t, typedDate } from '../i18n/index.ts'
import { TextField } from './text-field.tsx'

/**
 * A day, written and shown dd/mm/yyyy whatever the language of the system is (a browser's own date field follows that).
 * `onChange` has `AAAA-MM-JJ`, or null where nothing, or no day, is written.
 */
export const DateField = ({
  label,
  value,
  onChange,
  latest = null,
  taken = 'at-once',
  autoFocus = false,
}: {
  label: string
  value: string | null
  onChange: (day: string | null) => void
  /** The last day that makes sense, `AAAA-MM-JJ`. */
  latest?: string | null
  /** `when-left`: only by leaving the field or Enter, for what is asked anew at each change. */
  taken?: 'at-once' | 'when-left'
  autoFocus?: boolean
}) => {
  const [typed, setTyped] = useState<{ text: string; day: string | null } | null>(null)
  // What is given from outside stands, unless it is what was typed here.
  const text = typed?.day === value ? typed.text : value === null ? '' : fullDate(value)
  const read = typedDate(text)
  const future = read !== null && latest !== null && read > latest
  const day = future ? null : read
  const wrong = text.trim() !== '' && day === null
  const take = (): void => {
    if (taken === 'when-left' && !wrong && day !== value) {
      setTyped(null)
      onChange(day)
    }
  }
  const type = (next: string): void => {
    const found = typedDate(next)
    const valid = found !== null && latest !== null && found > latest ? null : found
    setTyped({ text: next, day: taken === 'when-left' ? value : valid })
    if (taken === 'at-once' && valid !== value) onChange(valid)
  }
  return (
    <TextField
      label={label}
      placeholder={t('common.datePlaceholder')}
      value={text}
      maxLength={20}
      autoComplete="off"
      autoFocus={autoFocus}
      onChange={type}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key === 'Enter') take()
      }}
      error={
        !wrong || (text.length < 10 && !future) ? null : t(future ? 'common.dateLater' : 'common.dateWrong')
      }
    />
  )
}
