import type { ReactNode } from 'react'
import {
  FieldError,
  Input,
  Label,
  Text,
  TextField as AriaTextField,
  type TextFieldProps as AriaTextFieldProps,
} from 'react-aria-components'

export interface TextFieldProps extends Omit<AriaTextFieldProps, 'children' | 'className' | 'style'> {
  label: string
  hint?: string
  /** Shown under the field, which then reads as invalid. */
  error?: string | null
  placeholder?: string
  /** After the text, inside the frame: a button or a unit. */
  suffix?: ReactNode
}

/** A labelled line of text with its hint and error, all tied together for screen readers. */
export const TextField = ({ label, hint, error, placeholder, suffix, ...props }: TextFieldProps) => (
  <AriaTextField {...props} className="field" isInvalid={Boolean(error)}>
    <Label className="field-label">{label}</Label>
    <div className="field-input">
      <Input {...(placeholder ? { placeholder } : {})} />
      {suffix}
    </div>
    {hint ? (
      <Text slot="description" className="field-hint">
        {hint}
      </Text>
    ) : null}
    <FieldError className="field-error">{error ?? null}</FieldError>
  </AriaTextField>
)
