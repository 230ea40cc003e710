import { useId, type Ref } from 'react'

export const pinLength = 4

/** What remains of a typed or pasted text: its digits, the first four (or `length`). */
export const pinDigits = (text: string, length = pinLength): string =>
  text.replace(/\D/g, '').slice(0, length)

/**
 * *Code porteur* (four digits) or *code de déblocage* (`length` 8): boxes to the eye, one password field to the keyboard and to screen readers, so that typing, pasting
 * and password managers' rules all behave. The value never leaves the caller's state.
 */
export const PinField = ({
  label,
  value,
  length = pinLength,
  onChange,
  onComplete,
  isInvalid = false,
  isDisabled = false,
  describedBy,
  inputRef,
}: {
  label: string
  value: string
  length?: number
  onChange: (value: string) => void
  /** All digits are there. */
  onComplete?: (value: string) => void
  isInvalid?: boolean
  isDisabled?: boolean
  describedBy?: string
  inputRef?: Ref<HTMLInputElement>
}) => {
  const id = useId()
  const change = (text: string): void => {
    const digits = pinDigits(text, length)
    if (digits === value) return
    onChange(digits)
    if (digits.length === length) onComplete?.(digits)
  }
  return (
    <div
      className="pin"
      {...(length > pinLength ? { 'data-long': '' } : {})}
      {...(isInvalid ? { 'data-invalid': '' } : {})}
      {...(isDisabled ? { 'data-disabled': '' } : {})}
    >
      {Array.from({ length }, (_, index) => (
        <div
          key={index}
          className="pin-box"
          aria-hidden="true"
          {...(index === Math.min(value.length, length - 1) ? { 'data-current': '' } : {})}
        >
          {index < value.length ? '•' : ''}
        </div>
      ))}
      <label className="visually-hidden" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        ref={inputRef}
        className="pin-input"
        type="password"
        inputMode="numeric"
        autoComplete="off"
        autoCorrect="off"
        spellCheck={false}
        data-1p-ignore=""
        value={value}
        disabled={isDisabled}
        aria-invalid={isInvalid}
        aria-describedby={describedBy}
        onChange={(event) => change(event.currentTarget.value)}
      />
    </div>
  )
}
