import { ChevronDown } from 'lucide-react'
import { Button, Label, ListBox, ListBoxItem, Popover, Select, SelectValue } from 'react-aria-components'

/** One of a longer list. */
export const Choice = ({
  label,
  value,
  options,
  onChange,
}: {
  label: string
  value: number
  options: readonly { value: number; label: string }[]
  onChange: (value: number) => void
}) => (
  <Select
    className="field"
    selectedKey={value}
    onSelectionChange={(key) => {
      if (typeof key === 'number') onChange(key)
    }}
  >
    <Label className="field-label">{label}</Label>
    <Button className="exchange-choice">
      <SelectValue />
      <ChevronDown aria-hidden="true" />
    </Button>
    <Popover className="popover">
      <ListBox className="menu exchange-menu" items={options}>
        {(option) => (
          <ListBoxItem id={option.value} className="menu-item" textValue={option.label}>
            {option.label}
          </ListBoxItem>
        )}
      </ListBox>
    </Popover>
  </Select>
)
