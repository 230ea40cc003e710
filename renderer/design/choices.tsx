import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import { Checkbox as AriaCheckbox, Label, Radio, RadioGroup } from 'react-aria-components'

/** A box to tick. */
export const Checkbox = ({
  isSelected,
  onChange,
  children,
  isDisabled = false,
}: {
  isSelected: boolean
  onChange: (selected: boolean) => void
  children: ReactNode
  isDisabled?: boolean
}) => (
  <AriaCheckbox className="checkbox" isSelected={isSelected} onChange={onChange} isDisabled={isDisabled}>
    <span className="checkbox-box" aria-hidden="true">
      <Check />
    </span>
    <span>{children}</span>
  </AriaCheckbox>
)

/** One choice among a few, all visible. */
export const Segments = <V extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string
  value: V
  options: readonly { value: V; label: string }[]
  onChange: (value: V) => void
}) => (
  <RadioGroup
    className="field"
    value={value}
    orientation="horizontal"
    onChange={(next) => {
      const option = options.find((candidate) => candidate.value === next)
      if (option) onChange(option.value)
    }}
  >
    <Label className="field-label">{label}</Label>
    <div className="segments">
      {options.map((option) => (
        <Radio key={option.value} value={option.value} className="segment">
          {option.label}
        </Radio>
      ))}
    </div>
  </RadioGroup>
)
